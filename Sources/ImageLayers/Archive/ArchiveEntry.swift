public import LinuxTypes

/// One entry of an archive, as its headers have it: bytes from outside that nobody has judged yet, except that paths and targets hold no NUL and
/// numbers are in their ranges.
public struct ArchiveEntry: Hashable, Sendable {
    /// What an entry makes.
    public enum Kind: Hashable, Sendable {
        /// `size` is the file's length, holes included.
        case regular(size: UInt64)
        case directory
        /// The target is any bytes.
        case symbolicLink(target: [UInt8])
        /// The target is a path in the same archive.
        case hardLink(target: [UInt8])
        case characterDevice(DeviceNumber)
        case blockDevice(DeviceNumber)
        case fifo
    }

    /// An extended attribute, as the archive names it.
    public struct Attribute: Hashable, Sendable {
        public let name: [UInt8]
        public let value: [UInt8]
    }

    /// Bytes in no particular encoding, as they stand in the archive.
    public let path: [UInt8]
    public let kind: Kind
    /// Permission bits with set-id and sticky bits.
    public let permissions: UInt32
    /// 0 to 2³²−2.
    public let uid: UInt32
    /// 0 to 2³²−2.
    public let gid: UInt32
    public let modified: FileTime
    /// Each name once.
    public let attributes: [Attribute]

    /// The path for people.
    public var displayPath: String { printable(path) }
}
