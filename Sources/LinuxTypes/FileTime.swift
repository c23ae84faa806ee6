/// A moment as inodes carry it: seconds since 1970, negative before, and nanoseconds from there on, always forward.
public struct FileTime: Hashable, Sendable {
    public let seconds: Int64
    /// 0 to 999,999,999.
    public let nanoseconds: UInt32

    public init(seconds: Int64, nanoseconds: UInt32 = 0) {
        self.seconds = seconds
        self.nanoseconds = min(nanoseconds, 999_999_999)
    }
}
