import InitProtocol
import LinuxKernel
import LinuxTypes

extension ContainerInit {
    /// Writes this process into its cgroup v1 hierarchies: `0` into `tasks` moves the caller alone and needs none of the global lock that a pid
    /// in `cgroup.procs` waits for.
    ///
    /// Order: first of all, since only then this process is recorded; before a cgroup namespace is made, whose root is where the process is then; before
    /// joining, whose credentials could not.
    static func enterCgroups(_ setup: inout Setup) throws(InitFailure) {
        let tasks = try setup.channel.waitToBeAdmitted(.cgroup)
        guard tasks.count == setup.plan.cgroupTasks.count else {
            throw InitFailure(step: .cgroup, call: "recvmsg", errno: .EBADF, subject: "\(tasks.count) tasks files")
        }
        for (index, path) in setup.plan.cgroupTasks.enumerated() {
            let file = tasks[index]
            try during(.cgroup, index) { () throws(KernelError) in try file.writeOnce("0", subject: path) }
        }
    }

    /// Joins namespaces in the plan's order. All were opened and proved by the parent before any is entered.
    static func joinNamespaces(_ setup: inout Setup) throws(InitFailure) {
        for (index, join) in setup.plan.joins.enumerated() {
            let file = try setup.descriptor(join.descriptor, .join)
            try during(.join, index) { () throws(KernelError) in
                try file.enterNamespace(join.kind, subject: join.subject)
                // Order: at once, so that what is joined or made next belongs to root of that user namespace.
                if join.kind == .user { try becomeRootOfUserNamespace() }
                // Order: at once; the old handle is a directory of the host, and paths resolved below it would be too.
                if join.kind == .mount { setup.root = try RootDirectory.current() }
            }
        }
    }

    /// Makes the container's process as this one's sibling and ends this one. Returns in the new process, or at once where no first stage is
    /// planned.
    ///
    /// Order: after the joins, so that new namespaces belong to the user namespace that was joined, and so that a PID namespace that was joined
    /// or made holds: it does only for children.
    static func makeSecondStage(_ setup: inout Setup) throws(InitFailure) {
        guard let stage = setup.plan.firstStage else { return }
        try writeClockOffsets(stage)
        let kinds = stage.clockOffsets.isEmpty ? stage.created : stage.created.filter { $0 != .time }
        let side = try during(.stage) { () throws(KernelError) in try forkIntoNamespaces(kinds, asSibling: true) }
        switch side {
        case .parent(let pid):
            try setup.channel.send(.staged(pid: pid), .stage)
            exitImmediately(0)
        case .child:
            // Order: at once; the old handle is on a mount of the namespace that was left.
            setup.root = try during(.stage) { () throws(KernelError) in try RootDirectory.current() }
            guard stage.waitsForUserMaps else { return }
            try setup.channel.waitToProceed(.userNamespace)
            try during(.userNamespace) { () throws(KernelError) in try becomeRootOfUserNamespace() }
        }
    }

    /// Order: between the making of the time namespace and the first process inside, after which the kernel refuses.
    private static func writeClockOffsets(_ stage: FirstStage) throws(InitFailure) {
        guard !stage.clockOffsets.isEmpty else { return }
        try during(.stage) { () throws(KernelError) in
            try unshare([.time])
            let proc = try ProcFS()
            let lines = stage.clockOffsets.map { "\($0.clock) \($0.seconds) \($0.nanoseconds)\n" }
            try proc.write(lines.joined(), to: "\(try proc.selfPID())/timens_offsets")
        }
    }

    private static func becomeRootOfUserNamespace() throws(KernelError) {
        try setGroup(0)
        try setUser(0)
    }

    /// Order: after the last cgroup is entered, which becomes the root of what the container sees.
    static func enterCgroupNamespace(_ setup: inout Setup) throws(InitFailure) {
        guard setup.plan.createsCgroupNamespace else { return }
        try during(.cgroup) { () throws(KernelError) in try unshare([.cgroup]) }
    }

    /// Order: before hooks and programs, which find a network namespace of their own usable; by whoever owns it, before capabilities go.
    static func bringLoopbackUp(_ setup: inout Setup) throws(InitFailure) {
        guard setup.plan.bringsLoopbackUp else { return }
        try during(.loopback) { () throws(KernelError) in try LinuxKernel.bringLoopbackUp() }
    }
}
