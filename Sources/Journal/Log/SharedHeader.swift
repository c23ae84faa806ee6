internal import LinuxKernel

/// What the processes of one boot tell each other about a store: a small file in the run directory, which dies with the boot. Read and written with
/// one call each, never mapped: an error is an answer and not a signal, and nobody is stopped between two words, which would be of two moments.
///
///      0  8   magic "HULLJSHM"          64  words of 16 bytes, each a number and its complement, so that half a write is seen:
///      8  u32 version, 1                    watermark           (written under the sync lock)
///     12  u32 CRC-32C of 16..<48            failed segment      (sync lock) 0, or: its sync failed, nobody acknowledges anything in it
///     16  16  store id                      reserved revisions  (sync lock)
///     32  16  boot id                       revision floor      (sync lock) given ones are greater
///     48  16  zeros                         current segment     (writer lock)
///                                           tail                (writer lock) position behind the last record
///                                           holder, started     (writer lock) pid and start time of who took the lock last
///                                           stopped, since      who was seen stopped while he held the lock, and when first; 0 for nobody
///                                           sync holder, started, sync stopped, since: the same of the sync lock
///                                           kept                (writer lock) the lease whose deadline the holder puts off; 0 for none
///                                           blank               (writer lock) as far as a segment is written, be it zeros: its number
///                                                               in the high half, the offset of the end in the low one
///
/// Nothing here is needed to find a record: the segments say it all. A store without this file has a new boot before it. What follows the first holder
/// came later: a file that ends before it says 0.
struct SharedHeader {
    static let size = 64 + 16 * Word.allCases.count
    /// What there is of it at least.
    static let firstSize = offset(.stopped)

    enum Word: Int, CaseIterable {
        case watermark
        case failedSegment
        case reserved
        case floor
        case currentSegment
        case tail
        case holder
        case holderStart
        case stopped
        case stoppedSince
        case syncHolder
        case syncHolderStart
        case syncStopped
        case syncStoppedSince
        case kept
        case blank
    }

    private var words: SIMD16<UInt64>

    subscript(word: Word) -> UInt64 {
        get { words[word.rawValue] }
        set { words[word.rawValue] = newValue }
    }

    init() { words = .zero }

    private static let magic: UInt64 = 0x4d48_534a_4c4c_5548

    static func name(_ store: Identifier) -> String { "journal-\(store)" }

    func bytes(store: Identifier, boot: Identifier) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Self.size)
        bytes.store(Self.magic, at: 0)
        bytes.store(UInt32(1), at: 8)
        bytes.store(store, at: 16)
        bytes.store(boot, at: 32)
        bytes.store(bytes.withUnsafeBytes { crc32c($0.part(16, 32)) }, at: 12)
        for word in Word.allCases {
            bytes.store(self[word], at: Self.offset(word))
            bytes.store(~self[word], at: Self.offset(word) + 8)
        }
        return bytes
    }

    /// nil for bytes of another store or boot, and where a word was caught half written. Words behind the last byte are 0.
    init?(_ bytes: UnsafeRawBufferPointer, store: Identifier, boot: Identifier) {
        guard bytes.count >= Self.firstSize, bytes.count <= Self.size, bytes.number(UInt64.self, at: 0) == Self.magic,
            bytes.number(UInt32.self, at: 8) == 1,
            bytes.number(UInt32.self, at: 12) == crc32c(bytes.part(16, 32)), bytes.identifier(at: 16) == store,
            bytes.identifier(at: 32) == boot
        else { return nil }
        words = .zero
        // Each read of the store begins here: no list of the cases is made.
        var index = 0
        var offset = 64
        while offset < bytes.count {
            guard offset + 16 <= bytes.count else { return nil }
            let value = bytes.number(UInt64.self, at: offset)
            let complement = bytes.number(UInt64.self, at: offset + 8)
            // A word that is not there reads as zeros: behind the file's end, or before a later one that made it longer.
            guard complement == ~value || value == 0 && complement == 0 && offset >= Self.firstSize else { return nil }
            words[index] = value
            index += 1
            offset += 16
        }
    }

    /// Who took a lock last.
    func holder(of lock: Locks.Name) -> (pid: Int32, startTime: UInt64) {
        let isSync = lock == .sync
        return (Int32(truncatingIfNeeded: self[isSync ? .syncHolder : .holder]), self[isSync ? .syncHolderStart : .holderStart])
    }

    /// The two words of a lock's stopped holder.
    static func stopped(_ lock: Locks.Name) -> (who: Word, since: Word) {
        lock == .sync ? (.syncStopped, .syncStoppedSince) : (.stopped, .stoppedSince)
    }

    static func offset(_ word: Word) -> Int { 64 + 16 * word.rawValue }

    /// Calls `body` with the bytes of neighboring words, to be written in one call at the offset of the first.
    static func withEncoded(_ values: [UInt64], _ body: (UnsafeRawBufferPointer) -> Void) {
        withUnsafeTemporaryAllocation(byteCount: 16 * values.count, alignment: 16) { bytes in
            for (index, value) in values.enumerated() {
                bytes.store(value, at: 16 * index)
                bytes.store(~value, at: 16 * index + 8)
            }
            body(UnsafeRawBufferPointer(bytes))
        }
    }
}
