internal import LinuxKernel
internal import LinuxTypes

/// Writes a tar file, an entry after the other, in pax's format where ustar's is too narrow: POSIX.1-2017 pax.
struct TarWriter {
    /// What an entry says of a file.
    struct Entry {
        var path: [UInt8]
        var type = FileType.regular
        var isHardLink = false
        var permissions: UInt32 = 0o644
        var uid: UInt32 = 0
        var gid: UInt32 = 0
        var size: Int64 = 0
        /// Seconds since 1970, and the rest in nanoseconds.
        var modified: Int64 = 0
        var nanoseconds: UInt32 = 0
        var link: [UInt8] = []
        var device = DeviceNumber(major: 0, minor: 0)
        /// Names of extended attributes and their values.
        var attributes: [(name: [UInt8], value: [UInt8])] = []
    }

    private let sink: (UnsafeRawBufferPointer) throws(ImageError) -> Void
    private var padding = 0

    init(_ sink: @escaping (UnsafeRawBufferPointer) throws(ImageError) -> Void) { self.sink = sink }

    /// The header of an entry; its `size` bytes come by `write` behind it.
    mutating func begin(_ entry: Entry) throws(ImageError) {
        try endEntry()
        let records = Self.records(entry)
        if !records.isEmpty {
            var header = Entry(path: Array("PaxHeaders/entry".utf8))
            header.size = Int64(records.count)
            try emit(Self.block(header, type: UInt8(ascii: "x")))
            try write(records)
            padding = -records.count & 511
            try endEntry()
        }
        try emit(Self.block(entry, type: Self.typeFlag(entry)))
        padding = Int(-entry.size & 511)
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(ImageError) { try sink(bytes) }

    func write(_ bytes: [UInt8]) throws(ImageError) { try emit(bytes) }

    /// A whole small file.
    mutating func add(_ path: String, _ bytes: [UInt8]) throws(ImageError) {
        try begin(Entry(path: Array(path.utf8), size: Int64(bytes.count)))
        try write(bytes)
    }

    mutating func addDirectory(_ path: String) throws(ImageError) {
        try begin(Entry(path: Array((path + "/").utf8), type: .directory, permissions: 0o755))
    }

    /// The end of the archive: two blocks of zeros.
    mutating func finish() throws(ImageError) {
        try endEntry()
        try emit([UInt8](repeating: 0, count: 1024))
    }

    private mutating func endEntry() throws(ImageError) {
        if padding > 0 { try emit([UInt8](repeating: 0, count: padding)) }
        padding = 0
    }

    private func emit(_ bytes: [UInt8]) throws(ImageError) {
        try bytes.withBytes { bytes throws(ImageError) in try sink(bytes) }
    }

    private static func typeFlag(_ entry: Entry) -> UInt8 {
        if entry.isHardLink { return UInt8(ascii: "1") }
        switch entry.type {
        case .symbolicLink: return UInt8(ascii: "2")
        case .characterDevice: return UInt8(ascii: "3")
        case .blockDevice: return UInt8(ascii: "4")
        case .directory: return UInt8(ascii: "5")
        case .fifo: return UInt8(ascii: "6")
        default: return UInt8(ascii: "0")
        }
    }

    /// What ustar has no room for.
    private static func records(_ entry: Entry) -> [UInt8] {
        var records: [UInt8] = []
        func add(_ key: [UInt8], _ value: [UInt8]) { records += record(key, value) }
        func add(_ key: String, _ value: String) { add(Array(key.utf8), Array(value.utf8)) }
        if entry.path.count > 100 { add(Array("path".utf8), entry.path) }
        if entry.link.count > 100 { add(Array("linkpath".utf8), entry.link) }
        if entry.size >= 1 << 33 { add("size", String(entry.size)) }
        if entry.uid >= 1 << 21 { add("uid", String(entry.uid)) }
        if entry.gid >= 1 << 21 { add("gid", String(entry.gid)) }
        if entry.nanoseconds != 0 || entry.modified < 0 || entry.modified >= 1 << 33 {
            add("mtime", time(entry.modified, entry.nanoseconds))
        }
        for attribute in entry.attributes { add(Array("SCHILY.xattr.".utf8) + attribute.name, attribute.value) }
        return records
    }

    /// A decimal fraction; before 1970 it counts backward from the next second.
    private static func time(_ seconds: Int64, _ nanoseconds: UInt32) -> String {
        let isNegative = seconds < 0
        let whole = isNegative && nanoseconds > 0 ? seconds + 1 : seconds
        let part = isNegative && nanoseconds > 0 ? 1_000_000_000 - nanoseconds : nanoseconds
        let sign = isNegative ? "-" : ""
        let text = sign + String(whole.magnitude)
        guard part > 0 else { return text }
        let digits = String(part)
        return text + "." + String(repeating: "0", count: 9 - digits.utf8.count) + digits
    }

    /// `LENGTH KEY=VALUE\n`, where the length counts its own digits.
    private static func record(_ key: [UInt8], _ value: [UInt8]) -> [UInt8] {
        let rest = key.count + value.count + 3
        var length = rest + 1
        while rest + String(length).utf8.count != length { length = rest + String(length).utf8.count }
        return Array("\(length) ".utf8) + key + [UInt8(ascii: "=")] + value + [UInt8(ascii: "\n")]
    }

    private static func block(_ entry: Entry, type: UInt8) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ bytes: [UInt8], at offset: Int, _ width: Int) {
            block.replaceSubrange(offset..<(offset + min(bytes.count, width)), with: bytes.prefix(width))
        }
        /// Octal digits that fill the field but for its last byte; what does not fit stands in a pax record.
        func put(octal value: Int64, at offset: Int, _ width: Int) {
            let limit = Int64(1) << (3 * (width - 1))
            let digits = String(value >= 0 && value < limit ? value : 0, radix: 8)
            put(Array((String(repeating: "0", count: width - 1 - digits.utf8.count) + digits).utf8), at: offset, width)
        }
        put(entry.path, at: 0, 100)
        put(octal: Int64(entry.permissions), at: 100, 8)
        put(octal: Int64(entry.uid), at: 108, 8)
        put(octal: Int64(entry.gid), at: 116, 8)
        put(octal: entry.size, at: 124, 12)
        put(octal: entry.modified, at: 136, 12)
        put(Array("        ".utf8), at: 148, 8)
        block[156] = type
        put(entry.link, at: 157, 100)
        put(Array("ustar\u{0}00".utf8), at: 257, 8)
        put(octal: Int64(entry.device.major), at: 329, 8)
        put(octal: Int64(entry.device.minor), at: 337, 8)
        let sum = block.reduce(0) { $0 + Int64($1) }
        put(octal: sum, at: 148, 7)
        block[154] = 0
        block[155] = UInt8(ascii: " ")
        return block
    }
}
