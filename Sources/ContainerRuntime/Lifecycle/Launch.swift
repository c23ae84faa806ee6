import InitProtocol
import LinuxKernel
import LinuxTypes

/// A process that is on its way to be a container's: cloned, executing `hull-init`, waiting for its plan.
///
/// Whoever gives up on it calls `abandon`; an init that was not let go on ends by itself when its socket closes.
struct Launch: ~Copyable {
    private(set) var pid: Int32
    private(set) var pidfd: OwnedDescriptor
    var conversation: InitConversation
    private let userMapsGate: OwnedDescriptor?
    private var executable: InitExecutable?

    /// What the clone needs to know.
    struct Request {
        var clonedNamespaces: [NamespaceKind] = []
        /// An open PID namespace to be born into.
        var pidNamespace: FileDescriptor?
        /// Whether processes there may trace what has the caller's power: not those of a user namespace of their own.
        var mayBeTraced = true
        /// A cgroup v2 directory to be born in.
        var cgroup: FileDescriptor?
        /// Whether the child's pages must not be charged to its cgroup when they can be avoided.
        var hasSmallMemoryLimit = false
        /// Whether the process is to be our parent's child, as a keeper's containers are.
        var asSibling = false
        /// Whether the child makes what namespaces it can itself: worth it where we have something to do meanwhile, wrong where its cgroup would
        /// pay for them.
        var childMakesNamespaces = false
    }

    init(_ request: Request) throws(RuntimeError) {
        let executable = try InitExecutable()
        if request.hasSmallMemoryLimit { try executable.warm() }
        let makesUserNamespace = request.clonedNamespaces.contains(.user)
        let pair = try during("cannot make a socket for hull-init") { () throws(KernelError) in try SocketPair() }
        let gate = try during("cannot make a pipe for hull-init") { () throws(KernelError) -> Pipe? in
            makesUserNamespace ? try Pipe() : nil
        }
        var clone = CloneRequest()
        clone.namespaces = request.clonedNamespaces
        clone.cgroup = request.cgroup
        clone.asSibling = request.asSibling
        clone.borrowsMemory = !makesUserNamespace && !request.clonedNamespaces.contains(.time)
        if request.childMakesNamespaces, clone.borrowsMemory {
            clone.unsharedNamespaces = clone.namespaces.filter(Self.canBeUnshared)
            clone.namespaces.removeAll(where: Self.canBeUnshared)
        }
        // Whoever may trace in that namespace sees the child from the clone on.
        clone.isUndumpable = request.pidNamespace != nil && request.mayBeTraced
        clone.userMapsWritten = Self.ends(of: gate)
        let process = try Self.clone(
            clone, into: request.pidNamespace, executable: executable.descriptor, socket: pair.second.descriptor)
        pid = process.pid
        pidfd = process.takePidfd()
        conversation = InitConversation(pair.keepFirst())
        userMapsGate = Self.writeEnd(of: gate)
        self.executable = consume executable
    }

    /// The pidfd alone.
    consuming func takePidfd() -> OwnedDescriptor { pidfd }

    /// Closes the mount that hull-init was executed from. It takes the kernel a while, so it is done while the init works; it must be done before
    /// the init is let go to a program of the container.
    mutating func closeExecutable() { executable = nil }

    /// A process moves itself into new ones of these; PID and time namespaces hold only for its children.
    private static func canBeUnshared(_ kind: NamespaceKind) -> Bool {
        switch kind {
        case .network, .mount, .ipc, .uts: true
        case .cgroup, .pid, .user, .time: false
        }
    }

    /// The number of an open namespace, which stays its owner's.
    static func reference(_ handle: borrowing NamespaceHandle?) -> FileDescriptor? {
        switch handle {
        case .some(let handle): handle.descriptor
        case .none: nil
        }
    }

    private static func ends(of gate: borrowing Pipe?) -> (reader: FileDescriptor, writer: FileDescriptor)? {
        switch gate {
        case .some(let pipe): (pipe.readEnd.descriptor, pipe.writeEnd.descriptor)
        case .none: nil
        }
    }

