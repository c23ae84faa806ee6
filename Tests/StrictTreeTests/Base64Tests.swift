import StrictTree
import Testing

@Suite struct Base64Tests {
    @Test func allBytesComeBack() {
        var generator = SystemRandomNumberGenerator()
        for length in 0..<300 {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
            #expect(Base64.bytes(Base64.string(bytes)) == bytes)
        }
    }

    @Test(arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")])
    func base64IsThatOfTheRFC(_ text: String, _ coded: String) {
        #expect(Base64.string(Array(text.utf8)) == coded)
        #expect(Base64.bytes(coded) == Array(text.utf8))
    }

    @Test(arguments: ["Z", "Zg", "Zg=", "Zh==", "Zm9=", "====", "Z===", "Zg==Zg==", "Zm9v\n", "Zm-_"])
    func otherBase64IsRefused(_ coded: String) { #expect(Base64.bytes(coded) == nil) }
}
