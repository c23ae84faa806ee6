/// When a log is rotated and how many files stay.
public struct LogRotation: Hashable, Sendable {
    /// Bytes. A file is rotated before it would grow beyond; only one record or a full backlog that alone is longer exceeds it.
    public var maximumBytes: Int64
    /// Files of one container attempt, with the one that is being written; 2 at least, as the kubelet has it.
    public var maximumFiles: Int

    /// Without arguments the kubelet's: 10 MiB, 5 files.
    public init(maximumBytes: Int64 = 10 << 20, maximumFiles: Int = 5) {
        self.maximumBytes = max(maximumBytes, 1)
        self.maximumFiles = max(maximumFiles, 2)
    }
}
