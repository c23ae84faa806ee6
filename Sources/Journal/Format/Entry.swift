internal import LinuxKernel

/// One change of one key, as records hold it.
///
///      0  u8   1 put, 2 delete
///      1  u8   flags: 1 the value was damaged when the entry was carried, and is not here
///      2  u16  zero
///      4  u32  length of the key
///      8  u32  length of the value
///     12  u32  CRC-32C of the value
///     16  i64  create revision; 0 for a delete
///     24  i64  version; 0 for a delete
///     32  i64  mod revision
///     40  i64  lease; 0 for none
///     48       the key
///
/// All entries of a record stand in its keys part; their values follow it in the same order.
struct Entry: Equatable, Sendable {
    static let fixedSize = 48

    var isDelete = false
    var isValueLost = false
    var key: [UInt8]
    var value: [UInt8] = []
    var createRevision: Revision = 0
    var version: Int64 = 0
    var modRevision: Revision
    var lease: Int64 = 0

    var sizeInKeysPart: Int { Self.fixedSize + key.count }

    /// Writes all but the value into a record, from an offset on.
    func write(into record: UnsafeMutableRawBufferPointer, at start: Int) {
        record[start] = isDelete ? 2 : 1
        record[start + 1] = isValueLost ? 1 : 0
        record.store(UInt16(0), at: start + 2)
        record.store(UInt32(key.count), at: start + 4)
        record.store(UInt32(value.count), at: start + 8)
        record.store(value.withUnsafeBytes { crc32c($0) }, at: start + 12)
        record.store(createRevision, at: start + 16)
        record.store(version, at: start + 24)
        record.store(modRevision, at: start + 32)
        record.store(lease, at: start + 40)
        record.copy(key, to: start + Self.fixedSize)
    }
}

/// An entry in the bytes of its record, valid as long as those are.
struct EntryView {
    let isDelete: Bool
    let isValueLost: Bool
    let key: UnsafeRawBufferPointer
    /// Where the value begins, in bytes from the start of the record.
    let valueOffset: Int
    let valueLength: Int
    let valueChecksum: UInt32
    let createRevision: Revision
    let version: Int64
    let modRevision: Revision
    let lease: Int64
}
