import StrictTree
import Testing

@Suite struct ScalarTests {
    @Test(arguments: [
        ("~", "null"), ("null", "null"), ("Null", "null"), ("NULL", "null"), ("nULL", #""nULL""#), ("", "null"),
        ("true", "true"), ("True", "true"), ("yes", "true"), ("YES", "true"), ("on", "true"), ("y", "true"), ("tRUE", #""tRUE""#),
        ("false", "false"), ("No", "false"), ("OFF", "false"), ("n", "false"), ("none", #""none""#), ("yess", #""yess""#),
        ("0", "0"), ("-0", "0"), ("+5", "5"), ("-17", "-17"), ("0x1F", "31"), ("-0xff", "-255"), ("0o17", "15"), ("0777", "511"),
        ("-0777", "-511"), ("0b101", "5"), ("1_000", "1000"), ("00", "0"), ("0_7", "7"),
        ("9223372036854775807", "9223372036854775807"), ("-9223372036854775808", "-9223372036854775808"),
        ("18446744073709551615", "18446744073709551615"), ("0xFFFFFFFFFFFFFFFF", "18446744073709551615"),
        ("0x10000000000000000", #""0x10000000000000000""#), ("123456789012345678901234567890", "123456789012345678901234567890"),
        ("1.5", "1.5"), (".5", "0.5"), ("-.5", "-0.5"), ("1.", "1"), ("01.50", "1.50"), ("1e3", "1e3"), ("1.e3", "1e3"),
        ("+1E-3", "1E-3"),
        ("1_0.5", "10.5"), ("0x", #""0x""#), ("0b102", #""0b102""#), ("1e", #""1e""#), (".", #"".""#), ("+", #""+""#),
        ("1.2.3", #""1.2.3""#), ("2001-01-01", #""2001-01-01""#), ("1:30", #""1:30""#), ("10m", #""10m""#), ("_1", #""_1""#),
        ("1-", #""1-""#),
        ("=", #""=""#), ("12e03", "12e03"), ("٣", #""٣""#),
    ])
    func `a plain scalar has the type of its text`(text: String, expected: String) throws {
        #expect(try json("v: \(text)") == (expected == "null" ? "{}" : "{\"v\":\(expected)}"))
    }

    @Test(arguments: [
        (".inf", "there is no number '.inf' in JSON: put it in quotes where it is a string (line 1, column 4)"),
        ("-.INF", "there is no number '-.INF' in JSON: put it in quotes where it is a string (line 1, column 4)"),
        (".NaN", "there is no number '.NaN' in JSON: put it in quotes where it is a string (line 1, column 4)"),
        ("089", "'089' begins as an octal number and is none: put it in quotes where it is a string (line 1, column 4)"),
    ])
    func `numbers that readers do not agree about are refused`(text: String, message: String) {
        #expect(refusal(of: "v: \(text)") == message)
    }

    @Test(arguments: [
        ("'true'", #""true""#), (#""5""#, #""5""#), ("!!str 5", #""5""#), ("! 5", #""5""#), ("!!int '5'", "5"),
        ("!!float 5", "5"), ("!!null ''", "null"),
        ("!!bool yes", "true"), ("|\n  5\n", #""5\n""#), (">-\n  a\n  b", #""a b""#),
        (#""\x41\u00e9\U0001F600\0""#, "\"Aé😀\\u0000\""),
        ("'it''s'", #""it's""#), ("a\n  b", #""a b""#), ("'a\n\n  b'", #""a\nb""#), ("!!map {a: 1}", #"{"a":1}"#),
        ("!!seq [1]", "[1]"),
        ("!!str", #""""#), (#""\/""#, #""/""#),
    ])
    func `quotes, blocks and tags`(text: String, expected: String) throws {
        #expect(try json("v: \(text)") == (expected == "null" ? "{}" : "{\"v\":\(expected)}"))
    }

    @Test(arguments: [
        ("!!int five", "the value is not what its tag '!!int' says (line 1, column 4)"),
        ("!!int 1.5", "the value is not what its tag '!!int' says (line 1, column 4)"),
        ("!!binary aGk=", "the tag '!!binary' is not supported: remove it (line 1, column 4)"),
        ("!!timestamp 2001-01-01", "the tag '!!timestamp' is not supported: remove it (line 1, column 4)"),
        (
            "!mine x",
            "a value that begins with '!' is a tag, and this one is not supported: put a text in quotes (line 1, column 4)"
        ),
        ("!!set {a}", "the tag '!!set' is not supported: remove it (line 1, column 4)"),
        ("!!map [a]", "the tag '!!map' is not supported: remove it (line 1, column 4)"),
        ("!x!y z", "found undefined tag handle while parsing a node (line 1, column 4)"),
    ])
    func `tags that say something else are refused`(text: String, message: String) {
        #expect(refusal(of: "v: \(text)") == message)
    }

    @Test func `a string keeps what the kernel refuses until somebody reads it`() throws {
        let value = try #require(try documents(#"v: "a\0b""#)[0].root.member("v"))
        #expect(throws: TreeError.self) { try value.string }
        #expect(try value.anyString == "a\0b")
    }

    @Test func `integers are exact`() throws {
        let root = try documents("a: 0xFFFFFFFFFFFFFFFF\nb: -9223372036854775808\nc: 0644\nd: 1e3")[0].root
        #expect(try root.member("a")?.unsigned == .max)
        #expect(try root.member("b")?.integer == .min)
        #expect(try root.member("c")?.integer == 420)
        #expect(throws: TreeError.self) { try root.member("d")?.integer }
    }
}
