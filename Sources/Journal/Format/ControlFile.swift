internal import LinuxKernel

/// The file `control`: who the store is, and what must be known before its segments are read. Four pages.
///
///     page 0, written once      0  8   magic "HULLJCTL"      page 1 and 2, in turn     0  8   magic "HULLJSTA"
///                               8  u16 major, u16 minor                                8  u32 zero
///                              12  u32 CRC-32C of the rest                            12  u32 CRC-32C of the rest
///                              16  16  store id                                       16  u64 sequence: the higher one holds
///                              32  i64 wall clock                                     24  i64 reserved: revisions up to this one may have been given
///                                                                                     32  u64 first segment that belongs to the store
///     page 3, overwritten       0  8   magic "HULLJWMK"                               40  16  boot id of the writer
///                               8  u32 zero                                           56  u64 segments up to this number were used
///                              12  u32 CRC-32C of the rest
///                              16  u64 watermark
///
/// Pages 1 and 2 are synced after each write, before the other is touched: a torn one leaves the other. Page 3 is a hint that is never synced
/// for its own sake; it is only written when what it says is true.
enum ControlFile {
    static let name = "control"
    static let page = 4096
    static let size = 4 * page
    static let checkedSize = 64

    static let identityMagic: UInt64 = 0x4c54_434a_4c4c_5548
    static let stateMagic: UInt64 = 0x4154_534a_4c4c_5548
    static let watermarkMagic: UInt64 = 0x4b4d_574a_4c4c_5548

    /// What pages 1 and 2 hold.
    struct State: Equatable {
        var sequence: UInt64 = 0
        var reserved: Revision = 0
        var firstSegment: UInt64 = 1
        var boot = Identifier(first: 0, second: 0)
        var lastSegment: UInt64 = 0
    }

    static func identityPage(store: Identifier, time: Int64) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: page)
        bytes.store(FormatVersion.current.major, at: 8)
        bytes.store(FormatVersion.current.minor, at: 10)
        bytes.store(store, at: 16)
        bytes.store(time, at: 32)
        return sealed(bytes, identityMagic)
    }

    static func statePage(_ state: State) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: page)
        bytes.store(state.sequence, at: 16)
        bytes.store(state.reserved, at: 24)
        bytes.store(state.firstSegment, at: 32)
        bytes.store(state.boot, at: 40)
        bytes.store(state.lastSegment, at: 56)
        return sealed(bytes, stateMagic)
    }

    static func watermarkPage(_ watermark: UInt64) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: checkedSize)
        bytes.store(watermark, at: 16)
        return sealed(bytes, watermarkMagic)
    }

    /// The store's id; nil where the page is damaged. Throws for a newer major version.
    static func identity(_ file: UnsafeRawBufferPointer) throws(JournalError) -> Identifier? {
        guard isIntact(file, 0, identityMagic) else { return nil }
        try FormatVersion(major: file.number(UInt16.self, at: 8), minor: file.number(UInt16.self, at: 10)).check()
        return file.identifier(at: 16)
    }

    /// The newer of the two states; nil where both are damaged.
    static func state(_ file: UnsafeRawBufferPointer) -> State? {
        [1, 2].compactMap { state(file, page: $0) }.max { $0.sequence < $1.sequence }
    }

    private static func state(_ file: UnsafeRawBufferPointer, page number: Int) -> State? {
        guard isIntact(file, number, stateMagic) else { return nil }
        let at = number * page
        return State(
            sequence: file.number(UInt64.self, at: at + 16), reserved: file.number(Int64.self, at: at + 24),
            firstSegment: file.number(UInt64.self, at: at + 32), boot: file.identifier(at: at + 40),
            lastSegment: file.number(UInt64.self, at: at + 56))
    }

    /// The watermark hint, 0 where there is none.
    static func watermark(_ file: UnsafeRawBufferPointer) -> UInt64 {
        isIntact(file, 3, watermarkMagic) ? file.number(UInt64.self, at: 3 * page + 16) : 0
    }

    /// Which page a state of this sequence number is written to.
    static func pageNumber(sequence: UInt64) -> Int { 1 + Int(sequence % 2) }

    private static func sealed(_ bytes: [UInt8], _ magic: UInt64) -> [UInt8] {
        var bytes = bytes
        bytes.store(magic, at: 0)
        bytes.store(bytes.withUnsafeBytes { checksum($0, at: 0) }, at: 12)
        return bytes
    }

    private static func isIntact(_ file: UnsafeRawBufferPointer, _ number: Int, _ magic: UInt64) -> Bool {
        let at = number * page
        guard file.count >= at + checkedSize, file.number(UInt64.self, at: at) == magic else { return false }
        return file.number(UInt32.self, at: at + 12) == checksum(file, at: at)
    }

    private static func checksum(_ bytes: UnsafeRawBufferPointer, at: Int) -> UInt32 {
        crc32c(bytes.part(at + 16, checkedSize - 16), after: crc32c(bytes.part(at, 12)))
    }
}
