import StrictTree
import Testing

@Suite struct StructureTests {
    @Test(arguments: [
        "[]", "{}", " [ ] ", "\r\n\t{ }\n", "[1,[2,[3]],{\"a\":{}}]", "true", "null", "\"x\"", "{\"\": 0}", "[[],[],{}]",
    ])
    func `valid documents are accepted`(json: String) {
        #expect(refusal(of: json) == nil)
    }

    @Test(arguments: [
        ("", "the document is empty"), (" \n", "the document is empty"),
        ("{]", "expected a key in double quotes, found ']' (line 1, column 2)"),
        ("[1,]", "expected a value, found ']' (line 1, column 4)"),
        ("[1 2]", "expected ',' or ']', found '2' (line 1, column 4)"),
        ("[,1]", "expected a value, found ',' (line 1, column 2)"), ("[1,,2]", "expected a value, found ',' (line 1, column 4)"),
        ("{\"a\":1,}", "expected a key in double quotes, found '}' (line 1, column 8)"),
        ("{\"a\" 1}", "expected ':', found '1' (line 1, column 6)"),
        ("{a:1}", "expected a key in double quotes, found 'a' (line 1, column 2)"),
        ("{\"a\":}", "expected a value, found '}' (line 1, column 6)"),
        ("{1:2}", "expected a key in double quotes, found '1' (line 1, column 2)"),
        ("[1}", "expected ',' or ']', found '}' (line 1, column 3)"),
        ("[", "the document ends inside an array (line 1, column 2)"),
        ("{\"a\":{\n\"b\":[1", "/a/b: the document ends inside an array (line 2, column 7)"),
        ("[] []", "expected the end of the document, found '[' (line 1, column 4)"),
        ("{} x", "expected the end of the document, found 'x' (line 1, column 4)"),
        ("null\0", "expected the end of the document, found byte 0x00 (line 1, column 5)"),
        ("[1] // comment", "expected the end of the document, found '/' (line 1, column 5)"),
        ("tru", "expected a value, found a word other than 'true', 'false' and 'null' (line 1, column 1)"),
        ("True", "expected a value, found 'T' (line 1, column 1)"), ("é", "expected a value, found byte 0xc3 (line 1, column 1)"),
        ("[\u{a0}1]", "expected a value, found byte 0xc2 (line 1, column 2)"),
    ])
    func `what is not JSON is refused with its place`(json: String, message: String) {
        #expect(refusal(of: json) == message)
    }

    @Test(arguments: [[0xef, 0xbb, 0xbf, 0x7b, 0x7d], [0xff, 0xfe, 0x7b, 0x00], [0xfe, 0xff, 0x00, 0x7b]] as [[UInt8]])
    func `a byte order mark is named`(bytes: [UInt8]) {
        #expect(refusal(of: bytes) == "the document begins with a byte order mark; JSON is UTF-8 without one (line 1, column 1)")
    }

    @Test func `depth has a limit that a deep document cannot overrun`() {
        func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
        #expect(refusal(of: nested(128)) == nil)
        #expect(refusal(of: nested(129))?.contains("nested more than 128 deep") == true)
        #expect(refusal(of: nested(10_000))?.contains("nested more than 128 deep") == true)
        #expect(refusal(of: String(repeating: "{\"a\":", count: 10_000))?.contains("nested more than 128 deep") == true)
        #expect(refusal(of: nested(10_000), limits: Limits(maxDepth: 10_000)) == nil)
    }

    @Test func `bytes and values have limits`() {
        #expect(refusal(of: "[1, 2]", limits: Limits(maxBytes: 5)) == "the document has 6 bytes, more than 5")
        #expect(refusal(of: "[1, 2]", limits: Limits(maxNodes: 3)) == nil)
        #expect(refusal(of: "[1, 2, 3]", limits: Limits(maxNodes: 3))?.contains("the document has more than 3 values") == true)
        #expect(refusal(of: "{\"a\": 1}", limits: Limits(maxNodes: 2)) != nil)
    }

    @Test(.timeLimit(.minutes(1)))
    func `ten megabytes are read or refused, in time`() {
        let long = "\"" + String(repeating: "x", count: 10 << 20) + "\""
        #expect(refusal(of: long) == nil)
        let many = "[" + String(repeating: "1,", count: 5 << 20) + "1]"
        #expect(refusal(of: many)?.contains("more than 1048576 values") == true)
    }
}
