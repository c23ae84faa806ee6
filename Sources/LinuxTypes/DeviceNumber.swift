/// The number of a device node, in the encoding that `mknod(2)` and `stat(2)` share.
public struct DeviceNumber: Hashable, Sendable {
    public let major: UInt32
    public let minor: UInt32

    public init(major: UInt32, minor: UInt32) {
        self.major = major
        self.minor = minor
    }

    /// From `st_rdev`.
    public init(encoded: UInt64) {
        major = UInt32(truncatingIfNeeded: (encoded >> 8) & 0xfff) | UInt32(truncatingIfNeeded: (encoded >> 32) & 0xffff_f000)
        minor = UInt32(truncatingIfNeeded: encoded & 0xff) | UInt32(truncatingIfNeeded: (encoded >> 12) & 0xffff_ff00)
    }

    /// As `dev_t`.
    public var encoded: UInt64 {
        (UInt64(minor) & 0xff) | ((UInt64(major) & 0xfff) << 8) | ((UInt64(minor) & ~0xff) << 12)
            | ((UInt64(major) & ~0xfff) << 32)
    }
}
