import Cgroups
import InitProtocol
import LinuxKernel
import LinuxTypes
import OCISpec

/// The container's init, as the place that one more program is brought to.
struct ExecTarget {
    private let process: ProcessIdentity
    private let id: String

    /// The init, which must be there and not waiting to be made or taken apart.
    init(
        _ record: ContainerRecord, _ id: String, _ facts: CallerFacts, _ store: borrowing ContainerStore
    ) throws(RuntimeError) {
        let status = try Runtime.status(of: record, id: id, bootID: facts.bootID) { () throws(RuntimeError) in
            try store.openDirectory(id)
        }
        switch status {
        case .running, .created: break
        case .stopped: throw RuntimeError(.wrongStatus, "container '\(id)': cannot exec in a stopped container")
        case .paused: throw RuntimeError(.wrongStatus, "container '\(id)': cannot exec in a paused container")
        case .creating:
            throw RuntimeError(.wrongStatus, "container '\(id)': cannot exec in a container that is still being created")
        }
        guard let process = record.initProcess else { throw ContainerStore.missing(id) }
        self.process = process
        self.id = id
    }

    /// Clones a child of ours into the container's cgroup and PID namespace.
    func clone(into cgroup: borrowing Cgroup) throws(RuntimeError) -> Launch {
        var request = Launch.Request()
        request.cgroup = cgroup.intoDescriptor
        let pidNamespace = try openPIDNamespace()
        request.mayBeTraced = try pathOfDiffering(.user) == nil
        try proveAlive()
        request.pidNamespace = Launch.reference(pidNamespace)
        return try Launch(request)
    }

    /// The namespaces of the container's init that are not ours already, less the PID namespace, in which the child is born.
    func differingNamespaces() throws(RuntimeError) -> [PlannedJoin] {
        var planned: [PlannedJoin] = []
        for kind in NamespaceKind.allCases where kind != .pid {
            if let path = try pathOfDiffering(kind) { planned.append(PlannedJoin(kind: kind, path: path, origin: "")) }
        }
        return planned
    }

    /// Where the container's namespace of a kind is; nil where it is ours too.
    private func pathOfDiffering(_ kind: NamespaceKind) throws(RuntimeError) -> HostPath? {
        let path = "/proc/\(process.pid)/ns/\(kind.procName)"
        let differs = try during("cannot look at the container's namespaces") { () throws(KernelError) in
            let theirs: String
            do throws(KernelError) {
                theirs = try FileDescriptor.workingDirectory.readLink(path)
            } catch let error where error.errno == .ENOENT {
                // A kernel without this kind, or a process that has just ended, which `proveAlive` finds.
                return false
            }
            return try theirs != FileDescriptor.workingDirectory.readLink("/proc/self/ns/\(kind.procName)")
        }
        return differs ? HostPath(path) : nil
    }

    /// Order: after namespaces are open, before they are entered: a pid that was reused meanwhile would have given others.
    func proveAlive() throws(RuntimeError) {
        let alive = try during("cannot look at the container's init") { () throws(KernelError) in
            try process.isAlive(currentBootID: process.bootID)
        }
        guard alive else {
            throw RuntimeError(.wrongStatus, "container '\(id)': cannot exec in a stopped container")
        }
    }

    /// A container without a mount namespace has only its root directory to itself: the program must be given the same.
    func rootWithoutNamespace() -> RootPlan? {
        guard let path = HostPath("/proc/\(process.pid)/root") else { return nil }
        return RootPlan(path: path, change: .chroot)
    }

    private func openPIDNamespace() throws(RuntimeError) -> NamespaceHandle? {
        guard let path = try pathOfDiffering(.pid) else { return nil }
        return try during("cannot open the container's pid namespace") { () throws(KernelError) in
            try NamespaceHandle(path: path.string, kind: .pid)
        }
    }
}
