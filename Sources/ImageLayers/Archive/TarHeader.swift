import LinuxTypes

/// The 512 bytes before each entry of a tar archive (POSIX.1-1988 "ustar", GNU's and star's dialects, and the form before all of them).
///
/// ```
///   0 name 100    108 uid 8    124 size 12   148 checksum 8   157 linkname 100   263 version 2   329 major 8   345 prefix 155
/// 100 mode 8      116 gid 8    136 mtime 12  156 type 1       257 magic 6        265 names 64    337 minor 8
/// ```
struct TarHeader {
    static let size = 512

    let type: UInt8
    /// With the prefix where the format has one.
    let name: [UInt8]
    let linkName: [UInt8]
    let mode: Int64
    let uid: Int64
    let gid: Int64
    let dataSize: Int64
    let modified: Int64
    let major: Int64
    let minor: Int64
    let isGNU: Bool

    /// Throws the reason alone: the reader knows the place.
    init(_ bytes: UnsafeRawBufferPointer) throws(Malformed) {
        guard Self.hasRightChecksum(bytes) else { throw Malformed("the header's checksum is wrong") }
        let isPOSIX = bytes[257..<263].elementsEqual([0x75, 0x73, 0x74, 0x61, 0x72, 0])
        isGNU = bytes[257..<265].elementsEqual([0x75, 0x73, 0x74, 0x61, 0x72, 0x20, 0x20, 0])
        type = bytes[156]
        mode = try Self.number(bytes[100..<108], "mode")
        uid = try Self.number(bytes[108..<116], "uid")
        gid = try Self.number(bytes[116..<124], "gid")
        dataSize = try Self.number(bytes[124..<136], "size")
        modified = try Self.number(bytes[136..<148], "mtime")
        linkName = Self.text(bytes[157..<257])
        if isPOSIX || isGNU, type == UInt8(ascii: "3") || type == UInt8(ascii: "4") {
            major = try Self.number(bytes[329..<337], "device number")
            minor = try Self.number(bytes[337..<345], "device number")
        } else {
            major = 0
            minor = 0
        }
        let last = Self.text(bytes[0..<100])
        // star's prefix is shorter: two times follow it.
        let isStar = isPOSIX && bytes[508..<512].elementsEqual([0x74, 0x61, 0x72, 0])
        let prefix = isPOSIX ? Self.text(bytes[345..<(isStar ? 476 : 500)]) : []
        name = prefix.isEmpty ? last : prefix + [UInt8(ascii: "/")] + last
    }

    /// What is wrong with a header, or of what it has too much.
    struct Malformed: Error {
        let reason: String
        let limit: LayerLimits.Name?

        init(_ reason: String) {
            self.reason = reason
            limit = nil
        }

        init(_ limit: LayerLimits.Name) {
            reason = ""
            self.limit = limit
        }
    }

    /// Up to the first NUL.
    static func text(_ field: Slice<UnsafeRawBufferPointer>) -> [UInt8] { Array(field.prefix { $0 != 0 }) }

    /// Octal digits between spaces or NULs, or, where the first bit is set, GNU's base 256: the rest of the field as a signed number. An empty field is 0.
    static func number(_ field: Slice<UnsafeRawBufferPointer>, _ what: String) throws(Malformed) -> Int64 {
        if let first = field.first, first & 0x80 != 0 { return try binaryNumber(field, what) }
        var rest = field.drop { $0 == 0x20 || $0 == 0 }
        var value: Int64 = 0
        while let digit = rest.first, digit != 0x20, digit != 0 {
            guard (0x30...0x37).contains(digit), value < 1 << 60 else { throw Malformed("the \(what) is no octal number") }
            value = value << 3 | Int64(digit - 0x30)
            rest = rest.dropFirst()
        }
        return value
    }

    private static func binaryNumber(_ field: Slice<UnsafeRawBufferPointer>, _ what: String) throws(Malformed) -> Int64 {
        // Bit 7 says that it is one; bit 6 is the sign.
        var value: Int64 = field[field.startIndex] & 0x40 != 0 ? -1 : 0
        value = value << 6 | Int64(field[field.startIndex] & 0x3f)
        for byte in field.dropFirst() {
            guard value >= -(1 << 54), value < 1 << 54 else { throw Malformed("the \(what) is too large") }
            value = value << 8 | Int64(byte)
        }
        return value
    }

    /// The sum of all bytes, the field of the sum itself as spaces; old programs summed signed bytes.
    private static func hasRightChecksum(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let stated = try? number(bytes[148..<156], "checksum") else { return false }  // no number is no right one
        var unsigned: Int64 = 0
        var signed: Int64 = 0
        for (index, byte) in bytes.enumerated() {
            let counted = (148..<156).contains(index) ? 0x20 : byte
            unsigned += Int64(counted)
            signed += Int64(Int8(bitPattern: counted))
        }
        return stated == unsigned || stated == signed
    }
}
