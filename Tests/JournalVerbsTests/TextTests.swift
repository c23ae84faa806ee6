import Journal
import JournalVerbs
import Testing

@Suite struct TextTests {
    @Test(arguments: [
        ("/plain/key", "/plain/key"), ("/ü/日本", "/ü/日本"), ("a\\b", "a\\\\b"), ("a\nb\tc\rd", "a\\nb\\tc\\rd"),
        ("\u{1b}[31m", "\\x1b[31m"), ("\u{7f}", "\\x7f"), ("\u{202e}x", "\\xe2\\x80\\xaex"), ("\u{85}", "\\xc2\\x85"), ("", ""),
    ])
    func keysAreFitForATerminal(_ key: String, _ text: String) {
        #expect(KeyText.string(Array(key.utf8)) == text)
        #expect(KeyText.bytes(text) == Array(key.utf8))
    }

    @Test func allBytesComeBack() {
        var generator = SystemRandomNumberGenerator()
        for length in 0..<300 {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
            #expect(KeyText.bytes(KeyText.string(bytes)) == bytes)
        }
        #expect(KeyText.string([0xff, 0x00, 0xc3]) == "\\xff\\x00\\xc3")
        #expect(KeyText.string([0xc3, 0x28, 0xe6, 0x97, 0x41]) == "\\xc3(\\xe6\\x97A")
    }

    @Test(arguments: ["\\", "\\x", "\\x1", "\\xg0", "\\q"]) func wrongEscapesAreRefused(_ text: String) {
        #expect(KeyText.bytes(text) == nil)
    }

    @Test func aTerminalGetsNothingThatItObeys() {
        let value = Array("a\n\tb\u{1b}[2J".utf8) + [0xff]
        #expect(ValueText.bytes(value, forTerminal: false) == value)
        #expect(String(decoding: ValueText.bytes(value, forTerminal: true), as: UTF8.self) == "a\n\tb\\x1b[2J\\xff")
        #expect(ValueText.excerpt(value) == "a\\n\\tb\\x1b[2J\\xff")
        #expect(ValueText.excerpt([UInt8](repeating: 97, count: 100), limit: 5) == "aaaaa…")
    }
}
