import Cgroups
import InitProtocol
import LinuxKernel
import LinuxTypes
import OCISpec

/// The container's init, as the place that one more program is brought to.
struct ExecTarget: ~Copyable {
    private let process: ProcessIdentity
    private let id: String
    /// `/proc/PID/ns` of the init. What is found in it is that process's or not there: its pid may be another's meanwhile.
    private let theirs: OwnedDescriptor
    /// Our own.
    private let ours: OwnedDescriptor

    /// The init, which must be there and not waiting to be made or taken apart.
    init(
        _ record: ContainerRecord, _ id: String, bootID: String, _ store: borrowing ContainerStore
    ) throws(RuntimeError) {
        guard let process = record.initProcess else { throw ContainerStore.missing(id) }
        // Order: opened before the process is proved to be the container's, by its start time: so it was when this was opened.
        let theirs = try Self.namespaces(of: "\(process.pid)")
        let status = try Runtime.status(of: record, id: id, bootID: bootID) { () throws(RuntimeError) in
            try store.openDirectory(id)
        }
        switch status {
        case .running, .created: break
        case .stopped: throw Self.stopped(id)
        case .paused: throw RuntimeError(.wrongStatus, "container '\(id)': cannot exec in a paused container")
        case .creating:
            throw RuntimeError(.wrongStatus, "container '\(id)': cannot exec in a container that is still being created")
        }
        let ours = try Self.known(Self.namespaces(of: "self"), id)
        let found = try Self.known(theirs, id)
        self.process = process
        self.id = id
        self.ours = ours
        self.theirs = found
    }

    /// nil where there is no such process.
    private static func namespaces(of process: String) throws(RuntimeError) -> OwnedDescriptor? {
        do throws(KernelError) {
            return try FileDescriptor.workingDirectory.open("/proc/\(process)/ns", [.pathOnly, .directory])
        } catch {
            if error.errno == .ENOENT { return nil }
            throw RuntimeError(error, "cannot look at the container's namespaces")
        }
    }

    private static func known(_ directory: consuming OwnedDescriptor?, _ id: String) throws(RuntimeError) -> OwnedDescriptor {
        switch consume directory {
        case .some(let directory): return directory
        case .none: throw stopped(id)
        }
    }

    private static func stopped(_ id: String) -> RuntimeError {
        RuntimeError(.wrongStatus, "container '\(id)': cannot exec in a stopped container")
    }

    /// Clones a child of ours into the container's cgroup and PID namespace. `cgroup`: the container's in the v2 tree, where there is one.
    func clone(into cgroup: FileDescriptor?) throws(RuntimeError) -> Launch {
        var request = Launch.Request()
        request.cgroup = cgroup
        let pidNamespace = try differs(.pid) ? try open(.pid) : nil
        request.mayBeTraced = try !differs(.user)
        request.pidNamespace = Launch.reference(pidNamespace)
        return try Launch(request)
    }

    /// The namespaces of the container's init that are not ours already, less the PID namespace, in which the child is born. Open, so that nobody can
    /// take their place.
    func joins() throws(RuntimeError) -> NamespaceJoins {
        var planned: [PlannedJoin] = []
        for kind in NamespaceKind.allCases where kind != .pid {
            guard try differs(kind), let path = HostPath("/proc/\(process.pid)/ns/\(kind.procName)") else { continue }
            planned.append(PlannedJoin(kind: kind, path: path, origin: ""))
        }
        let joins = try NamespaceJoins(planned) { join throws(RuntimeError) in try open(join.kind) }
        // What ended meanwhile has no namespaces any more, and looks like a kernel without these kinds.
        guard try name(of: .mount, in: theirs) != nil else { throw Self.stopped(id) }
        return joins
    }

    private func differs(_ kind: NamespaceKind) throws(RuntimeError) -> Bool {
        guard let name = try name(of: kind, in: theirs) else { return false }
        return try name != self.name(of: kind, in: ours)
    }

    /// nil: the kernel has no namespaces of this kind, or the process has ended.
    private func name(of kind: NamespaceKind, in directory: borrowing OwnedDescriptor) throws(RuntimeError) -> String? {
        do throws(KernelError) { return try directory.descriptor.readLink(kind.procName) } catch {
            if error.errno == .ENOENT || error.errno == .ESRCH { return nil }
            throw RuntimeError(error, "cannot look at the container's namespaces")
        }
    }

    private func open(_ kind: NamespaceKind) throws(RuntimeError) -> NamespaceHandle {
        do throws(KernelError) { return try NamespaceHandle(path: kind.procName, in: theirs.descriptor, kind: kind) } catch {
            if error.errno == .ENOENT || error.errno == .ESRCH { throw Self.stopped(id) }
            throw RuntimeError(error, "cannot open the container's \(kind.specName) namespace")
        }
    }

    /// A container without a mount namespace has only its root directory to itself: the program must be given the same.
    func rootWithoutNamespace() -> RootPlan? {
        guard let path = HostPath("/proc/\(process.pid)/root") else { return nil }
        return RootPlan(path: path, change: .chroot)
    }
}