    private static func writeEnd(of gate: consuming Pipe?) -> OwnedDescriptor? {
        switch consume gate {
        case .some(let pipe): pipe.keepWriteEnd()
        case .none: nil
        }
    }

    /// The clone, inside a PID namespace to join where there is one: joining holds only for children, and the caller's own is put back at once.
    private static func clone(
        _ request: CloneRequest, into pidNamespace: FileDescriptor?, executable: FileDescriptor, socket: FileDescriptor
    ) throws(RuntimeError) -> ClonedProcess {
        try during("cannot make the container's process") { () throws(KernelError) in
            let arguments = ["hull-init", "\(socket.number)"]
            guard let pidNamespace else {
                return try cloneAndExecute(request, executable: executable, socket: socket, arguments: arguments)
            }
            // Order: before anything of ours is seen in that namespace. Until its exec the child has our memory, and whether that may be traced;
            // from then on it is undumpable by itself (CVE-2016-9962).
            try makeUndumpable()
            let own = try FileDescriptor.workingDirectory.open("/proc/self/ns/pid", .readOnly)
            try pidNamespace.enterNamespace(.pid)
            do throws(KernelError) {
                let process = try cloneAndExecute(request, executable: executable, socket: socket, arguments: arguments)
                try own.descriptor.enterNamespace(.pid)
                return process
            } catch {
                try own.descriptor.enterNamespace(.pid)
                throw error
            }
        }
    }

    /// Writes the maps of the user namespace that the process was made in, and lets it go on.
    ///
    /// The gate is a byte in a pipe for the child of the clone, which still runs on our instructions, and a word on the socket for the process of a
    /// first stage.
    func writeUserMaps(_ maps: UserMaps) throws(RuntimeError) {
        try during("cannot write the user namespace's maps") { () throws(KernelError) in
            let proc = try ProcFS()
            try proc.write(UserMaps.text(maps.uids), to: "\(pid)/uid_map")
            try proc.write(UserMaps.text(maps.gids), to: "\(pid)/gid_map")
            switch userMapsGate {
            case .some(let gate): try gate.descriptor.writeAll([proceedByte])
            case .none: try conversation.proceed()
            }
        }
    }

    /// Raises hard limits that the init could not: raising needs `CAP_SYS_RESOURCE` in the first user namespace, where the container's root has
    /// nothing. Soft limits, and hard ones that go down, are the init's to set, as its last steps.
    func raiseHardLimits(_ limits: [LimitPlan]) throws(RuntimeError) {
        for (index, limit) in limits.enumerated() {
            try during("cannot set the resource limit [/process/rlimits/\(index)]") { () throws(KernelError) in
                let now = try resourceLimit(limit.kind, of: pid)
                guard limit.hard > now.hard else { return }
                try setResourceLimit(limit.kind, soft: now.soft, hard: limit.hard, of: pid)
            }
        }
    }

    /// The first stage has made the container's process and ended: from now on this is that process.
    mutating func becomeSecondStage(pid second: Int32) throws(RuntimeError) {
        let handle = try during("cannot watch the container's process") { () throws(KernelError) in
            let handle = try openPidfd(second)
            _ = try pidfd.descriptor.waitForEnd()
            return handle
        }
        pidfd = handle
        pid = second
    }

    /// What the init says next. Blocks.
    mutating func nextReply() throws(RuntimeError) -> InitConversation.Reply {
        do throws(KernelError) { return try conversation.next() } catch {
            throw RuntimeError(error, "cannot talk with hull-init")
        }
    }

    /// Kills the process and reaps it where it is ours: nothing of it is left.
    func abandon() throws(KernelError) {
        do throws(KernelError) {
            try pidfd.descriptor.send(.kill)
        } catch let error where error.errno == .ESRCH {}
        _ = try pidfd.descriptor.waitForEnd()
    }
}
