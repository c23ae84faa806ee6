import Glibc

/// Flags of `open(2)`. Close-on-exec is not among them: it is always set.
public struct OpenFlags: OptionSet, Hashable, Sendable {
    public let rawValue: Int32

    public init(rawValue: Int32) { self.rawValue = rawValue }

    public static let readOnly: OpenFlags = []
    public static let writeOnly = OpenFlags(rawValue: O_WRONLY)
    public static let readWrite = OpenFlags(rawValue: O_RDWR)
    public static let append = OpenFlags(rawValue: O_APPEND)
    public static let create = OpenFlags(rawValue: O_CREAT)
    public static let exclusive = OpenFlags(rawValue: O_EXCL)
    public static let truncate = OpenFlags(rawValue: O_TRUNC)
    public static let directory = OpenFlags(rawValue: O_DIRECTORY)
    public static let noFollow = OpenFlags(rawValue: O_NOFOLLOW)
    public static let nonblocking = OpenFlags(rawValue: O_NONBLOCK)
    public static let noControllingTerminal = OpenFlags(rawValue: O_NOCTTY)
    /// `O_PATH`: a handle on the inode that opens nothing. Glibc hides the constant behind `_GNU_SOURCE`.
    public static let pathOnly = OpenFlags(rawValue: 0o10000000)

    static let closeOnExec = OpenFlags(rawValue: O_CLOEXEC)
}
