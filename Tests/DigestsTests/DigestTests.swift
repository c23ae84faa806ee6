import Digests
import Testing

@Suite struct DigestTests {
    /// FIPS 180-4's examples, and the empty message.
    @Test func `hashes are the standard's`() {
        #expect("\(Digest.of([]))" == "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect("\(Digest.of(Array("abc".utf8)))" == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        let long =
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
        #expect("\(Digest.of(Array("abc".utf8), .sha512))" == "sha512:" + long)
        #expect("\(Digest.of(Array("{}".utf8)))" == "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a")
    }

    @Test(arguments: DigestAlgorithm.allCases) func `pieces give what the whole gives`(algorithm: DigestAlgorithm) {
        let bytes = (0..<10_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        var hasher = Digest.Hasher(algorithm)
        var rest = bytes[...]
        var size = 0
        while !rest.isEmpty {
            hasher.update(Array(rest.prefix(size)))
            rest = rest.dropFirst(size)
            size += 1
        }
        #expect(hasher.count == 10_000)
        #expect(hasher.finish() == Digest.of(bytes, algorithm))
    }

    @Test func `a text is read back as it was written`() throws {
        let digest = Digest.of([1, 2, 3])
        #expect(try Digest("\(digest)") == digest)
        #expect(digest.fileName == "sha256/" + digest.hex)
        #expect(Digest(.sha256, bytes: [UInt8](repeating: 255, count: 32))?.hex == String(repeating: "f", count: 64))
        #expect(Digest(.sha256, bytes: [0]) == nil)
    }

    static let hex = String(repeating: "0a", count: 32)

    static let almost: [String] = [
        "", ":", "sha256", "sha256:", "sha256:\(hex)0", "sha256:\(hex.dropLast())", "sha256:\(hex.uppercased())",
        "SHA256:\(hex)", " sha256:\(hex)", "sha256:\(hex) ", "sha256:\(hex)\n", "sha256:../../\(hex.dropLast(6))",
        "sha256/\(hex)", "sha256::\(hex)", "sha512:\(hex)", "sha256:\(hex.dropLast())g", "-sha256:\(hex)", "sha256-:\(hex)",
        "a++b:\(hex)", "sha256:\(hex.dropLast(2))\u{0660}", "sha256:\(hex)\0", "x:\u{301}",
    ]

    @Test(arguments: almost)
    func `what is not quite a digest is refused`(text: String) {
        #expect(throws: DigestError.malformed(text)) { try Digest(text) }
    }

    @Test func `an algorithm that cannot be checked is named`() {
        for name in ["blake3", "md5", "sha256+b64u", "multihash+base58"] {
            #expect(throws: DigestError.unsupportedAlgorithm(name)) { try Digest(name + ":" + Self.hex) }
        }
    }

    @Test func `a megabyte of text is not repeated in its error`() {
        do {
            _ = try Digest(String(repeating: "x", count: 1 << 20))
            Issue.record("no error")
        } catch { #expect("\(error)".utf8.count < 300) }
    }
}
