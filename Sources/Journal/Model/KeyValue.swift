/// A key with its value at one revision.
public struct KeyValue: Hashable, Sendable {
    public var key: Key
    /// Empty where only keys were asked for, or where it is damaged.
    public var value: [UInt8]
    /// The revision of the first put since the key did not exist.
    public var createRevision: Revision
    /// The revision of the last put.
    public var modRevision: Revision
    /// Puts since the key did not exist.
    public var version: Int64
    /// The lease that the key hangs on; 0 for none.
    public var lease: LeaseID
    /// Whether it was written by a volatile transaction.
    public var isVolatile: Bool
    /// A volatile transaction of an older boot wrote it: what it says of running things is no longer so.
    public var isFromEarlierBoot: Bool
    /// The bytes on the disk are not what was written.
    public var isValueDamaged: Bool
    /// The lease that it hangs on has ended, and nobody has written since: the key is as good as gone. Only of what is read as it is now, never of
    /// history.
    public var isLeaseExpired = false
}

/// A part of history that cannot be read: damaged bytes, or a segment that is missing.
public struct Gap: Hashable, Sendable, CustomStringConvertible {
    /// What was lost is of this revision or a later one,
    public let first: Revision
    /// and of this one or an earlier one.
    public let last: Revision
    /// The bytes, as positions in the journal.
    public let positions: Range<UInt64>
    public let reason: String

    public var description: String {
        "gap at revision \(first == last ? "\(first)" : "\(first)…\(last)"): \(reason) (bytes \(positions.lowerBound)..<\(positions.upperBound))"
    }
}

/// Whether a transaction waits for the disk.
public enum Durability: Hashable, Sendable {
    /// On the disk before the call returns, together with all that it could see.
    case durable
    /// Seen by all processes at once; survives the death of every process, but perhaps not the power.
    case volatile
}
