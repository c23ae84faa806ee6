import Cgroups
import InitProtocol
import LinuxKernel
import LinuxTypes
import OCISpec
import SeccompFilter
import StrictTree

/// Makes one container from a claimed record to the point where its init waits, or where its program runs.
///
/// Every effect that outlives us is in the record before it happens, so that whoever finds us killed can undo it.
struct Maker: ~Copyable {
    let runtime: Runtime
    let request: CreateRequest
    let bundle: Bundle
    var plan: ContainerPlan
    let facts: HostFacts
    /// Whether the init waits on the start socket, as after `create`, or goes on at once, as in `run`.
    let waitsForStart: Bool
    var container: LockedContainer
    var cgroup: Cgroup
    /// The master of the container's terminal, where nobody else got it.
    var terminal: OwnedDescriptor?
    private var mayHaveRunHooks: Bool

    /// Plans, and claims the id. Nothing has happened to the kernel yet.
    init(_ runtime: Runtime, _ request: CreateRequest, waitsForStart: Bool, keepsTerminal: Bool) throws(RuntimeError) {
        try Runtime.check(id: request.id)
        let bundle = try Bundle(directory: request.bundle, configurationFile: request.configurationFile)
        try Self.checkTerminal(bundle.configuration.process, request, keepsTerminal: keepsTerminal)
        runtime.note("configuration read")
        let facts = try HostFacts.ofHost()
        runtime.note("host looked at")
        var plan = try Planner.plan(
            bundle.configuration, id: request.id, bundle: bundle.path, facts: facts, options: request.options)
        plan.`init`.keepsLedger = runtime.ledger != nil
        runtime.note("planned")
        for warning in bundle.warnings + plan.warnings { runtime.warn(warning) }
        guard let store = try ContainerStore(root: runtime.root, creating: true) else { throw ContainerStore.missing(request.id) }
        var container = try store.lockForClaim(request.id)
        if let left = container.record { try runtime.takeOver(left, request.id, bootID: facts.bootID) }
        let owner = try Self.ownIdentity(facts)
        let places: Location
        // What is going to be made, before it is: whoever finds us killed knows where to look.
        do throws(CgroupError) { places = try plan.cgroup.survey() } catch { throw RuntimeError(error) }
        let record = ContainerRecord(
            phase: .creating, ociVersion: bundle.configuration.ociVersion, bundle: bundle.path.string,
            rootfs: plan.rootfs.string, created: WallTime.now().rfc3339,
            ownerName: effectiveUID() == 0 ? "root" : "\(effectiveUID())",
            owner: owner, initProcess: nil, cgroup: places, annotations: bundle.configuration.annotations,
            hasPoststartHooks: bundle.configuration.hooks?.poststart.isEmpty == false,
            hasStartContainerHooks: bundle.configuration.hooks?.startContainer.isEmpty == false,
            hasPoststopHooks: bundle.configuration.hooks?.poststop.isEmpty == false)
        try container.claim(record, configuration: bundle.bytes)
        runtime.note("claimed")
        self.runtime = runtime
        self.request = request
        self.bundle = bundle
        self.facts = facts
        self.waitsForStart = waitsForStart
        self.container = container
        cgroup = Cgroup(plan.cgroup)
        self.plan = plan
        terminal = nil
        mayHaveRunHooks = false
    }

    private static func checkTerminal(
        _ process: OCISpec.Process?, _ request: CreateRequest, keepsTerminal: Bool
    ) throws(RuntimeError) {
        let wantsTerminal = process?.terminal ?? false
        if wantsTerminal, request.consoleSocket == nil, !keepsTerminal {
            throw RuntimeError(.invalid, "cannot allocate a terminal for a detached container: use --console-socket")
        }
        if !wantsTerminal, request.consoleSocket != nil {
            throw RuntimeError(.invalid, "--console-socket is given, but the process has no terminal: set /process/terminal")
        }
    }

    static func ownIdentity(_ facts: HostFacts) throws(RuntimeError) -> ProcessIdentity? {
        try during("cannot read the runtime's own start time") { () throws(KernelError) in
            try ProcessIdentity(pid: currentPID(), bootID: facts.bootID)
        }
    }

    /// Makes the container. After an error nothing of it is left; what could not be undone is attached to the error.
    mutating func make() throws(RuntimeError) -> Launch {
        do throws(RuntimeError) {
            return try launch()
        } catch {
            throw undo(after: error)
        }
    }

    private mutating func undo(after error: RuntimeError) -> RuntimeError {
        var failure = error
        do throws(CgroupError) {
            try cgroup.kill(milliseconds: Deadline.kill)
            try cgroup.remove(milliseconds: Deadline.remove)
        } catch { failure = failure.addingCleanup("\(error)") }
        if mayHaveRunHooks, let hooks = bundle.configuration.hooks, !hooks.poststop.isEmpty {
            HookRunner(state: state(.stopped, pid: 0)).runAll(.poststop, hooks.poststop, warn: runtime.warn)
        }
        do throws(RuntimeError) { try container.remove() } catch { failure = failure.addingCleanup("\(error)") }
        return failure
    }

