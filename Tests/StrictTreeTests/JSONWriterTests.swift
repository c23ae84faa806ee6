import StrictTree
import Testing

@Suite struct JSONWriterTests {
    private func sample(_ layout: JSONWriter.Layout) -> String {
        var json = JSONWriter(layout)
        json.object { json in
            json.member("z", "last first")
            json.member("absent", nil as String?)
            json.array("list") { json in
                json.element(1)
                json.element(true)
                json.object { $0.member("n", -1) }
                json.array { _ in }
            }
            json.object("empty") { _ in }
            json.member("names", [] as [String]?)
        }
        return json.string
    }

    @Test func `the three layouts`() {
        #expect(sample(.compact) == #"{"z":"last first","list":[1,true,{"n":-1},[]],"empty":{},"names":[]}"#)
        #expect(
            sample(.spaces(2)) == """
                {
                  "z": "last first",
                  "list": [
                    1,
                    true,
                    {
                      "n": -1
                    },
                    []
                  ],
                  "empty": {},
                  "names": []
                }
                """)
        #expect(
            sample(.tabs)
                == sample(.spaces(1)).split(separator: "\n").map { line in
                    String(repeating: "\t", count: line.prefix { $0 == " " }.count) + line.drop { $0 == " " }
                }.joined(separator: "\n"))
    }

    @Test func `what is written is read back, whatever the text holds`() throws {
        var text = "\u{7f}é€😀\u{2028}\\\"/"
        for control in UInt8(0)..<0x20 { text.unicodeScalars.append(Unicode.Scalar(control)) }
        var json = JSONWriter()
        json.object { $0.member(text, text) }
        let member = try Document(json: json.bytes).root.members.first { _ in true }
        #expect(member?.anyKey == text)
        #expect(try member?.value.anyString == text)
    }

    @Test func `integers are written in full`() {
        var json = JSONWriter()
        json.array { json in
            json.element(UInt64.max)
            json.element(Int64.min)
        }
        #expect(json.string == "[18446744073709551615,-9223372036854775808]")
    }
}
