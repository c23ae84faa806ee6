public import LinuxKernel

/// A line that a container wrote, or a part of one: `P` records and their `F` joined.
public struct LogLine: Hashable, Sendable {
    /// Of its first record, also for the parts that follow.
    public let time: WallTime
    public let stream: LogStream
    /// As the container wrote it, any bytes, without the newline.
    public let text: [UInt8]
    /// The line began before: what is left of one that is longer than `LineJoiner.limit`, or was given out unfinished.
    public let isContinued: Bool
    /// The line ends here, with a newline. If not, more of it may come.
    public let isComplete: Bool
}