    /// The state document for hooks.
    func state(_ status: Status, pid: Int32) -> State {
        State(
            ociVersion: bundle.configuration.ociVersion, id: request.id, status: status, pid: pid, bundle: bundle.path.string,
            annotations: bundle.configuration.annotations)
    }

    private mutating func launch() throws(RuntimeError) -> Launch {
        let joins = try NamespaceJoins(plan.joins)
        try joins.refuseSysctlsOfHost(plan.sysctlOrigins)
        plan.`init`.joins = joins.joins
        for (index, origin) in joins.origins.enumerated() { plan.origins[.init(.join, index)] = origin }
        var descriptors = joins.takeDescriptors()
        let pidNamespace = try openPIDNamespace()
        try cgroupStep { (cgroup: inout Cgroup) throws(CgroupError) in try cgroup.prepareUnified() }
        runtime.note("cgroup v2 made")
        if waitsForStart {
            let listener = try during("cannot make the start socket") { () throws(KernelError) -> OwnedDescriptor in
                // One that is there is what a killed maker has left under this id.
                try StartSocket.remove(from: container.directory)
                return try container.directory.listen(name: StartSocket.name)
            }
            plan.`init`.startSocket = UInt32(descriptors.append(listener))
        }
        var request = Launch.Request()
        request.clonedNamespaces = plan.clonedNamespaces
        request.cgroup = cgroup.intoDescriptor
        request.pidNamespace = Launch.reference(pidNamespace)
        request.hasSmallMemoryLimit = hasSmallMemoryLimit
        request.childMakesNamespaces = !plan.cgroup.legacy.isEmpty && !plan.cgroup.chargesMemoryAtBirth
        var launch = try Launch(request)
        runtime.note("cloned")
        mayHaveRunHooks = true
        do throws(RuntimeError) {
            try equip(&launch, &descriptors)
            try converse(&launch)
            return launch
        } catch {
            var failure = error
            do throws(KernelError) { try launch.abandon() } catch { failure = failure.addingCleanup("\(error)") }
            throw failure
        }
    }

    private func openPIDNamespace() throws(RuntimeError) -> NamespaceHandle? {
        guard let path = plan.joinedPIDNamespace else { return nil }
        return try during("cannot open the pid namespace") { () throws(KernelError) in
            try NamespaceHandle(path: path.string, kind: .pid)
        }
    }

    /// Below this the pages of hull-init itself would count.
    private var hasSmallMemoryLimit: Bool {
        guard let limit = bundle.configuration.linux?.resources?.memory?.limit else { return false }
        return limit > 0 && limit < 32 << 20
    }

    /// What is done while the child is still starting: its cgroup v1, its filter, its plan, its record.
    private mutating func equip(_ launch: inout Launch, _ descriptors: inout DescriptorList) throws(RuntimeError) {
        if let maps = plan.userMaps, plan.`init`.firstStage == nil { try launch.writeUserMaps(maps) }
        try cgroupStep { (cgroup: inout Cgroup) throws(CgroupError) in try cgroup.prepareLegacy() }
        if let owner = plan.cgroupOwner {
            try cgroupStep { (cgroup: inout Cgroup) throws(CgroupError) in try cgroup.delegate(toUser: owner) }
        }
        runtime.note("cgroup v1 made")
        if let profile = plan.seccomp { plan.`init`.process.seccomp = try runtime.filter(for: profile) }
        runtime.note("filter ready")
        if plan.userMaps != nil { try openBindSources(&descriptors) }
        fillHookState()
        // Order: after the last descriptor of the plan; the cgroup keeps the ownership of its own.
        plan.`init`.cgroupTasks = cgroup.tasksPlan(firstIndex: descriptors.count)
        try record(launch, canRunNow ? .running : .creating)
        if let score = plan.oomScoreAdj { try setOOMScore(score, of: launch.pid) }
        if bundle.configuration.linux?.namespace(.user) != nil { try launch.raiseHardLimits(plan.`init`.process.limits) }
        try during("cannot send the plan to hull-init") { () throws(KernelError) in
            try launch.conversation.send(plan.`init`, descriptors: descriptors.descriptors + cgroup.taskDescriptors)
            launch.closeExecutable()
            if canRunNow { try launch.conversation.proceed() }
        }
        runtime.note("plan sent")
    }

    /// Nothing but the plan stands between the init and the program: one word lets it go all the way.
    private var canRunNow: Bool {
        !waitsForStart && !plan.`init`.waitsForRuntimeHooks && plan.`init`.firstStage == nil
    }

