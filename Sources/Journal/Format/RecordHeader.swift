internal import LinuxKernel

/// The fixed part of a record.
///
///      0  u32  magic "HJRC"
///      4  u32  CRC-32C of the store's id, the record's position and bytes 8..<72
///      8  u32  length of the whole record, a multiple of 8
///     12  u32  length of the keys part, which follows the header
///     16  u32  CRC-32C of the keys part
///     20  u8   kind
///     21  u8   flags: 1 durable
///     22  u16  zero
///     24  i64  revision: of a transaction its own, else the last one given
///     32  u64  watermark: all bytes before this position were on the disk when the record was written
///     40  16   boot id
///     56  i64  wall clock, nanoseconds since 1970: for people
///     64  u32  entries in the keys part
///     68  u32  zero
///
/// The checksum is salted with store and position: what looks like a record inside a value, or comes from another store or place, is none.
/// A record that is copied to another segment keeps its position, and so its bytes.
struct RecordHeader: Equatable {
    static let size = 72
    static let magic: UInt32 = 0x4352_4a48
    /// Bound of one record, in bytes: a larger length is a broken one.
    static let lengthLimit = 2 << 20

    var length: Int
    var keysLength: Int
    var keysChecksum: UInt32
    var kind: RecordKind
    var isDurable: Bool
    var revision: Revision
    var watermark: UInt64
    var boot: Identifier
    var time: Int64
    var entryCount: Int

    /// Writes the header into the first 72 bytes of a record.
    func write(into record: UnsafeMutableRawBufferPointer, store: Identifier, position: UInt64) {
        record.store(Self.magic, at: 0)
        record.store(UInt32(length), at: 8)
        record.store(UInt32(keysLength), at: 12)
        record.store(keysChecksum, at: 16)
        record[20] = kind.rawValue
        record[21] = isDurable ? 1 : 0
        record.store(revision, at: 24)
        record.store(watermark, at: 32)
        record.store(boot, at: 40)
        record.store(time, at: 56)
        record.store(UInt32(entryCount), at: 64)
        record.store(Self.checksum(UnsafeRawBufferPointer(record), store: store, position: position), at: 4)
    }

    /// The header at the start of `bytes`, of which there must be 72; nil where it is none of this store and position.
    init?(_ bytes: UnsafeRawBufferPointer, store: Identifier, position: UInt64) {
        guard bytes.number(UInt32.self, at: 0) == Self.magic,
            bytes.number(UInt32.self, at: 4) == Self.checksum(bytes, store: store, position: position)
        else { return nil }
        length = Int(bytes.number(UInt32.self, at: 8))
        keysLength = Int(bytes.number(UInt32.self, at: 12))
        keysChecksum = bytes.number(UInt32.self, at: 16)
        kind = RecordKind(rawValue: bytes[20])
        isDurable = bytes[21] & 1 != 0
        revision = bytes.number(Int64.self, at: 24)
        watermark = bytes.number(UInt64.self, at: 32)
        boot = bytes.identifier(at: 40)
        time = bytes.number(Int64.self, at: 56)
        entryCount = Int(bytes.number(UInt32.self, at: 64))
        guard length >= Self.size + keysLength, length <= Self.lengthLimit, length % 8 == 0, revision >= 0 else { return nil }
    }

    init(kind: RecordKind, isDurable: Bool, revision: Revision, boot: Identifier, time: Int64) {
        self.kind = kind
        self.isDurable = isDurable
        self.revision = revision
        self.boot = boot
        self.time = time
        length = Self.size
        keysLength = 0
        keysChecksum = 0
        watermark = 0
        entryCount = 0
    }

    private static func checksum(_ bytes: UnsafeRawBufferPointer, store: Identifier, position: UInt64) -> UInt32 {
        var salt = (store.first.littleEndian, store.second.littleEndian, position.littleEndian)
        let start = withUnsafeBytes(of: &salt) { crc32c($0) }
        return crc32c(bytes.part(8, size - 8), after: start)
    }
}

/// What a record is. Kinds that a newer minor version brings are read over and kept.
struct RecordKind: RawRepresentable, Hashable, Sendable {
    let rawValue: UInt8

    /// Entries that take effect together at one revision.
    static let transaction = RecordKind(rawValue: 1)
    /// Entries of older transactions, written again so that their segment can go.
    static let carry = RecordKind(rawValue: 2)
    /// History before a revision is given up. Keys part: i64 revision.
    static let compaction = RecordKind(rawValue: 3)
    /// A gap was looked at and accepted. Keys part: u64 first position, u64 position behind it.
    static let repair = RecordKind(rawValue: 4)
}
