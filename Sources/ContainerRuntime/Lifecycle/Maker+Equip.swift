import Cgroups
import InitProtocol
import LinuxKernel
import LinuxTypes
import OCISpec
import StrictTree

extension Maker {
    /// What is done while the child is still starting: its plan, then its cgroup v1 and its record, which it waits for.
    mutating func equip(
        _ launch: inout Launch, _ plan: inout ContainerPlan, _ joins: consuming NamespaceJoins
    ) throws(RuntimeError) {
        // Order: in a user namespace before the plan, with which the sources of its binds are opened: its own cgroups of v1 are among them. Else the plan
        // goes first, so that the init has something to do meanwhile.
        let bindsCgroups = opensSources
        if bindsCgroups { try prepareLegacyCgroups() }
        try sendPlan(launch, &plan, joins)
        if !bindsCgroups { try prepareLegacyCgroups() }
        if let owner = plan.cgroupOwner {
            try cgroupStep { (cgroup: inout Cgroup) throws(CgroupError) in try cgroup.delegate(toUser: owner) }
        }
        runtime.note("cgroup v1 made")
        let runsNow = canRunNow(plan.`init`)
        try record(launch, runsNow ? .running : .creating)
        if let score = plan.oomScoreAdj { try setOOMScore(score, of: launch.pid) }
        if bundle.configuration.linux?.namespace(.user) != nil { try launch.raiseHardLimits(plan.`init`.process.limits) }
        try during("cannot go on with hull-init") { () throws(KernelError) in
            try launch.conversation.admit(cgroup.taskDescriptors)
            launch.closeExecutable()
            if runsNow { try launch.conversation.proceed() }
        }
        runtime.note("admitted")
    }

    private mutating func prepareLegacyCgroups() throws(RuntimeError) {
        try cgroupStep { (cgroup: inout Cgroup) throws(CgroupError) in try cgroup.prepareLegacy() }
    }

    /// The rest of the plan, and all that it speaks of, opened.
    private func sendPlan(
        _ launch: borrowing Launch, _ plan: inout ContainerPlan, _ joins: consuming NamespaceJoins
    ) throws(RuntimeError) {
        try joins.refuseSysctlsOfHost(plan.sysctlOrigins)
        plan.`init`.joins = joins.joins
        for (index, origin) in joins.origins.enumerated() { plan.origins[.init(.join, index)] = origin }
        let user = joins.user
        var descriptors = joins.takeDescriptors()
        if waitsForStart { plan.`init`.startSocket = UInt32(descriptors.append(try listenForStart())) }
        if let maps = birth.userMaps, birth.firstStage == nil { try launch.writeUserMaps(maps) }
        if let profile = plan.seccomp { plan.`init`.process.seccomp = try runtime.filter(for: profile) }
        runtime.note("filter ready")
        if opensSources || !plan.ownerMaps.isEmpty { try openSources(&plan, &descriptors, launch, user) }
        fillHookState(&plan.`init`)
        let `init` = plan.`init`
        try during("cannot send the plan to hull-init") { () throws(KernelError) in
            try launch.conversation.send(`init`, descriptors: descriptors.descriptors)
        }
        runtime.note("plan sent")
    }

    /// Nothing but the plan stands between the init and the program: one word lets it go all the way.
    private func canRunNow(_ plan: InitPlan) -> Bool {
        !waitsForStart && !plan.waitsForRuntimeHooks && plan.firstStage == nil
    }

    private func listenForStart() throws(RuntimeError) -> OwnedDescriptor {
        try during("cannot make the start socket") { () throws(KernelError) in
            // One that is there is what a killed maker has left under this id.
            try StartSocket.remove(from: container.directory)
            return try container.directory.listen(name: StartSocket.name)
        }
    }

    /// In a user namespace the init may not reach the container's root nor the sources of its binds: they are opened here, but where a mount namespace is
    /// joined, in which paths mean something else.
    private var opensSources: Bool {
        if birth.userMaps != nil { return true }
        let linux = bundle.configuration.linux
        return linux?.namespace(.user) != nil && linux?.namespace(.mount) != nil && linux?.namespace(.mount)?.path == nil
    }

