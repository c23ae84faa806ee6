public import LinuxKernel

/// Why the journal did not do what it was asked.
public enum JournalError: Error, Hashable, Sendable {
    case kernel(KernelError)
    /// A path that is not safe to use: a link, another owner, open to others.
    case refused(path: String, reason: String)
    /// Files that are no journal.
    case notAJournal(reason: String)
    /// Written by a newer program; nothing was touched.
    case newerFormat(FormatVersion)
    /// The file `control` is damaged: reads work, writes wait for `repair`.
    case controlDamaged
    /// Opened for reading only.
    case readOnly
    /// A revision whose history was given up; the argument is the compacted revision.
    case compacted(Revision)
    /// A revision that is not given yet; the argument is the current one.
    case futureRevision(Revision)
    case emptyKey
    /// A put that keeps the value or the lease of a key that does not exist.
    case keyNotFound(Key)
    /// A put that keeps the key's value, with a value.
    case valueProvided(Key)
    /// A put that keeps the key's lease, with a lease.
    case leaseProvided(Key)
    /// A key in which the store keeps its leases.
    case reservedKey(Key)
    /// There is no such lease, or it has expired.
    case leaseNotFound(LeaseID)
    /// A lease that lasts as long as a process cannot be kept alive.
    case leaseWithoutDeadline(LeaseID)
    /// Milliseconds that are no time for a lease.
    case leaseTime(Int64)
    case tooManyLeases(limit: Int)
    /// A lease was to last as long as a process that there is not, that is another one by now, or that cannot be told for certain from here.
    case noProcess(Int32, reason: String)
    /// A transaction of more than this many bytes or operations.
    case tooLarge(limit: Int)
    case tooManyOperations(limit: Int)
    /// Two operations of one branch write the same key.
    case duplicateKey(Key)
    /// The bytes of a value are not what was written.
    case valueDamaged(Key, Revision)
    /// History is lost that may have changed the answer, and nobody has accepted that yet.
    case gap(Gap)
    /// Somebody holds the writer's lock for longer than one append takes.
    case busy(LockHolder)
    /// Written at this revision and seen by all, but the disk did not confirm it: it may be lost with the power. Nobody acknowledges anything in
    /// that segment again.
    case syncFailed(Revision, KernelError)
    /// No space, and not in the reserve either.
    case noSpace
}

extension JournalError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .kernel(let error): "\(error)"
        case .refused(let path, let reason): "'\(path)': \(reason)"
        case .notAJournal(let reason): "not a journal: \(reason)"
        case .newerFormat(let version): "format \(version) is newer than this program's \(FormatVersion.current)"
        case .controlDamaged: "the journal's control file is damaged: it can be read, and written after a repair"
        case .readOnly: "the journal was opened for reading only"
        case .compacted(let revision): "required revision has been compacted (up to \(revision))"
        case .futureRevision(let revision): "required revision is a future revision (current is \(revision))"
        case .emptyKey: "key is not provided"
        case .keyNotFound(let key): "key '\(key)' not found"
        case .valueProvided(let key): "value is provided for key '\(key)', which keeps its own"
        case .leaseProvided(let key): "lease is provided for key '\(key)', which keeps its own"
        case .reservedKey(let key): "key '\(key)' is one of the store's own"
        case .leaseNotFound: "requested lease not found"
        case .leaseWithoutDeadline(let id): "lease \(id) lasts as long as a process: there is no deadline to put off"
        case .leaseTime(let milliseconds): milliseconds > 0 ? "too large lease TTL" : "a lease TTL is more than 0"
        case .tooManyLeases(let limit): "too many leases (limit is \(limit))"
        case .noProcess(let pid, let reason): "pid \(pid) \(reason)"
        case .tooLarge(let limit): "request is too large (limit is \(limit) bytes)"
        case .tooManyOperations(let limit): "too many operations in a transaction (limit is \(limit))"
        case .duplicateKey(let key): "duplicate key '\(key)' given in a transaction"
        case .valueDamaged(let key, let revision): "the value of '\(key)' at revision \(revision) is damaged"
        case .gap(let gap): "\(gap)"
        case .busy(let holder): "the journal is locked by \(holder)"
        case .syncFailed(let revision, let error): "revision \(revision) is written but not known to be on the disk: \(error)"
        case .noSpace: "no space left for the journal, nor in its reserve"
        }
    }
}

/// Runs a call of the kernel and gives its error this module's type.
@inline(__always)
func kernel<Result: ~Copyable>(_ body: () throws(KernelError) -> Result) throws(JournalError) -> Result {
    do throws(KernelError) { return try body() } catch { throw .kernel(error) }
}
