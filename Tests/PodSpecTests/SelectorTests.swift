import PodSpec
import SeededRandom
import StrictTree
import Testing

@Suite struct SelectorTests {
    @Test func `Kubernetes' vectors`() throws {
        let vectors = try Fixtures.json("selector-vectors.json")
        var labels: [String: String] = [:]
        for member in try #require(try vectors.member("labels")).members { labels[try member.key] = try member.value.string }
        var count = 0
        for vector in try #require(try vectors.member("valid")).array {
            let text = try #require(try vector.member("selector")).string
            let selector = try LabelSelector(text)
            #expect(selector.matches(labels) == (try vector.member("match")?.bool), "'\(text)'")
            let expected = try #require(try vector.member("requirements")).array.map(requirement)
            #expect(selector.requirements == expected, "'\(text)'")
            count += 1
        }
        for text in try #require(try vectors.member("invalid")).strings {
            #expect(throws: SelectorError.self, "'\(text)'") { try LabelSelector(text) }
            count += 1
        }
        #expect(count > 60)
    }

    private func requirement(_ value: Value) throws -> LabelSelector.Requirement {
        let values = Set(try #require(try value.member("values")).strings)
        let condition: LabelSelector.Condition
        switch try #require(try value.member("op")).string {
        case "exists": condition = .exists
        case "!": condition = .doesNotExist
        case "=", "==", "in": condition = .in(values)
        case "!=", "notin": condition = .notIn(values)
        case ">": condition = .greaterThan(try #require(Int64(values.first ?? "")))
        default: condition = .lessThan(try #require(Int64(values.first ?? "")))
        }
        return .init(key: try #require(try value.member("key")).string, condition: condition)
    }

    @Test(arguments: [
        ("a in b", "expected '(' behind 'in', found 'b'"), ("a,", "expected the key of a label, found the end"),
        ("a b", "expected one of = == != in notin > <, found 'b'"), ("a=b c", "expected ',' behind a requirement, found 'c'"),
        ("a>x", "expected an integer behind > or <, found 'x'"), ("a in (b", "expected ')' behind the values, found the end"),
    ])
    func `an error says what stands where it should not`(selector: String, message: String) {
        #expect(throws: SelectorError(selector: selector, message: message)) { try LabelSelector(selector) }
    }

    @Test func `random texts are parsed or refused`() {
        let run = FuzzRun()
        var random = run.random
        let parts = ["a", "b/c", "in", "notin", "(", ")", ",", "=", "!", "<", ">", " ", "5", "é", "-", "\0"]
        var parsed = 0
        while !run.isOver {
            let text = (0..<Int.random(in: 0...8, using: &random)).map { _ in parts.randomElement(using: &random) ?? "" }.joined()
            do throws(SelectorError) {
                _ = try LabelSelector(text).matches(["a": "5"])
                parsed += 1
            } catch {
                #expect(!error.message.isEmpty)
            }
        }
        #expect(parsed > 10)
    }
}
