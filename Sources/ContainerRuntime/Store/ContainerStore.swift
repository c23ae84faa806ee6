import Journal
import LinuxKernel
import LinuxTypes
import OCISpec
import StrictTree

/// Where the containers of one `--root` are kept: a container is its record in the journal `DIR/journal`, under `/containers/<id>`, beside its
/// configuration under `/configurations/<id>`. `DIR/containers/<id>/` has its lock and its sockets.
///
/// All records are volatile: no container outlives the boot (docs/journal.md).
struct ContainerStore: ~Copyable {
    /// What a verb is going to do with it.
    enum Purpose {
        /// Nothing need be writable.
        case looking
        case changing
        /// The store is made where it is missing.
        case creating
    }

    private let containers: OwnedDescriptor
    private let journal: Journal
    private let ownsJournal: Bool

    /// Opens the store; nil where it is missing and not to be made.
    init?(_ runtime: Runtime, for purpose: Purpose) throws(RuntimeError) {
        guard let journal = try Self.openJournal(runtime.records, purpose) else { return nil }
        let handle = try Self.openContainers(runtime.root.string + "/containers", creating: purpose == .creating)
        switch consume handle {
        case .some(let handle): containers = handle
        case .none: return nil
        }
        self.journal = journal
        ownsJournal = runtime.ownsJournal
    }

    private static func openJournal(_ location: StoreLocation, _ purpose: Purpose) throws(RuntimeError) -> Journal? {
        do throws(JournalError) {
            if purpose == .changing, try !location.exists() { return nil }
            return try waitingTurns { () throws(JournalError) in try location.open(isWritable: purpose != .looking) }
        } catch {
            if purpose != .creating, case .kernel(let cause) = error, cause.errno == .ENOENT { return nil }
            throw RuntimeError(error, "cannot open the journal '\(location.directory)'")
        }
    }

    private static func openContainers(_ path: String, creating: Bool) throws(RuntimeError) -> OwnedDescriptor? {
        do throws(KernelError) {
            return try FileDescriptor.workingDirectory.open(path, [.pathOnly, .directory, .noFollow])
        } catch {
            guard error.errno == .ENOENT else { throw RuntimeError(error, "cannot open the state directory") }
        }
        guard creating else { return nil }
        return try during("cannot make the state directory") { () throws(KernelError) in
            try makeDirectories(path, permissions: 0o700)
            return try FileDescriptor.workingDirectory.open(path, [.pathOnly, .directory, .noFollow])
        }
    }

    /// The ids of all containers, sorted.
    func ids() throws(RuntimeError) -> [String] {
        let prefix = Records.prefix
        return try naming("cannot list the containers") { () throws(JournalError) in
            let answer = try journal.range(RangeRequest(.prefix(prefix), keysOnly: true))
            return answer.keyValues.map { String(decoding: $0.key.bytes.dropFirst(prefix.bytes.count), as: UTF8.self) }
        }
    }

    /// The record of a container, without a lock; nil where there is none.
    func record(of id: String) throws(RuntimeError) -> ContainerRecord? {
        try Records(journal, id, ownsJournal: ownsJournal).record()?.record
    }

    /// The configuration of a container as it was when it was made, without a lock.
    func configuration(of id: String) throws(RuntimeError) -> Configuration {
        try Records(journal, id, ownsJournal: ownsJournal).configuration()
    }

    /// Takes the container's lock. Throws `missing` where there is no such container, `busy` with the holder's name after `patience`.
    func lock(_ id: String, patience: Patience = .standard) throws(RuntimeError) -> LockedContainer {
        while true {
            guard let file = try openLock(id) else {
                try removeEmptyDirectory(id)
                throw Self.missing(id)
            }
            let directory = try openDirectory(id)
            try patience.acquire(file.descriptor, id)
            // What was locked may have been removed meanwhile, and another container made under the name.
            guard try isCurrent(file.descriptor, id) else { continue }
            var container = LockedContainer(Records(journal, id, ownsJournal: ownsJournal), directory: directory, lock: file)
            try container.reload()
            if container.record == nil {
                // A maker was killed between making the directory and claiming the id.
                try container.removeDirectory()
                throw Self.missing(id)
            }
            return container
        }
    }

    /// Takes the lock of an id that shall be a new container. `record` of the result is what a maker who was killed has left, nil for a fresh id.
    func lockForClaim(_ id: String, patience: Patience = .standard) throws(RuntimeError) -> LockedContainer {
        while true {
            let directory = try during("cannot make the state of container '\(id)'") { () throws(KernelError) in
                do throws(KernelError) {
                    try containers.descriptor.makeDirectory(id, permissions: 0o700)
                } catch let error where error.errno == .EEXIST {}
                return try containers.descriptor.open(id, [.pathOnly, .directory, .noFollow])
            }
            let file: OwnedDescriptor
            do throws(KernelError) {
                file = try directory.descriptor.open(
                    LockedContainer.lockName, [.readWrite, .create, .noFollow], permissions: 0o600)
            } catch {
                if error.errno == .ENOENT { continue }
                throw RuntimeError(error, "cannot make the state of container '\(id)'")
            }
            try patience.acquire(file.descriptor, id)
            guard try isCurrent(file.descriptor, id) else { continue }
            var container = LockedContainer(Records(journal, id, ownsJournal: ownsJournal), directory: directory, lock: file)
            try container.reload()
            return container
        }
    }

    /// The container's directory, for its sockets.
    func openDirectory(_ id: String) throws(RuntimeError) -> OwnedDescriptor {
        do throws(KernelError) {
            return try containers.descriptor.open(id, [.pathOnly, .directory, .noFollow])
        } catch {
            // Removed in this moment.
            if error.errno == .ENOENT { throw Self.missing(id) }
            throw RuntimeError(error, "cannot open the state of container '\(id)'")
        }
    }

    /// What a maker leaves who is killed before it has made the lock.
    private func removeEmptyDirectory(_ id: String) throws(RuntimeError) {
        try during("cannot remove the directory of container '\(id)'") { () throws(KernelError) in
            do throws(KernelError) {
                try containers.descriptor.removeDirectory(id)
            } catch let error where error.errno == .ENOENT || error.errno == .ENOTEMPTY || error.errno == .ENOTDIR {}
        }
    }

    private func openLock(_ id: String) throws(RuntimeError) -> OwnedDescriptor? {
        do throws(KernelError) {
            return try containers.descriptor.open(id + "/" + LockedContainer.lockName, [.readWrite, .noFollow])
        } catch {
            if error.errno == .ENOENT || error.errno == .ENOTDIR { return nil }
            throw RuntimeError(error, "cannot open the lock of container '\(id)'")
        }
    }

    private func isCurrent(_ file: FileDescriptor, _ id: String) throws(RuntimeError) -> Bool {
        try during("cannot read the state of container '\(id)'") { () throws(KernelError) in
            try file.isNamed(id + "/" + LockedContainer.lockName, in: containers.descriptor)
        }
    }

    static func missing(_ id: String) -> RuntimeError { RuntimeError(.missing, "container '\(id)': container does not exist") }
}
