import LinuxKernel
import Testing

/// Pages as the format seals them: the first bytes, then all from 16 on.
enum Checksums {
    static func of(_ page: UnsafeRawBufferPointer, from start: Int, to end: Int, after head: Int) -> UInt32 {
        let first = crc32c(UnsafeRawBufferPointer(rebasing: page[..<head]))
        return crc32c(UnsafeRawBufferPointer(rebasing: page[start..<end]), after: first)
    }
}

@Suite("crc32c") struct ChecksumTests {
    @Test func `it is the Castagnoli polynomial`() {
        // RFC 3720, B.4, and the usual check value.
        #expect(Array("123456789".utf8).withUnsafeBytes { crc32c($0) } == 0xe306_9283)
        #expect([UInt8](repeating: 0, count: 32).withUnsafeBytes { crc32c($0) } == 0x8a91_36aa)
        #expect([UInt8](repeating: 0xff, count: 32).withUnsafeBytes { crc32c($0) } == 0x62a8_ab43)
    }

    @Test func `the instruction and the arithmetic agree, in one go and in parts`() {
        let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 167) }
        bytes.withUnsafeBytes { bytes in
            for length in [0, 1, 7, 8, 9, 63, 64, 65, 999, 1000] {
                let part = UnsafeRawBufferPointer(rebasing: bytes[..<length])
                #expect(crc32c(part) == crc32cPortable(part))
                let half = UnsafeRawBufferPointer(rebasing: bytes[..<(length / 2)])
                let rest = UnsafeRawBufferPointer(rebasing: bytes[(length / 2)..<length])
                #expect(crc32c(rest, after: crc32c(half)) == crc32c(part))
            }
        }
    }
}
