import StrictTree
import Testing

@Suite struct AliasTests {
    @Test func `aliases are what they stand for`() throws {
        let yaml = "a: &x [1, &y two]\nb: *x\nc: {*y : *y}\nd: &x 3\ne: *x"
        #expect(try json(yaml) == #"{"a":[1,"two"],"b":[1,"two"],"c":{"two":"two"},"d":3,"e":3}"#)
        // Anchors end with their document.
        #expect(
            refusal(of: "a: &x 1\n---\nb: *x")
                == "a value that begins with '*' is an alias, and it has no anchor before it: put a text in quotes (line 3, column 4)"
        )
    }

    @Test func `merge keys`() throws {
        let yaml = """
            base: &base {a: 1, b: 2}
            more: &more
              <<: *base
              b: 3
              c: 4
            one:
              <<: *base
              b: 5
            two:
              d: 6
              <<: [{a: 7}, *more]
            text: '<<'
            """
        let root = try documents(yaml)[0].root
        #expect(try root.member("one").map(canonical) == #"{"a":1,"b":5}"#)
        #expect(try root.member("two").map(canonical) == #"{"a":7,"b":3,"c":4,"d":6}"#)
        // Quoted, it is a key as any other.
        #expect(try json("'<<': {a: 1}") == #"{"<<":{"a":1}}"#)
        #expect(try json("- <<") == #"["<<"]"#)
    }

    @Test(arguments: [
        ("<<: 1", "a merge key takes a mapping or a sequence of mappings, found a number (line 1, column 5)"),
        ("<<: [{}, 1]", "a merge key takes a mapping or a sequence of mappings, found a number (line 1, column 10)"),
        ("<<: [[{}]]", "a merge key takes a mapping or a sequence of mappings, found a sequence (line 1, column 6)"),
        ("<<: {a: 1}\n<<: {b: 1}", "duplicate key '<<' (line 2, column 1)"),
    ])
    func `what cannot be merged is refused`(yaml: String, message: String) {
        #expect(refusal(of: yaml) == message)
    }

    @Test(.timeLimit(.minutes(1))) func `a billion laughs end at the limit of values`() {
        var bomb = "l0: &l0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n"
        for level in 1..<12 {
            bomb += "l\(level): &l\(level) [" + Array(repeating: "*l\(level - 1)", count: 10).joined(separator: ", ") + "]\n"
        }
        #expect(refusal(of: bomb)?.contains("the document has more than 1048576 values") == true)
    }

    @Test(.timeLimit(.minutes(1))) func `long texts are counted each time that an alias brings them`() {
        let bomb =
            "a: &a \"\(String(repeating: "x", count: 100_000))\"\nb: ["
            + Array(repeating: "*a", count: 10_000).joined(separator: ",") + "]"
        #expect(refusal(of: bomb)?.contains("bytes of text once its aliases are expanded") == true)
    }

    @Test(.timeLimit(.minutes(1))) func `merges that lead nowhere end, too`() {
        var bomb = "m0: &m0 {}\n"
        for level in 1..<40 {
            bomb +=
                "m\(level): &m\(level) {<<: [" + Array(repeating: "*m\(level - 1)", count: 10).joined(separator: ", ") + "]}\n"
        }
        #expect(refusal(of: bomb)?.contains("merge keys lead through too many mappings") == true)
        var chain = "m0: &m0 {}\n"
        for level in 1..<5_000 { chain += "m\(level): &m\(level) {<<: *m\(level - 1)}\n" }
        #expect(refusal(of: chain)?.contains("merge keys lead through too many mappings") == true)
    }

    @Test func `aliases count for depth`() {
        var chain = "l0: &l0 []\n"
        for level in 1..<200 { chain += "l\(level): &l\(level) [*l\(level - 1)]\n" }
        #expect(refusal(of: chain)?.contains("arrays and objects are nested more than 128 deep") == true)
    }
}