    private func openSources(
        _ plan: inout ContainerPlan, _ descriptors: inout DescriptorList, _ launch: borrowing Launch, _ user: FileDescriptor?
    ) throws(RuntimeError) {
        guard var root = plan.`init`.root else { return }
        if opensSources, birth.userMaps == nil, root.change == .pivot {
            root.descriptor = UInt32(descriptors.append(try openRoot(root.path)))
        }
        for index in root.mounts.indices {
            let maps = plan.ownerMaps[index]
            guard case .bind(var bind) = root.mounts[index].source, maps != nil || opensSources && descriptors.count < 200 else {
                continue
            }
            let origin = plan.origins[.init(.mount, index)] ?? "/mounts"
            let mount = try during("cannot open the source [\(origin)]") { () throws(KernelError) in
                try DetachedMount.cloning(.workingDirectory, bind.path.string, recursive: bind.isRecursive)
            }
            if let maps { try mapOwners(of: mount, maps, bind.path, origin, launch, user) }
            bind.descriptor = UInt32(descriptors.append(mount.release()))
            root.mounts[index].source = .bind(bind)
        }
        plan.`init`.root = root
    }

    private func openRoot(_ path: HostPath) throws(RuntimeError) -> OwnedDescriptor {
        try during("cannot open the container's root") { () throws(KernelError) in
            try DetachedMount.cloning(.workingDirectory, path.string, recursive: true).release()
        }
    }

    private func mapOwners(
        of mount: borrowing DetachedMount, _ wanted: OwnerMaps, _ path: HostPath, _ origin: String, _ launch: borrowing Launch,
        _ user: FileDescriptor?
    ) throws(RuntimeError) {
        do throws(KernelError) {
            let subject = path.string
            if let maps = wanted.maps {
                let namespace = try makeUserNamespace(uids: UserMaps.text(maps.uids), gids: UserMaps.text(maps.gids))
                try mount.mapOwners(by: namespace.descriptor, isRecursive: wanted.isRecursive, subject: subject)
            } else if let user {
                try mount.mapOwners(by: user, isRecursive: wanted.isRecursive, subject: subject)
            } else {
                let namespace = try NamespaceHandle(path: "/proc/\(launch.pid)/ns/user", kind: .user)
                try mount.mapOwners(by: namespace.descriptor, isRecursive: wanted.isRecursive, subject: subject)
            }
        } catch {
            // EINVAL: a file system, of this mount or of one below it, that cannot; EPERM: its owners are mapped already.
            var failure = RuntimeError(error, "cannot map the owners of '\(path)' [\(origin)]")
            if error.errno == .EINVAL {
                failure.hint = "its file system, or one mounted below it, cannot map owners in this kernel: use another one"
            }
            throw failure
        }
    }

    private func fillHookState(_ plan: inout InitPlan) {
        guard !plan.createContainerHooks.isEmpty || !plan.startContainerHooks.isEmpty else { return }
        plan.hookState = HookState(
            creating: Self.template(state(.creating, pid: 0)), created: Self.template(state(.created, pid: 0)))
    }

    /// The document with its place for the pid.
    private static func template(_ state: State) -> StateTemplate {
        let bytes = state.json(.compact)
        let text = String(decoding: bytes, as: UTF8.self)
        guard let range = text.firstRange(of: "\"pid\":0") else { return StateTemplate(beforePID: text, afterPID: "") }
        return StateTemplate(beforePID: text[..<range.lowerBound] + "\"pid\":", afterPID: String(text[range.upperBound...]))
    }

    private func setOOMScore(_ score: Int32, of pid: Int32) throws(RuntimeError) {
        do throws(KernelError) {
            try ProcFS().write("\(score)", to: "\(pid)/oom_score_adj")
        } catch {
            let hint = error.errno == .EACCES ? "lowering the score needs CAP_SYS_RESOURCE" : nil
            throw RuntimeError(.failed, "cannot set /process/oomScoreAdj to \(score): \(error)", hint: hint)
        }
    }
}
