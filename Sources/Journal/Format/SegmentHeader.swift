internal import LinuxKernel

/// The first page of a segment. Records begin behind it, so that writing them never writes it again.
///
///      0  8    magic "HULLJSEG"
///      8  u16  major version: a reader that does not know it refuses the store
///     10  u16  minor version: a reader that does not know it reads on
///     12  u32  CRC-32C of bytes 16..<128, after bytes 0..<12
///     16  16   store id
///     32  u64  number, as in the file's name; from 1
///     40  u64  number of the segment that this one follows; 0 for the first
///     48  u64  base: position of the first record. The segment before ends there, whatever lies behind in it
///     56  u64  capacity in bytes, this page included
///     64  i64  last revision given before this segment
///     72  i64  compacted revision
///     80  16   boot id
///     96  i64  wall clock
///    104       zeros
struct SegmentHeader: Hashable {
    /// Bytes before the first record.
    static let size = 4096
    static let checkedSize = 128
    static let magic: UInt64 = 0x4745_534a_4c4c_5548

    var version: FormatVersion = .current
    var store: Identifier
    var number: UInt64
    var previous: UInt64
    var base: UInt64
    var capacity: UInt64
    var revision: Revision
    var compacted: Revision
    var boot: Identifier
    var time: Int64

    /// The position behind the last byte that fits.
    var limit: UInt64 { base + capacity - UInt64(Self.size) }

    /// Where a position lies in the file.
    func offset(of position: UInt64) -> UInt64 { position - base + UInt64(Self.size) }

    /// The page.
    var bytes: [UInt8] {
        var page = [UInt8](repeating: 0, count: Self.size)
        page.store(Self.magic, at: 0)
        page.store(version.major, at: 8)
        page.store(version.minor, at: 10)
        page.store(store, at: 16)
        page.store(number, at: 32)
        page.store(previous, at: 40)
        page.store(base, at: 48)
        page.store(capacity, at: 56)
        page.store(revision, at: 64)
        page.store(compacted, at: 72)
        page.store(boot, at: 80)
        page.store(time, at: 96)
        let checksum = page.withUnsafeBytes { Self.checksum($0) }
        page.store(checksum, at: 12)
        return page
    }

    /// nil for bytes that are no header; throws for a version that only a newer program understands.
    init?(_ page: UnsafeRawBufferPointer) throws(JournalError) {
        guard page.count >= Self.checkedSize, page.number(UInt64.self, at: 0) == Self.magic,
            page.number(UInt32.self, at: 12) == Self.checksum(page)
        else { return nil }
        version = FormatVersion(major: page.number(UInt16.self, at: 8), minor: page.number(UInt16.self, at: 10))
        try version.check()
        store = page.identifier(at: 16)
        number = page.number(UInt64.self, at: 32)
        previous = page.number(UInt64.self, at: 40)
        base = page.number(UInt64.self, at: 48)
        capacity = page.number(UInt64.self, at: 56)
        revision = page.number(Int64.self, at: 64)
        compacted = page.number(Int64.self, at: 72)
        boot = page.identifier(at: 80)
        time = page.number(Int64.self, at: 96)
        guard capacity > UInt64(Self.size), capacity <= 1 << 31, base <= 1 << 62, number > previous else { return nil }
    }

    init(
        store: Identifier, number: UInt64, previous: UInt64, base: UInt64, capacity: UInt64, revision: Revision,
        compacted: Revision, boot: Identifier, time: Int64
    ) {
        self.store = store
        self.number = number
        self.previous = previous
        self.base = base
        self.capacity = capacity
        self.revision = revision
        self.compacted = compacted
        self.boot = boot
        self.time = time
    }

    private static func checksum(_ page: UnsafeRawBufferPointer) -> UInt32 {
        crc32c(page.part(16, checkedSize - 16), after: crc32c(page.part(0, 12)))
    }
}

/// The name of a segment's file.
enum SegmentName {
    private static let prefix = "segment-"

    static func string(_ number: UInt64) -> String { prefix + hexadecimal(number) }

    /// nil for other files.
    static func number(_ name: String) -> UInt64? {
        guard name.hasPrefix(prefix), name.utf8.count == prefix.utf8.count + 16,
            let number = UInt64(name.dropFirst(prefix.utf8.count), radix: 16), string(number) == name, number > 0
        else { return nil }
        return number
    }
}
