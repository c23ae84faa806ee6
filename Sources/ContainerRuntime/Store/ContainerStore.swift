import LinuxKernel
import LinuxTypes
import OCISpec
import StrictTree

/// Where the containers of one `--root` are kept. `DIR/containers/<id>/state` is the container: it exists when that file holds a record. The
/// journal will take this store's place behind the same verbs.
struct ContainerStore: ~Copyable {
    private let containers: OwnedDescriptor
    let path: String

    /// Opens the store, made (0700) where it is missing and `creating` says so. nil where it is missing and not to be made.
    init?(root: HostPath, creating: Bool) throws(RuntimeError) {
        let path = root.string + "/containers"
        let handle = try Self.open(path, creating: creating)
        switch consume handle {
        case .some(let handle): containers = handle
        case .none: return nil
        }
        self.path = path
    }

    private static func open(_ path: String, creating: Bool) throws(RuntimeError) -> OwnedDescriptor? {
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

    /// The ids of all directories, sorted. Not all need hold a container.
    func ids() throws(RuntimeError) -> [String] {
        try during("cannot list the containers") { () throws(KernelError) in
            let directory = try containers.descriptor.open(".", [.readOnly, .directory])
            return try directory.descriptor.directoryEntries().sorted()
        }
    }

    /// The last record of a container, without a lock; nil where there is none.
    func record(of id: String) throws(RuntimeError) -> ContainerRecord? {
        guard let file = try openState(id, .readOnly) else { return nil }
        let contents = try during("cannot read the state of container '\(id)'") { () throws(KernelError) in
            try StateFile(file.descriptor).read(withConfiguration: false)
        }
        return try Self.decode(contents, id)
    }

    /// The last record of a container and its configuration, without a lock.
    func recordAndConfiguration(of id: String) throws(RuntimeError) -> (ContainerRecord, Configuration) {
        guard let file = try openState(id, .readOnly) else { throw Self.missing(id) }
        let contents = try during("cannot read the state of container '\(id)'") { () throws(KernelError) in
            try StateFile(file.descriptor).read(withConfiguration: true)
        }
        guard let record = try Self.decode(contents, id) else { throw Self.missing(id) }
        return (record, try Self.configuration(contents, id))
    }

    /// The configuration as it was when the container was made: what happened to the bundle since does not count.
    static func configuration(_ contents: StateFile.Contents, _ id: String) throws(RuntimeError) -> Configuration {
        do throws(TreeError) {
            return try Decoded(Configuration.self, from: Document(json: Array(contents.configuration)).root).value
        } catch {
            throw RuntimeError(error, file: "the configuration of container '\(id)'")
        }
    }

    /// Takes the container's lock. Throws `missing` where there is no such container, `busy` with the holder's name after `patience`.
    func lock(_ id: String, patience: Patience = .standard) throws(RuntimeError) -> LockedContainer {
        while true {
            guard let file = try openState(id, .readWrite) else { throw Self.missing(id) }
            let directory = try openDirectory(id)
            try patience.acquire(file.descriptor, id)
            // What was locked may have been removed meanwhile, and another container made under the name.
            guard try isCurrent(file.descriptor, id) else { continue }
            var container = LockedContainer(id: id, directory: directory, file: file)
            try container.reload()
            guard container.record != nil else { throw Self.missing(id) }
            return container
        }
    }

    /// Takes the lock of an id that shall be a new container. `record` of the result is what a maker who was killed has left, nil for a fresh id.
    /// Throws `exists` where a container has the id.
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
                file = try directory.descriptor.open("state", [.readWrite, .append, .create, .noFollow])
            } catch {
                if error.errno == .ENOENT { continue }
                throw RuntimeError(error, "cannot make the state of container '\(id)'")
            }
            try patience.acquire(file.descriptor, id)
            guard try isCurrent(file.descriptor, id) else { continue }
            var container = LockedContainer(id: id, directory: directory, file: file)
            try container.reload()
            return container
        }
    }

    /// The container's directory, for its sockets.
    func openDirectory(_ id: String) throws(RuntimeError) -> OwnedDescriptor {
        try during("cannot open the state of container '\(id)'") { () throws(KernelError) in
            try containers.descriptor.open(id, [.pathOnly, .directory, .noFollow])
        }
    }

    private func openState(_ id: String, _ flags: OpenFlags) throws(RuntimeError) -> OwnedDescriptor? {
        do throws(KernelError) {
            return try containers.descriptor.open(id + "/state", flags.union([.append, .noFollow]))
        } catch {
            if error.errno == .ENOENT || error.errno == .ENOTDIR { return nil }
            throw RuntimeError(error, "cannot open the state of container '\(id)'")
        }
    }

    private func isCurrent(_ file: FileDescriptor, _ id: String) throws(RuntimeError) -> Bool {
        try during("cannot read the state of container '\(id)'") { () throws(KernelError) in
            let mine = try file.status()
            do throws(KernelError) {
                let current = try containers.descriptor.status(of: id + "/state")
                return current.inode == mine.inode && current.device == mine.device
            } catch let error where error.errno == .ENOENT {
                return false
            }
        }
    }

    static func decode(_ contents: StateFile.Contents, _ id: String) throws(RuntimeError) -> ContainerRecord? {
        guard let bytes = contents.record else { return nil }
        do throws(TreeError) {
            return try ContainerRecord(decoding: Array(bytes))
        } catch {
            throw RuntimeError(.failed, "the state of container '\(id)' cannot be read: \(error)")
        }
    }

    static func missing(_ id: String) -> RuntimeError { RuntimeError(.missing, "container '\(id)': container does not exist") }
}

/// Makes a directory by host path with its parents; what exists stays as it is.
func makeDirectories(_ path: String, permissions: UInt32) throws(KernelError) {
    do throws(KernelError) {
        try FileDescriptor.workingDirectory.makeDirectory(path, permissions: permissions)
    } catch {
        switch error.errno {
        case .EEXIST: return
        case .ENOENT:
            guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { throw error }
            try makeDirectories(String(path[..<slash]), permissions: permissions)
            do throws(KernelError) {
                try FileDescriptor.workingDirectory.makeDirectory(path, permissions: permissions)
            } catch let error where error.errno == .EEXIST {}
        default: throw error
        }
    }
}