    private mutating func cgroupStep(_ body: (inout Cgroup) throws(CgroupError) -> Void) throws(RuntimeError) {
        do throws(CgroupError) { try body(&cgroup) } catch { throw RuntimeError(error) }
    }

    /// In a user namespace of its own the init may not reach the sources of its binds: they are opened here.
    private mutating func openBindSources(_ descriptors: inout DescriptorList) throws(RuntimeError) {
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

    private mutating func fillHookState() {
        guard !plan.`init`.createContainerHooks.isEmpty || !plan.`init`.startContainerHooks.isEmpty else { return }
        plan.`init`.hookState = HookState(
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

    private mutating func record(_ launch: borrowing Launch, _ phase: ContainerRecord.Phase) throws(RuntimeError) {
        guard var record = container.record else { throw ContainerStore.missing(request.id) }
        record.phase = phase
        let pid = launch.pid
        record.initProcess = try during("cannot read the init's start time") { () throws(KernelError) in
            try ProcessIdentity(pid: pid, bootID: facts.bootID)
        }
        if phase != .creating { record.owner = nil }
        record.cgroup = cgroup.location
        try container.write(record)
    }

    /// Talks with the init until it waits for its start, or until its program runs.
    private mutating func converse(_ launch: inout Launch) throws(RuntimeError) {
        var executing = false
        while true {
            switch try next(&launch) {
            case .message(.staged(let pid)):
                try launch.becomeSecondStage(pid: pid)
                try record(launch, .creating)
                if let maps = plan.userMaps { try launch.writeUserMaps(maps) }
                if !plan.`init`.waitsForRuntimeHooks { try letRun(launch) }
            case .message(.terminal):
                try passTerminal(launch.conversation.takeDescriptors())
            case .message(.mounted):
                try runRuntimeHooks(launch)
                try during("cannot go on with hull-init") { () throws(KernelError) in try launch.conversation.proceed() }
                try letRun(launch)
            case .message(.ready):
                return try record(launch, .created)
            case .message(.executing(let ledger)):
                runtime.note(ledger)
                executing = true
            case .message(.failed(let failure)):
                throw RuntimeError(failure, plan: plan)
            case .notStarted(let failure):
                throw RuntimeError(.failed, "cannot start the container's init: \(failure.call) 'hull-init': \(failure.errno)")
            case .end:
                if executing { return runtime.note("executed") }
                throw initDied(launch)
            }
        }
    }

    /// The init's next word. While it may be running hooks of the container's namespaces no lock is held.
    private mutating func next(_ launch: inout Launch) throws(RuntimeError) -> InitConversation.Reply {
        let hooks = plan.`init`.createContainerHooks.count + (waitsForStart ? 0 : plan.`init`.startContainerHooks.count)
        guard hooks > 0 else { return try launch.nextReply() }
        return try container.unlocked { () throws(RuntimeError) in try launch.nextReply() }
    }

    /// In `run`: recorded first, then the word.
    private mutating func letRun(_ launch: borrowing Launch) throws(RuntimeError) {
        guard !waitsForStart else { return }
        try record(launch, .running)
        try during("cannot go on with hull-init") { () throws(KernelError) in try launch.conversation.proceed() }
    }

    private mutating func passTerminal(_ descriptors: consuming DescriptorList) throws(RuntimeError) {
        guard descriptors.count == 1 else { throw RuntimeError(.failed, "hull-init sent no terminal") }
        let master = descriptors[0]
        if let socket = request.consoleSocket {
            try Handover.send(master, saying: "/dev/ptmx", to: socket, what: "terminal")
        } else {
            terminal = try during("cannot keep the terminal") { () throws(KernelError) in try master.duplicate() }
        }
    }

    private mutating func runRuntimeHooks(_ launch: borrowing Launch) throws(RuntimeError) {
        guard let hooks = bundle.configuration.hooks else { return }
        let runner = HookRunner(state: state(.creating, pid: launch.pid))
        try container.unlocked { () throws(RuntimeError) in
            try runner.run(.prestart, hooks.prestart)
            try runner.run(.createRuntime, hooks.createRuntime)
        }
    }

    private func initDied(_ launch: borrowing Launch) -> RuntimeError {
        var how = "ended"
        do throws(KernelError) {
            switch try launch.pidfd.descriptor.waitForExit() {
            case .signaled(let signal, _): how = "was killed by \(signal.name)"
            case .exited(let code): how = "ended with code \(code)"
            case nil: break
            }
        } catch { how = "ended" }
        var kills: UInt64 = 0
        do throws(CgroupError) { kills = try cgroup.oomKills() ?? 0 } catch { runtime.warn("\(error)") }
        let hint = kills > 0 ? "the memory limit is too small for the container to start" : nil
        return RuntimeError(.failed, "hull-init \(how) before it could execute the program", hint: hint)
    }
}
