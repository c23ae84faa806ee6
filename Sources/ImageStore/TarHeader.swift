/// One header block of a tar file (POSIX.1-2017 pax, "ustar Interchange Format"; GNU tar's long names and large numbers).
///
/// ```
///   0 name 100 | 100 mode 8 | 108 uid 8 | 116 gid 8 | 124 size 12 | 136 mtime 12 | 148 checksum 8 | 156 type 1 |
/// 157 link 100 | 257 magic 6 | 263 version 2 | … | 345 prefix 155
/// ```
struct TarHeader {
    static let blockSize = 512

    var name: [UInt8]
    var size: Int64
    var type: UInt8
    var link: [UInt8]

    /// nil for a block of zeros, which ends the archive. Throws for a block that is no header.
    init?(_ block: [UInt8]) throws(TarDamage) {
        precondition(block.count == Self.blockSize, "a whole block")
        if block.allSatisfy({ $0 == 0 }) { return nil }
        guard let wanted = Self.octal(block[148..<156]) else { throw TarDamage(reason: "this is no tar archive") }
        var sum: Int64 = 8 * 0x20
        for (at, byte) in block.enumerated() where !(148..<156).contains(at) { sum += Int64(byte) }
        guard sum == wanted else { throw TarDamage(reason: "the checksum of a tar header is wrong") }
        guard let size = Self.number(block[124..<136]), size >= 0 else {
            throw TarDamage(reason: "the size in a tar header is no number")
        }
        self.size = size
        type = block[156] == 0 ? UInt8(ascii: "0") : block[156]
        link = Self.text(block[157..<257])
        name = Self.text(block[0..<100])
        let prefix = Self.text(block[345..<500])
        // GNU tar's own format has other things there.
        if block[257..<263].elementsEqual("ustar\0".utf8), !prefix.isEmpty { name = prefix + [UInt8(ascii: "/")] + name }
    }

    private static func text(_ field: ArraySlice<UInt8>) -> [UInt8] { Array(field.prefix { $0 != 0 }) }

    /// Octal digits, or with the first bit set a number in base 256.
    private static func number(_ field: ArraySlice<UInt8>) -> Int64? {
        guard let first = field.first, first & 0x80 != 0 else { return octal(field) }
        guard first == 0x80 else { return nil }
        var value: Int64 = 0
        for byte in field.dropFirst() {
            guard value < 1 << 54 else { return nil }
            value = value << 8 | Int64(byte)
        }
        return value
    }

    private static func octal(_ field: ArraySlice<UInt8>) -> Int64? {
        var value: Int64 = 0
        var hasDigits = false
        for byte in field {
            switch byte {
            case 0x30...0x37:
                value = value << 3 | Int64(byte - 0x30)
                hasDigits = true
            case 0, 0x20: if hasDigits { return value }
            default: return nil
            }
        }
        return hasDigits ? value : nil
    }
}

/// Why bytes are no tar archive.
struct TarDamage: Error {
    var reason: String
}
