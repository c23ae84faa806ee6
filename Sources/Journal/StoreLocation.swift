internal import LinuxKernel
public import LinuxTypes

/// Where the store of a state root lies, by the one rule that all its users follow.
///
/// The store is `ROOT/journal`. Its run directory is `RUN_ROOT/journal` where a run root is named; the store itself where that lies in memory, as
/// below `/run`; for a store on a disk `/run/hull/journal`, or `/dev/shm/hull-journal` on a machine whose `/run` is on a disk itself. Many stores may
/// share one: the names in it carry the store's id.
public struct StoreLocation: Hashable, Sendable {
    /// The state root of who names none.
    public static let defaultRoot = "/var/lib/hull"
    public static let defaultRunRoot = "/run/hull"
    static let name = "journal"

    public let root: HostPath
    public let directory: HostPath
    private let namedRunRoot: HostPath?

    public init(root: HostPath, runRoot: HostPath? = nil) {
        self.root = root
        directory = root.appending(Self.name)
        namedRunRoot = runRoot
    }

    /// Whether there is a store, or something in its place that will be refused.
    public func exists() throws(JournalError) -> Bool {
        do throws(KernelError) {
            let handle = try FileDescriptor.workingDirectory.open(directory.string, [.readOnly, .directory])
            return try !handle.descriptor.directoryEntries().isEmpty
        } catch {
            if error.errno == .ENOENT { return false }
            // A link or a file in its place: the journal itself says why it refuses that.
            if error.errno == .ENOTDIR { return true }
            throw .kernel(error)
        }
    }

    /// Opens the store. For writing it is made where it is missing, with the directories above it, each for its owner alone.
    public func open(isWritable: Bool) throws(JournalError) -> Journal {
        if isWritable { try Self.make(root) }
        // Order: after the root exists, since the file system of the store decides.
        let runDirectory = try runDirectory()
        if isWritable, let runDirectory { try Self.make(runDirectory) }
        return try Journal.open(directory, runDirectory: runDirectory, isWritable: isWritable)
    }

    /// The run directory, made where it is missing: for who waits there for a writer that has yet to come.
    public func madeRunDirectory() throws(JournalError) -> HostPath {
        guard let runDirectory = try runDirectory() else { return directory }
        try Self.make(runDirectory)
        return runDirectory
    }

    /// nil is the store's own directory.
    public func runDirectory() throws(JournalError) -> HostPath? {
        if let namedRunRoot { return namedRunRoot.appending(Self.name) }
        var isVolatile = try Self.isVolatile(directory.string)
        if isVolatile == nil { isVolatile = try Self.isVolatile(root.string) }
        if isVolatile == true { return nil }
        if try Self.isVolatile("/run") == false, try Self.isVolatile("/dev/shm") == true {
            return HostPath("/dev/shm/hull-journal")
        }
        return HostPath(Self.defaultRunRoot)?.appending(Self.name)
    }

    /// nil where there is nothing.
    private static func isVolatile(_ path: String) throws(JournalError) -> Bool? {
        do throws(KernelError) {
            return try FileDescriptor.fileSystemType(ofPath: path) == .tmpfs
        } catch {
            if error.errno == .ENOENT || error.errno == .ENOTDIR { return nil }
            throw .kernel(error)
        }
    }

    private static func make(_ path: HostPath) throws(JournalError) {
        try kernel { () throws(KernelError) in try makeDirectories(path.string, permissions: 0o700) }
    }
}
