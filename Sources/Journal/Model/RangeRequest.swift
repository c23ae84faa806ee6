/// What to read.
public struct RangeRequest: Hashable, Sendable {
    public enum Order: Hashable, Sendable {
        case ascending
        case descending
    }

    public enum Target: Hashable, Sendable {
        case key
        case version
        case createRevision
        case modRevision
        case value
    }

    public var keys: KeyRange
    /// At which revision; nil for the current one.
    public var revision: Revision?
    /// At most this many; 0 for all.
    public var limit = 0
    public var keysOnly = false
    public var countOnly = false
    public var order = Order.ascending
    public var target = Target.key

    public init(_ keys: KeyRange, at revision: Revision? = nil, limit: Int = 0, keysOnly: Bool = false, countOnly: Bool = false) {
        self.keys = keys
        self.revision = revision
        self.limit = limit
        self.keysOnly = keysOnly
        self.countOnly = countOnly
    }
}

/// What was read.
public struct RangeAnswer: Hashable, Sendable {
    public var keyValues: [KeyValue]
    /// All that match, whatever the limit.
    public var count: Int
    /// Whether the limit left some out.
    public var hasMore: Bool { keyValues.count < count }
    /// The store's revision.
    public var revision: Revision
    /// Lost history that may have changed this answer. Empty for an answer that can be relied on.
    public var gaps: [Gap]
}
