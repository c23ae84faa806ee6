/// What a reader of a log passed over.
public struct LogOmissions: Hashable, Sendable {
    /// Records that are none, or longer than any that is ours.
    public internal(set) var malformed = 0
    /// Rotated files that were compressed by somebody, which are not read.
    public internal(set) var compressed = 0
    /// Files were removed by rotation before they were read to their end.
    public internal(set) var isOutrun = false

    public var isEmpty: Bool { self == LogOmissions() }
}
