import StrictTree
import Testing

@Suite struct StringTests {
    @Test(arguments: [
        (#""""#, ""), (#""a""#, "a"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"), (#""\u0041\u00e9\u20AC""#, "Aé€"),
        (#""\ud83d\ude00""#, "😀"), (#""é€😀""#, "é€😀"), (#""12345678\n12345678""#, "12345678\n12345678"),
        (#""\uDBFF\uDFFF""#, "\u{10FFFF}"),
    ])
    func `text is decoded`(json: String, expected: String) throws {
        #expect(try tree(json).string == expected)
        #expect(try tree("{\(json): [\(json)]}").members.first { _ in true }?.key == expected)
    }

    @Test(arguments: [
        #""\ud800""#, #""\udc00""#, #""\ud800x""#, #""\ud800\n""#, #""\ud800\ud800""#, #""\ud800\u0041""#, #""\udc00\ud800""#,
    ])
    func `half of a surrogate pair is refused`(json: String) {
        #expect(refusal(of: json) == "a string holds half of a surrogate pair (line 1, column 2)")
    }

    @Test(arguments: [#""\x41""#, #""\u12""#, #""\u12G4""#, #""\""#, #""\u""#, #"""#, #""abc"#, #"'a'"#, #""\U0041""#])
    func `broken strings and escapes are refused`(json: String) {
        #expect(refusal(of: json) != nil)
    }

    @Test func `every raw control character is refused, at every place of a machine word`() {
        for control in UInt8(0)..<0x20 {
            for lead in 0..<9 {
                let text =
                    [0x22] + [UInt8](repeating: 0x61, count: lead) + [control] + [UInt8](repeating: 0x61, count: 9) + [0x22]
                #expect(refusal(of: text)?.contains("control character byte 0x") == true, "0x\(String(control, radix: 16))")
            }
        }
        #expect(refusal(of: [0x22, 0x7f, 0x22]) == nil)
    }

    @Test func `a NUL can be read but never as a string for the kernel`() throws {
        let value = try tree(#"{"a": "x\u0000y"}"#).member("a")
        #expect(try value?.anyString == "x\0y")
        #expect(
            failure { () throws(TreeError) in try value?.string } == "/a: the string holds a NUL character (line 1, column 7)")
        let key = try tree(#"{"a\u0000": 1}"#).members.first { _ in true }
        #expect(failure { () throws(TreeError) in try key?.key } != nil)
    }

    @Test func `every pair of bytes is accepted exactly where it is UTF-8`() {
        for first in UInt8(0x80)...0xff {
            for second in UInt8(0x20)...0xff where second != 0x22 && second != 0x5c {
                expectAgreement([first, second])
            }
        }
    }

    @Test func `longer sequences are accepted exactly where they are UTF-8`() {
        let ends: [UInt8] = [0x61, 0x7f, 0x80, 0xbf, 0xc0, 0xff]
        for first in UInt8(0xe0)...0xf8 {
            for second in [0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0] as [UInt8] {
                for third in ends {
                    expectAgreement([first, second, third])
                    for fourth in ends { expectAgreement([first, second, third, fourth]) }
                }
            }
        }
    }

    private func expectAgreement(_ bytes: [UInt8]) {
        let text = String(validating: bytes, as: UTF8.self)
        let found = refusal(of: [0x22] + bytes + [0x22])
        if (found == nil) != (text != nil) { Issue.record("\(bytes): \(found ?? "accepted")") }
        if found == nil, let value = try? Document(json: [0x22] + bytes + [0x22]).root.string, value != text {
            Issue.record("\(bytes) read as '\(value)'")
        }
    }
}
