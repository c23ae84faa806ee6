import SeededRandom
import StrictTree
import Testing

@testable import PodVerbs

/// Templates of `-o jsonpath=`, as kubectl understands them.
@Suite struct JSONPathTests {
    /// That of Kubernetes' documentation, "JSONPath Support", a little more of it.
    private static let document = """
        {"kind": "List", "items": [
          {"kind": "None", "metadata": {"name": "127.0.0.1", "labels": {"kubernetes.io/hostname": "a"}},
           "status": {"capacity": {"cpu": "4"}, "addresses": [{"type": "LegacyHostIP", "address": "127.0.0.1"}]}},
          {"kind": "None", "metadata": {"name": "127.0.0.2"}, "ready": true, "weight": 7,
           "status": {"capacity": {"cpu": "8"}, "addresses": [{"type": "LegacyHostIP", "address": "127.0.0.2"}, {"type": "another", "address": "127.0.0.3"}]}}],
         "users": [{"name": "myself", "user": {}}, {"name": "e2e", "user": {"username": "admin", "password": "secret"}}]}
        """

    private func text(_ template: String) throws -> String {
        try JSONPath(template).text(of: Document(json: Array(Self.document.utf8)).root)
    }

    @Test(arguments: [
        ("kind is {.kind}", "kind is List"), ("{['kind']}", "List"), ("{$.kind}{@.kind}", "ListList"), ("{kind}", "List"),
        ("{..name}", "127.0.0.1 127.0.0.2 myself e2e"), ("{.items[*].metadata.name}", "127.0.0.1 127.0.0.2"),
        ("{.users[0].name}", "myself"), ("{.users[-1].name}", "e2e"), ("{.users[7].name}", ""), ("{.nothing.there}", ""),
        ("{.items[*]['metadata.name', 'status.capacity']}", ""),
        ("{.items[0]['kind','ready']}{.items[1]['kind','ready']}", "NoneNone true"), ("{.users[0,1].name}", "myself e2e"),
        ("{.users[?(@.name==\"e2e\")].user.password}", "secret"), ("{.items[?(@.ready)].metadata.name}", "127.0.0.2"),
        ("{.items[?(@.ready == true)].metadata.name}", "127.0.0.2"), ("{.items[?(@.weight >= 7)].kind}", "None"),
        ("{.items[?(@.weight<7)].kind}", ""), ("{.items[?(@.metadata.name != '127.0.0.1')].metadata.name}", "127.0.0.2"),
        ("{.items[*].status.addresses[?(@.type == 'another')].address}", "127.0.0.3"),
        ("{.items[1].status.addresses[0:1].type}", "LegacyHostIP"), ("{.items[1].status.addresses[::2].type}", "LegacyHostIP"),
        ("{.items[1].status.addresses[-1:].type}", "another"), ("{.items[1].status.addresses[5:9].type}", ""),
        (
            "{range .items[*]}[{.metadata.name}, {.status.capacity}] {end}",
            "[127.0.0.1, {\"cpu\":\"4\"}] [127.0.0.2, {\"cpu\":\"8\"}] "
        ),
        (
            "{range .items[*]}{.metadata.name}{'\\t'}{range .status.addresses[*]}{.type}{'\\n'}{end}{end}",
            "127.0.0.1\tLegacyHostIP\n127.0.0.2\tLegacyHostIP\nanother\n"
        ),
        ("{.items[0].metadata.labels.kubernetes\\.io/hostname}", "a"), ("{.items[1].weight}", "7"),
        ("{range .users[*]}{$.kind}{end}", "ListList"), ("{.users[0].user}", "{}"), ("{.items[0].metadata.labels.*}", "a"),
        ("plain", "plain"), ("", ""), ("{.}", ""),
    ])
    func `a template gives what kubectl prints`(_ template: String, _ expected: String) throws {
        if template == "{.}" {
            #expect(try Document(json: Array(text(template).utf8)).root.kind == .object)
        } else {
            #expect(try text(template) == expected)
        }
    }

    @Test(arguments: [
        ("{.kind", "expected '}', at character 7"), ("{range .items[*]}x", "'range' without '{end}', at character 19"),
        ("{end}", "'end' without 'range', at character 5"), ("{.items[}", "expected a name, at character 9"),
        ("{'open}", "a text does not end, at character 8"),
        ("{.items[0:1:0]}", "the step of a slice is 1 or more, at character 14"),
        ("{.items[?(1)]}", "expected a comparison, at character 12"),
        ("{.items[99999999999999999999]}", "'99999999999999999999' is no number that counts elements, at character 29"),
    ])
    func `what means nothing is refused with its place`(_ template: String, _ message: String) {
        #expect(throws: JSONPathError(description: message)) { try JSONPath(template) }
    }

    @Test func `no change of a template brings the reader down`() throws {
        let run = FuzzRun()
        var random = run.random
        let templates = [
            "{range .items[*]}{.metadata.name}{'\\t'}{end}", "{..name}", "{.users[?(@.name==\"e2e\")]['a','b'][1:-2:3]}",
        ]
        let document = try Document(json: Array(Self.document.utf8)).root
        var (understood, refused) = (0, 0)
        while !run.isOver {
            var bytes = Array((templates.randomElement(using: &random) ?? "").utf8)
            for _ in 0..<Int.random(in: 0...4, using: &random) { random.mutate(json: &bytes) }
            do throws(JSONPathError) {
                let path = try JSONPath(String(decoding: bytes, as: UTF8.self))
                #expect(throws: Never.self) { try path.text(of: document) }
                understood += 1
            } catch {
                #expect(!error.description.isEmpty)
                refused += 1
            }
        }
        #expect(understood > 0 && refused > 0)
    }
}
