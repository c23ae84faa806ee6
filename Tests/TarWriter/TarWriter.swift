/// Writes archives byte by byte, right ones and wrong ones: nothing here checks anything.
public struct TarWriter: Sendable {
    public var bytes: [UInt8] = []

    public init() {}

    /// One header and its data. `size` is what the header says where it is not the data's.
    public mutating func add(
        _ name: [UInt8], type: Character = "0", mode: UInt64 = 0o644, uid: UInt64 = 0, gid: UInt64 = 0, mtime: UInt64 = 0,
        link: [UInt8] = [], data: [UInt8] = [], size: UInt64? = nil, major: UInt64 = 0, minor: UInt64 = 0,
        edit: (inout [UInt8]) -> Void = { _ in }
    ) {
        var header = [UInt8](repeating: 0, count: 512)
        Self.put(Array(name.prefix(100)), in: &header, at: 0)
        Self.octal(mode, in: &header, at: 100, width: 8)
        Self.octal(uid, in: &header, at: 108, width: 8)
        Self.octal(gid, in: &header, at: 116, width: 8)
        Self.octal(size ?? UInt64(data.count), in: &header, at: 124, width: 12)
        Self.octal(mtime, in: &header, at: 136, width: 12)
        header[156] = type.asciiValue ?? 0
        Self.put(Array(link.prefix(100)), in: &header, at: 157)
        Self.put(Array("ustar\u{0}00".utf8), in: &header, at: 257)
        if type == "3" || type == "4" {
            Self.octal(major, in: &header, at: 329, width: 8)
            Self.octal(minor, in: &header, at: 337, width: 8)
        }
        edit(&header)
        Self.seal(&header)
        bytes += header + data + [UInt8](repeating: 0, count: (512 - data.count % 512) % 512)
    }

    public mutating func add(
        _ name: String, type: Character = "0", mode: UInt64 = 0o644, uid: UInt64 = 0, gid: UInt64 = 0, mtime: UInt64 = 0,
        link: String = "", data: String = "", major: UInt64 = 0, minor: UInt64 = 0
    ) {
        add(
            Array(name.utf8), type: type, mode: mode, uid: uid, gid: gid, mtime: mtime, link: Array(link.utf8),
            data: Array(data.utf8), major: major, minor: minor)
    }

    public mutating func directory(_ name: String, mode: UInt64 = 0o755) { add(name, type: "5", mode: mode) }

    /// An extended header for the entry behind it.
    public mutating func pax(_ records: [(String, [UInt8])], type: Character = "x") {
        add(Array("pax".utf8), type: type, data: records.flatMap { Self.record(Array($0.0.utf8), $0.1) })
    }

    public mutating func pax(_ records: [(String, String)]) { pax(records.map { ($0.0, Array($0.1.utf8)) }) }

    /// Two blocks of zeros.
    public mutating func end() { bytes += [UInt8](repeating: 0, count: 1024) }

    public func ended() -> [UInt8] { bytes + [UInt8](repeating: 0, count: 1024) }

    /// `length key=value\n`, where the length counts itself.
    public static func record(_ key: [UInt8], _ value: [UInt8]) -> [UInt8] {
        let rest = [UInt8(ascii: " ")] + key + [UInt8(ascii: "=")] + value + [UInt8(ascii: "\n")]
        var length = rest.count
        while true {
            let digits = Array(String(length).utf8)
            if digits.count + rest.count == length { return digits + rest }
            length = digits.count + rest.count
        }
    }

    public static func put(_ text: [UInt8], in header: inout [UInt8], at place: Int) {
        header.replaceSubrange(place..<(place + text.count), with: text)
    }

    public static func octal(_ value: UInt64, in header: inout [UInt8], at place: Int, width: Int) {
        let digits = String(value, radix: 8)
        if digits.utf8.count < width {
            put(Array((String(repeating: "0", count: width - 1 - digits.utf8.count) + digits).utf8), in: &header, at: place)
        } else {
            binary(Int64(bitPattern: value), in: &header, at: place, width: width)
        }
    }

    /// GNU's base 256.
    public static func binary(_ value: Int64, in header: inout [UInt8], at place: Int, width: Int) {
        for index in 0..<width {
            let shift = 8 * (width - 1 - index)
            header[place + index] = shift >= 64 ? (value < 0 ? 255 : 0) : UInt8(truncatingIfNeeded: value >> Int64(shift))
        }
        header[place] = header[place] & 0x7f | 0x80
    }

    /// The checksum of what stands there.
    public static func seal(_ header: inout [UInt8]) {
        put(Array("        ".utf8), in: &header, at: 148)
        let digits = String(header.reduce(0) { $0 + UInt64($1) } & 0o777777, radix: 8)
        let text = String(repeating: "0", count: 6 - digits.utf8.count) + digits + "\u{0} "
        put(Array(text.utf8), in: &header, at: 148)
    }
}
