import SeededRandom
import StrictTree
import Testing
import YAMLTree

@testable import PodVerbs

/// A tree that is printed as YAML is read back as the same tree.
@Suite struct YAMLTextTests {
    private func yaml(_ json: String) throws -> String { try YAMLText.text(of: Document(json: Array(json.utf8)).root) }

    private func canonical(_ value: Value) -> String {
        var json = JSONWriter()
        json.canonicalElement(value)
        return json.string
    }

    @Test func `it looks as people expect it`() throws {
        let json = """
            {"kind":"Pod","spec":{"containers":[{"name":"a","args":["-c","x: y"],"env":[],"n":1.5,"t":true},{"name":"b"}],"v":{}},"l":[[1,2],[{"k":null}]]}
            """
        #expect(
            try yaml(json) == """
                kind: Pod
                spec:
                  containers:
                  - name: a
                    args:
                    - "-c"
                    - "x: y"
                    env: []
                    "n": 1.5
                    t: true
                  - name: b
                  v: {}
                l:
                - - 1
                  - 2
                - - k: null

                """)
    }

    static let texts = [
        "", " ", "a", "a b", "true", "True", "yes", "NO", "on", "null", "Null", "~", "y", "1", "1.5", "-1", "+1", ".5", ".inf",
        "-.inf",
        ".nan", "0x1f", "0o7", "0b1", "1e5", "1_000", "12:30:45", "2001-12-14", "2001-12-14t21:59:43.10-05:00", "=", "<<", "-",
        "--", "---",
        "...", "- a", "?", "? a", ":", "a:", ":a", "a: b", "a:b", "a #b", "#a", "&a", "*a", "!a", "!!str a", "|", ">", "%YAML",
        "@a", "`a`",
        "'a'", "\"a\"", "[a]", "{a}", "a,b", "a\\b", "\\n", "\n", "a\nb", "a\n", "\na", " a", "a ", "\t", "a\tb", "\r", "\r\n",
        "\u{1}", "\u{7f}",
        "\u{80}", "\u{85}", "\u{9f}", "\u{a0}", "\u{2028}", "\u{2029}", "\u{feff}", "\u{fffe}", "\u{ffff}", "\u{d7ff}",
        "\u{e000}", "😀", "é",
        "e\u{301}", "日本", "/a/b:c", "sha256:abc", "a.b/c_d-e", "(a)", String(repeating: "x", count: 5000),
        String(repeating: "a b", count: 3000),
    ]

    @Test(arguments: texts) func `every text is read back`(text: String) throws {
        var json = JSONWriter()
        json.object { json in
            json.member("a", text)
            json.member("k" + text, "v")
            json.array("list") { $0.element(text) }
            json.object("k2" + text) { $0.array(text) { $0.element("x") } }
            json.object("k3" + text) { $0.object(text) { $0.member("x", "y") } }
        }
        try expectSame(json.bytes)
    }

    private func expectSame(_ bytes: [UInt8], seed: UInt64 = 0) throws {
        let root = try Document(json: bytes).root
        let text = try YAMLText.text(of: root)
        do throws(TreeError) {
            let read = try Document.documents(yaml: Array(text.utf8))
            #expect(read.count == 1)
            #expect(read.first.map { canonical($0.root) } == canonical(root), "seed \(seed):\n\(text.prefix(2000))")
        } catch { Issue.record("seed \(seed): \(error)\n\(text.prefix(2000))") }
    }

    @Test func `random trees are read back`() throws {
        let run = FuzzRun()
        var seed = run.seed
        while !run.isOver {
            var random = SplitMix(state: seed)
            var json = JSONWriter()
            json.object { Self.writeMembers(&$0, depth: 0, &random) }
            try expectSame(json.bytes, seed: seed)
            seed &+= 1
        }
    }

    private static func writeMembers(_ json: inout JSONWriter, depth: Int, _ random: inout SplitMix) {
        for index in 0..<Int.random(in: 0...4, using: &random) {
            let key = "\(Bool.random(using: &random) ? "" : text(&random))\(index)"
            switch Int.random(in: 0..<(depth > 5 ? 4 : 6), using: &random) {
            case 0: json.member(key, text(&random))
            case 1: json.member(key, Bool.random(using: &random))
            case 2: json.member(key, Int64.random(in: .min ... .max, using: &random))
            case 3: json.member(key, Int64.random(in: -3...3, using: &random))
            case 4: json.object(key) { writeMembers(&$0, depth: depth + 1, &random) }
            default: json.array(key) { writeElements(&$0, depth: depth + 1, &random) }
            }
        }
    }

    private static func writeElements(_ json: inout JSONWriter, depth: Int, _ random: inout SplitMix) {
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            switch Int.random(in: 0..<(depth > 5 ? 3 : 5), using: &random) {
            case 0: json.element(text(&random))
            case 1: json.element(Bool.random(using: &random))
            case 2: json.element(UInt64.random(in: 0 ... .max, using: &random))
            case 3: json.object { writeMembers(&$0, depth: depth + 1, &random) }
            default: json.array { writeElements(&$0, depth: depth + 1, &random) }
            }
        }
    }

    private static func text(_ random: inout SplitMix) -> String {
        if Bool.random(using: &random) { return texts.dropLast(2).randomElement(using: &random) ?? "" }
        let scalars = (0..<Int.random(in: 0...12, using: &random)).compactMap { _ in
            Unicode.Scalar(
                Bool.random(using: &random)
                    ? UInt32.random(in: 0x20...0x7e, using: &random) : UInt32.random(in: 1...0x1_1000, using: &random))
        }
        return String(String.UnicodeScalarView(scalars))
    }

    @Test(arguments: ["1e400", "1E5", "0.10", "1.0", "123456789012345678901234567890", "-1.5e-7", "0", "1e+5", "100e-2"])
    func `numbers are read back as they were written`(number: String) throws {
        try expectSame(Array("{\"n\":\(number),\"l\":[\(number)]}".utf8))
    }
}
