import CommandSupport
public import Journal
public import LinuxTypes

/// The journal of a state root, as the options of the verbs name it.
public struct StorePlace: Hashable, Sendable {
    public static let defaultRoot = StoreLocation.defaultRoot
    public static let defaultRunRoot = StoreLocation.defaultRunRoot

    private let location: StoreLocation

    public init(_ options: StoreOptions) throws(Failure) {
        guard let root = options.root ?? HostPath(Self.defaultRoot) else { throw Failure("--root is empty", exit: .usage) }
        location = StoreLocation(root: root, runRoot: options.runRoot)
    }

    public var directory: HostPath { location.directory }

    /// For reading: nothing is made, and nothing need be writable.
    public func openForReading() throws(Failure) -> Journal {
        guard try naming({ () throws(JournalError) in try location.exists() }) else { throw missing }
        return try open(isWritable: false)
    }

    /// For writing. Where `isMade`, a store that is missing is made.
    public func openForWriting(isMade: Bool) throws(Failure) -> Journal {
        if !isMade {
            guard try naming({ () throws(JournalError) in try location.exists() }) else { throw missing }
        }
        return try open(isWritable: true)
    }

    /// The run directory, made where it is missing: for who waits there for a writer that has yet to come.
    public func madeRunDirectory() throws(Failure) -> HostPath {
        try naming { () throws(JournalError) in try location.madeRunDirectory() }
    }

    /// nil is the store's own directory.
    public func runDirectory() throws(Failure) -> HostPath? {
        try naming { () throws(JournalError) in try location.runDirectory() }
    }

    private func open(isWritable: Bool) throws(Failure) -> Journal {
        try naming { () throws(JournalError) in try location.open(isWritable: isWritable) }
    }

    private func naming<Result>(_ body: () throws(JournalError) -> Result) throws(Failure) -> Result {
        do throws(JournalError) { return try body() } catch {
            throw Failure(error, "cannot open the journal in '\(directory)'")
        }
    }

    private var missing: Failure {
        Failure("there is no journal in '\(directory)'", hint: "--root names the state root; 'hull journal put' makes a journal")
    }
}
