/// How a verb prints.
public enum PrintFormat: String, CaseIterable, Hashable, Sendable {
    /// Lines, as etcdctl writes them.
    case simple
    case json
    case table
    /// The bytes as they are.
    case raw
}

/// What is printed, and where to.
public struct PrintStyle: Hashable, Sendable {
    public var format: PrintFormat
    /// Whether a person's terminal gets it: then nothing goes there that it would obey.
    public var isTerminal: Bool

    public init(_ format: PrintFormat, isTerminal: Bool) {
        self.format = format
        self.isTerminal = isTerminal
    }
}
