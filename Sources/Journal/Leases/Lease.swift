/// The number of a lease: the revision of its grant, so that none is given twice.
public typealias LeaseID = Int64

/// What keys hang on that shall go by themselves: a deadline that is put off by who keeps it alive, or the life of a process. No lease outlives the boot in
/// which it was granted.
public struct Lease: Hashable, Sendable {
    public enum Term: Hashable, Sendable {
        /// So many milliseconds after the grant or the last keep-alive, by the boot-time clock: suspended time counts, the wall clock does not.
        case time(milliseconds: Int64)
        /// As long as this process lives. `startTime` in clock ticks since the boot tells it from a later one with the same pid.
        case process(pid: Int32, startTime: UInt64)
        /// Something that only a newer program knows. It does not end here.
        case unknown
    }

    /// The longest deadline there is, as etcd has it: 9,000,000,000 seconds.
    public static let longestTime: Int64 = 9_000_000_000_000
    /// How many leases a store has at most at a time.
    public static let limit = 1024
    /// Bytes of a key that hangs on one, at most: the record that ends a lease holds each twice.
    public static let keyLimit = 64 << 10

    public let id: LeaseID
    public let term: Term
    /// Milliseconds left when it was read, 0 for one that has expired; nil where there is no deadline.
    public let remaining: Int64?
    /// Its time is over, or its process: nobody can put a key with it any more, and the next writer deletes it with its keys.
    public let isExpired: Bool
}
