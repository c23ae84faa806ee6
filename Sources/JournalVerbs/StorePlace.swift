import CommandSupport
public import Journal
import LinuxKernel
public import LinuxTypes

/// Where the journal of a state root lies.
///
/// The store is `ROOT/journal`. Its run directory, which all its users must share, is `RUN_ROOT/journal` where a run root is named; the store itself
/// where that lies in memory, as below `/run`; `/run/hull/journal` elsewhere. Many stores may share one: the names in it carry the store's id.
public struct StorePlace: Hashable, Sendable {
    public static let defaultRoot = "/var/lib/hull"
    public static let defaultRunRoot = "/run/hull"
    static let name = "journal"

    public let directory: HostPath
    private let root: HostPath
    private let namedRunRoot: HostPath?

    public init(_ options: StoreOptions) throws(Failure) {
        guard let root = options.root ?? HostPath(Self.defaultRoot) else { throw Failure("--root is empty", exit: .usage) }
        self.root = root
        directory = root.appending(Self.name)
        namedRunRoot = options.runRoot
    }

    /// For reading: nothing is made, and nothing need be writable.
    public func openForReading() throws(Failure) -> Journal {
        guard try exists() else { throw missing }
        return try open(isWritable: false)
    }

    /// For writing. Where `isMade`, a store that is missing is made.
    public func openForWriting(isMade: Bool) throws(Failure) -> Journal {
        if try !exists() {
            guard isMade else { throw missing }
            try Self.make(root)
        }
        // Order: after the root exists, since the file system of the store decides.
        if let runRoot = try runRoot() { try Self.make(runRoot) }
        return try open(isWritable: true)
    }

    /// The run directory, made where it is missing: for who waits there for a writer that has yet to come.
    public func madeRunDirectory() throws(Failure) -> HostPath {
        guard let runRoot = try runRoot() else { return directory }
        let path = runRoot.appending(Self.name)
        try Self.make(path)
        return path
    }

    /// nil is the store's own directory.
    public func runDirectory() throws(Failure) -> HostPath? { try runRoot()?.appending(Self.name) }

    private func runRoot() throws(Failure) -> HostPath? {
        if let namedRunRoot { return namedRunRoot }
        var isVolatile = try Self.isVolatile(directory)
        if isVolatile == nil { isVolatile = try Self.isVolatile(root) }
        return isVolatile == true ? nil : HostPath(Self.defaultRunRoot)
    }

    private func open(isWritable: Bool) throws(Failure) -> Journal {
        let runDirectory = try runDirectory()
        do throws(JournalError) {
            return try Journal.open(directory, runDirectory: runDirectory, isWritable: isWritable)
        } catch { throw Failure(error, "cannot open the journal in '\(directory)'") }
    }

    private var missing: Failure {
        Failure("there is no journal in '\(directory)'", hint: "--root names the state root; 'hull journal put' makes a journal")
    }

    private func exists() throws(Failure) -> Bool {
        do throws(KernelError) {
            let handle = try FileDescriptor.workingDirectory.open(directory.string, [.readOnly, .directory])
            return try !handle.descriptor.directoryEntries().isEmpty
        } catch {
            if error.errno == .ENOENT { return false }
            // A link or a file in its place: the journal itself says why it refuses that.
            if error.errno == .ENOTDIR { return true }
            throw Failure(error, "cannot open the journal in '\(directory)'")
        }
    }

    /// nil where there is nothing.
    private static func isVolatile(_ path: HostPath) throws(Failure) -> Bool? {
        do throws(KernelError) {
            return try FileDescriptor.fileSystemType(ofPath: path.string) == .tmpfs
        } catch {
            if error.errno == .ENOENT || error.errno == .ENOTDIR { return nil }
            throw Failure(error, "cannot look at '\(path)'")
        }
    }

    /// Makes a directory and those above it, for its owner alone.
    private static func make(_ path: HostPath) throws(Failure) {
        do throws(KernelError) {
            try makeDirectories(path)
        } catch { throw Failure(error, "cannot make '\(path)'") }
    }

    private static func makeDirectories(_ path: HostPath) throws(KernelError) {
        do throws(KernelError) {
            try FileDescriptor.workingDirectory.makeDirectory(path.string, permissions: 0o700)
        } catch {
            if error.errno == .EEXIST { return }
            guard error.errno == .ENOENT, let parent = path.parent else { throw error }
            try makeDirectories(parent)
            try FileDescriptor.workingDirectory.makeDirectory(path.string, permissions: 0o700)
        }
    }
}

extension HostPath {
    /// The path without its last name; nil where it has only one.
    fileprivate var parent: HostPath? {
        let names = string.utf8.split(separator: UInt8(ascii: "/"))
        guard names.count > 1 else { return nil }
        let joined = names.dropLast().map { String(Substring($0)) }.joined(separator: "/")
        return HostPath(isAbsolute ? "/" + joined : joined)
    }
}
