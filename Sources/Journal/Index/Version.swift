/// Where a value lies.
struct ValueLocation: Hashable, Sendable {
    /// The segment's number.
    let segment: UInt32
    /// In bytes from the start of the file.
    let offset: UInt32

    /// Where it lies in the log, for comparison.
    var place: UInt64 { UInt64(segment) << 32 | UInt64(offset) }
}

/// What one key was from one revision on.
struct Version: Sendable {
    struct Flags: OptionSet {
        let rawValue: UInt8
        static let deleted = Flags(rawValue: 1)
        static let volatile = Flags(rawValue: 2)
        static let earlierBoot = Flags(rawValue: 4)
        static let valueLost = Flags(rawValue: 8)
        /// No read sees it any more; it is remembered for the sake of the deletion that came after it.
        static let buried = Flags(rawValue: 16)
    }

    var modRevision: Revision
    var createRevision: Revision
    var version: Int64
    var lease: Int64
    var location: ValueLocation
    var valueLength: UInt32
    var valueChecksum: UInt32
    var flags: Flags
    /// Where the index keeps it; 0 for nowhere yet.
    var entry = 0

    var isDeleted: Bool { flags.contains(.deleted) }
}
