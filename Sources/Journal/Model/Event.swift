/// One key that a transaction changed.
public struct Event: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case put
        case delete
    }

    public let kind: Kind
    /// Of a deletion only key and mod revision.
    public let keyValue: KeyValue
    /// What was there before, where it was asked for and its history is retained.
    public let previous: KeyValue?
    /// Wall clock of the writer, nanoseconds since 1970: for people.
    public let time: Int64
}

/// What happened since the last look, in the order of revisions. A transaction is never split.
public struct EventBatch: Hashable, Sendable {
    public var events: [Event] = []
    /// All events up to this revision have been given.
    public var revision: Revision
    /// Lost history among them.
    public var gaps: [Gap] = []
}
