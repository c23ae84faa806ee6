/// If all comparisons hold, then these operations, else those: at once or not at all.
public struct Transaction: Hashable, Sendable {
    public var comparisons: [Comparison]
    public var success: [Operation]
    public var failure: [Operation]

    public init(if comparisons: [Comparison] = [], then success: [Operation], else failure: [Operation] = []) {
        self.comparisons = comparisons
        self.success = success
        self.failure = failure
    }

    public static let operationLimit = 128
    /// Bytes of keys and values of one request, as etcd has it.
    public static let sizeLimit = 3 << 19
}

public enum Operation: Hashable, Sendable {
    /// With a lease the key goes when that ends; without one (0) it hangs on none any more. What is kept of the key as it is must not be given:
    /// `valueProvided`, `leaseProvided`; and the key must exist: `keyNotFound`.
    case put(Key, value: [UInt8], lease: LeaseID = 0, keeping: Kept = [])
    case delete(KeyRange)
    case range(RangeRequest)

    /// What a put leaves as it is: etcd's `ignore_value` and `ignore_lease`.
    public struct Kept: OptionSet, Hashable, Sendable {
        public let rawValue: UInt8

        public init(rawValue: UInt8) { self.rawValue = rawValue }

        public static let value = Kept(rawValue: 1)
        public static let lease = Kept(rawValue: 2)
    }

    /// The keys that it writes.
    var written: KeyRange? {
        switch self {
        case .put(let key, _, _, _): .key(key)
        case .delete(let keys): keys
        case .range: nil
        }
    }
}

/// A condition on one key, or on each key of a range. A key that does not exist has version and revisions 0 and no value: a comparison with a
/// value is then false.
public struct Comparison: Hashable, Sendable {
    public enum Relation: Hashable, Sendable {
        case equal
        case notEqual
        case greater
        case less
    }

    public enum Subject: Hashable, Sendable {
        case version(Int64)
        case createRevision(Revision)
        case modRevision(Revision)
        case value([UInt8])
    }

    public var keys: KeyRange
    public var relation: Relation
    public var subject: Subject

    public init(_ keys: KeyRange, _ subject: Subject, is relation: Relation = .equal) {
        self.keys = keys
        self.relation = relation
        self.subject = subject
    }

    /// The key does not exist.
    public static func isAbsent(_ key: Key) -> Comparison { Comparison(.key(key), .createRevision(0)) }

    /// The key was last written at this revision.
    public static func isUnchanged(_ key: Key, since revision: Revision) -> Comparison {
        Comparison(.key(key), .modRevision(revision))
    }

    /// Whether it holds for what a key is; nil for a key that does not exist.
    func holds(for keyValue: KeyValue?) -> Bool {
        switch subject {
        case .version(let wanted): related(keyValue?.version ?? 0, wanted)
        case .createRevision(let wanted): related(keyValue?.createRevision ?? 0, wanted)
        case .modRevision(let wanted): related(keyValue?.modRevision ?? 0, wanted)
        case .value(let wanted): keyValue.map { related(Key($0.value), Key(wanted)) } ?? false
        }
    }

    private func related<Value: Comparable>(_ found: Value, _ wanted: Value) -> Bool {
        switch relation {
        case .equal: found == wanted
        case .notEqual: found != wanted
        case .greater: found > wanted
        case .less: found < wanted
        }
    }

    var needsValue: Bool { if case .value = subject { true } else { false } }
}

/// What a transaction did.
public struct TransactionAnswer: Hashable, Sendable {
    public enum Response: Hashable, Sendable {
        /// With what was there before, without its value: a range before the put gives that too.
        case put(previous: KeyValue?)
        /// What was removed, without values.
        case delete([KeyValue])
        case range(RangeAnswer)
    }

    /// Whether the comparisons held.
    public var succeeded: Bool
    /// One for each operation of the branch.
    public var responses: [Response]
    /// The transaction's own revision; the current one where it changed nothing.
    public var revision: Revision
}

extension Transaction {
    /// Refuses what no store could do. Order: before the lock is taken.
    func validate() throws(JournalError) {
        for branch in [success, failure] {
            guard branch.count <= Self.operationLimit else { throw .tooManyOperations(limit: Self.operationLimit) }
            try Self.validate(branch)
        }
        guard comparisons.count <= Self.operationLimit else { throw .tooManyOperations(limit: Self.operationLimit) }
    }

    private static func validate(_ branch: [Operation]) throws(JournalError) {
        var size = 0
        var written: [KeyRange] = []
        for operation in branch {
            if case .put(let key, let value, let lease, let kept) = operation {
                try validate(key, value, lease, kept)
                size += key.bytes.count + value.count
            }
            // One alone has no other to be in the way of.
            guard branch.count > 1, let keys = operation.written else { continue }
            if case .put(let key, _, _, _) = operation, written.contains(where: { $0.overlaps(keys) }) {
                throw .duplicateKey(key)
            }
            written.append(keys)
        }
        guard size <= sizeLimit else { throw .tooLarge(limit: sizeLimit) }
    }

    private static func validate(
        _ key: Key, _ value: [UInt8], _ lease: LeaseID, _ kept: Operation.Kept
    ) throws(JournalError) {
        guard !key.bytes.isEmpty else { throw .emptyKey }
        guard !key.isReserved else { throw .reservedKey(key) }
        guard value.isEmpty || !kept.contains(.value) else { throw .valueProvided(key) }
        guard lease == 0 || !kept.contains(.lease) else { throw .leaseProvided(key) }
        guard lease >= 0 else { throw .leaseNotFound(lease) }
        guard lease == 0 || key.bytes.count <= Lease.keyLimit else { throw .tooLarge(limit: Lease.keyLimit) }
    }
}
