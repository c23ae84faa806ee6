import StrictTree
import Testing

@Suite struct StructureTests {
    @Test func `documents in order, without empty ones`() throws {
        let yaml = "# nothing\n---\n---\na: 1\n...\n---\n# only a comment\n--- ~\n--- [x]\n---\n'text'\n"
        #expect(try json(yaml) == "{\"a\":1}\n[\"x\"]\n\"text\"")
        #expect(try json("") == "")
        #expect(try json("# only a comment") == "")
    }

    @Test func `JSON is read by its own parser`() throws {
        #expect(try json("\n  {\"a\": [1, true, null, \"x\"]}\n") == #"{"a":[1,true,null,"x"]}"#)
        #expect(refusal(of: "{\"a\": 1, \"a\": 2}") == "duplicate key 'a', first at line 1, column 2 (line 1, column 10)")
        #expect(refusal(of: "{a: b}") == "expected a key in double quotes, found 'a' (line 1, column 2)")
        // Flow style below a mapping is YAML.
        #expect(try json("v: {a: [b, 'c'], d: }") == #"{"v":{"a":["b","c"]}}"#)
    }

    @Test func `every value knows its place, also behind other alphabets`() throws {
        let root = try documents("\u{feff}é: ü\n\"日本\": # x\n  - 1\n  - {k: 'v'}\n")[0].root
        let members = Array(try root.members)
        #expect(members.map { $0.keyPosition.description } == ["line 1, column 2", "line 2, column 1"])
        #expect(try root.member("é")?.position == Position(line: 1, column: 5))
        let list = Array(try #require(try root.member("日本")).array)
        #expect(list.map { $0.position.description } == ["line 3, column 5", "line 4, column 5"])
        #expect(try list[1].member("k")?.position == Position(line: 4, column: 9))
        #expect(try list[1].member("k")?.pointer == "/日本/1/k")
        #expect(try list[1].member("k")?.path == "['日本'][1].k")
    }

    /// Places of long texts are counted from checkpoints, which lines and characters do not know of.
    @Test func `places are right all through a long text`() throws {
        for comma in [",", ",\n", ", \r\n"] {
            let words = (0..<800).map { "\"é\($0)日\"" }
            let text = "[" + words.joined(separator: comma) + "]"
            var line = 1
            var column = 2
            for (value, word) in zip(try documents(text)[0].root.array, words) {
                #expect(value.position == Position(line: line, column: column))
                let isBroken = comma.utf8.contains(UInt8(ascii: "\n"))
                line += isBroken ? 1 : 0
                column = isBroken ? 1 : column + word.unicodeScalars.count + 1
            }
            // The same as YAML, where the parser counts.
            let yaml = try #require(try documents("v: " + text)[0].root.member("v")).array.map(\.position.line)
            let lines = try documents(text)[0].root.array.map(\.position.line)
            #expect(yaml == lines)
        }
    }

    @Test(arguments: [
        ("a: 1\nb: 2\na: 3", "duplicate key 'a', first at line 1, column 1 (line 3, column 1)"),
        ("a: 1\n'a': 3", "duplicate key 'a', first at line 1, column 1 (line 2, column 1)"),
        ("1: 1\n'1': 3", "duplicate key '1', first at line 1, column 1 (line 2, column 1)"),
        ("x:\n  on: 1", "/x: expected a string as key, found a boolean: put it in quotes (line 2, column 3)"),
        ("~: 1", "expected a string as key, found null: put it in quotes (line 1, column 1)"),
        ("1.5: 1", "expected a string as key, found a number: put it in quotes (line 1, column 1)"),
        ("0x10: 1", "expected a string as key, found a number: put it in quotes (line 1, column 1)"),
        ("? [a]\n: 1", "expected a string as key, found a sequence: put it in quotes (line 1, column 3)"),
        ("a: b: c", "mapping values are not allowed in this context (line 1, column 5)"),
        (
            "a:\n\t- b",
            "found character that cannot start any token while scanning for the next token; YAML is indented with blanks, not with tabs (line 2, column 1)"
        ),
        ("a: [b", "did not find expected ',' or ']' while parsing a flow sequence (line 1, column 6)"),
        ("a: 'b", "found unexpected end of stream while scanning a quoted scalar (line 1, column 6)"),
        (
            "a: *b",
            "a value that begins with '*' is an alias, and it has no anchor before it: put a text in quotes (line 1, column 4)"
        ),
        ("a: &b\n  c: *b", "the alias '*b' is inside of what it stands for (line 2, column 6)"),
        ("a: %b", "found character that cannot start any token while scanning for the next token (line 1, column 4)"),
        ("%YAML 3.0\n---\na: b", "found incompatible YAML document (line 1, column 1)"),
        ("a: @b", "found character that cannot start any token while scanning for the next token (line 1, column 4)"),
        ("a: b\0", "the text is no YAML: control characters are not allowed (line 1, column 5)"),
        ("a: \u{7}", "the text is no YAML: control characters are not allowed (line 1, column 4)"),
    ])
    func `an error tells what and where`(yaml: String, message: String) {
        #expect(refusal(of: yaml) == message)
    }

    @Test func `only UTF-8`() {
        #expect(
            refusal(of: [0x61, 0x3a, 0x20, 0xff, 0x0a]) == "the text is no YAML: invalid leading UTF-8 octet (line 1, column 4)")
        #expect(refusal(of: [0x61, 0x3a, 0x20, 0xc0, 0x80]) != nil)
        #expect(refusal(of: [0x61, 0x3a, 0x20, 0xed, 0xa0, 0x80]) != nil)
        #expect(refusal(of: [0x61, 0x3a, 0x20, 0xc3]) != nil)
        #expect(refusal(of: [0xff, 0xfe, 0x61, 0]) == "the text is UTF-16, not UTF-8 (line 1, column 1)")
        #expect(refusal(of: #"a: "\ud800""#) != nil)
    }

    @Test func `lines may end as they do elsewhere`() throws {
        #expect(try json("a: 1\r\nb: |\r\n  x\r\n  y\r\n") == #"{"a":1,"b":"x\ny\n"}"#)
    }
}
