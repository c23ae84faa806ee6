import PodSpec
import StrictTree
import Testing

@Suite struct ExpansionTests {
    @Test func `Kubernetes' vectors`() throws {
        let vectors = try Fixtures.json("expansion-vectors.json")
        var variables: [String: String] = [:]
        for member in try #require(try vectors.member("env")).members { variables[try member.key] = try member.value.string }
        var count = 0
        for vector in try #require(try vectors.member("cases")).array {
            let text = try #require(try vector.member("in")).string
            #expect(Expansion.expand(text) { variables[$0] } == (try vector.member("out")?.string), "'\(text)'")
            count += 1
        }
        #expect(count > 20)
    }

    @Test func `variables see those before them, and the later one wins`() {
        let variables = [
            EnvironmentVariable(name: "A", value: "1$(PATH)"), EnvironmentVariable(name: "B", value: "$(A)$(C)"),
            EnvironmentVariable(name: "C", value: "$$(A)"), EnvironmentVariable(name: "A", value: "<$(A)>"),
        ]
        let expanded = Expansion.environment(variables, inherited: [EnvironmentVariable(name: "PATH", value: "$(A)/bin")])
        #expect(expanded.map(\.name) == ["PATH", "A", "B", "C"])
        #expect(expanded.map(\.value) == ["$(A)/bin", "<1$(A)/bin>", "1$(A)/bin$(C)", "$(A)"])
    }

    @Test func `text beside references stays as it is`() {
        #expect(Expansion.expand("é$(X)é$(ü)") { $0 == "ü" ? "ß" : nil } == "é$(X)éß")
    }

    @Test(.timeLimit(.minutes(1))) func `a flood of open references takes no time`() {
        let flood = String(repeating: "$(", count: 200_000)
        #expect(Expansion.expand(flood) { _ in "" } == flood)
    }
}
