import Cgroups
import LinuxKernel
import LinuxTypes
public import OCISpec

extension Runtime {
    /// The state of one container, as the kernel has it now. Takes no lock.
    public func state(_ id: String) throws(RuntimeError) -> State {
        let store = try existingStore(for: id, .looking)
        guard let record = try store.record(of: id) else { throw ContainerStore.missing(id) }
        return try Self.state(of: record, id: id, store: store, bootID: Self.currentBootID())
    }

    /// All containers, sorted by id. A container that cannot be read is reported and left out; takes no lock. Throws `missing` where the root does
    /// not exist and `mustExist` asks for it.
    public func list(mustExist: Bool) throws(RuntimeError) -> [State] {
        guard let store = try ContainerStore(self, for: .looking) else {
            if mustExist, !Self.exists(root) { throw RuntimeError(.missing, "the root directory '\(root)' does not exist") }
            return []
        }
        let bootID = try Self.currentBootID()
        var states: [State] = []
        for id in try store.ids() {
            do throws(RuntimeError) {
                guard let record = try store.record(of: id) else { continue }
                states.append(try Self.state(of: record, id: id, store: store, bootID: bootID))
            } catch {
                // One that is being removed in this moment is no container any more.
                if error.kind != .missing { warn("\(error)") }
            }
        }
        return states
    }

    /// The pids of a container's processes as the caller counts, ascending. Empty for a stopped one. Takes no lock.
    public func processes(_ id: String) throws(RuntimeError) -> [Int32] {
        let store = try existingStore(for: id, .looking)
        guard let record = try store.record(of: id) else { throw ContainerStore.missing(id) }
        guard record.initProcess?.bootID == (try Self.currentBootID()) else { return [] }
        do throws(CgroupError) { return try Cgroup(reopening: record.cgroup).processes() } catch { throw RuntimeError(error) }
    }

    private static func exists(_ path: HostPath) -> Bool {
        do throws(KernelError) {
            _ = try FileDescriptor.workingDirectory.statusFollowing(path.string)
            return true
        } catch { return false }
    }

    static func state(
        of record: ContainerRecord, id: String, store: borrowing ContainerStore, bootID: String
    ) throws(RuntimeError) -> State {
        let status = try status(of: record, id: id, bootID: bootID) { () throws(RuntimeError) in try store.openDirectory(id) }
        let pid = status == .stopped ? 0 : record.initProcess?.pid ?? 0
        return State(
            ociVersion: record.ociVersion, id: id, status: status, pid: pid, bundle: record.bundle, rootfs: record.rootfs,
            created: record.created, owner: record.ownerName, annotations: record.annotations)
    }

    /// The truth about a container: its record says what was begun, the kernel what became of it.
    static func status(
        of record: ContainerRecord, id: String, bootID: String, directory: () throws(RuntimeError) -> OwnedDescriptor
    ) throws(RuntimeError) -> Status {
        func alive(_ process: ProcessIdentity?) throws(RuntimeError) -> Bool {
            guard let process else { return false }
            return try during("cannot look at process \(process.pid)") { () throws(KernelError) in
                try process.isAlive(currentBootID: bootID)
            }
        }
        switch record.phase {
        case .creating:
            // A maker that is dead made nothing: its init ends with it, or is found by its cgroup when the container is deleted.
            return try alive(record.owner) ? .creating : .stopped
        case .deleting:
            return try alive(record.initProcess) ? .running : .stopped
        case .running:
            return try alive(record.initProcess) ? .running : .stopped
        case .created:
            guard try alive(record.initProcess) else { return .stopped }
            let handle = try directory()
            let waiting = try during("cannot ask container '\(id)'") { () throws(KernelError) in
                try StartSocket.isListening(in: handle.descriptor)
            }
            if waiting { return .created }
            // Its init may have ended between the two questions.
            return try alive(record.initProcess) ? .running : .stopped
        }
    }
}
