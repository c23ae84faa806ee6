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
        let bindsCgroups = birth.userMaps != nil
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
        var descriptors = joins.takeDescriptors()
        if waitsForStart { plan.`init`.startSocket = UInt32(descriptors.append(try listenForStart())) }
        if let maps = birth.userMaps, birth.firstStage == nil { try launch.writeUserMaps(maps) }
        if let profile = plan.seccomp { plan.`init`.process.seccomp = try runtime.filter(for: profile) }
        runtime.note("filter ready")
        if birth.userMaps != nil { try openBindSources(&plan, &descriptors) }
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

    /// In a user namespace of its own the init may not reach the sources of its binds: they are opened here.
    private func openBindSources(_ plan: inout ContainerPlan, _ descriptors: inout DescriptorList) throws(RuntimeError) {
        guard var root = plan.`init`.root else { return }
        for index in root.mounts.indices {
            guard case .bind(var bind) = root.mounts[index].source, descriptors.count < 200 else { continue }
            let origin = plan.origins[.init(.mount, index)] ?? "/mounts"
            let mount = try during("cannot open the source [\(origin)]") { () throws(KernelError) in
                try DetachedMount.cloning(.workingDirectory, bind.path.string, recursive: bind.isRecursive)
            }
            bind.descriptor = UInt32(descriptors.append(mount.release()))
            root.mounts[index].source = .bind(bind)
        }
        plan.`init`.root = root
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
