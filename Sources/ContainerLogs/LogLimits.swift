/// How long records are, how much is kept while nothing can be written, and when files are rotated.
public struct LogLimits: Hashable, Sendable {
    /// Bytes of text in one record; a longer line is several records. 16 KiB, as containerd has it.
    public var text: Int
    /// Bytes of records that wait in memory while the file cannot be written; what comes then is lost. Room for two of the longest records at least.
    public var backlog: Int
    /// nil where somebody else rotates and asks for `reopen()`, as the kubelet does.
    public var rotation: LogRotation?

    public init(text: Int = 16 * 1024, backlog: Int = 64 * 1024, rotation: LogRotation? = LogRotation()) {
        self.text = max(text, 1)
        // A record that says what was lost and two that end cut lines stand together in an empty buffer.
        self.backlog = max(backlog, 2 * (self.text + RecordHeader.size + 1), 1024)
        self.rotation = rotation
    }
}
