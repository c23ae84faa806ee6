import Cgroups
import InitProtocol
import LinuxKernel
import LinuxTypes
import OCISpec
import SeccompFilter
import StrictTree

extension Runtime {
    /// Runs one more program in a container, with the container's namespaces, cgroup, filter and limits. Returns its exit code, 0 when detached.
    public func exec(_ request: ExecRequest) throws(RuntimeError) -> Int32 {
        let program = try launch(request)
        if request.isDetached { return 0 }
        do throws(KernelError) {
            let pid = program.pid
            var handles = program.takeHandles()
            let descriptors = handles.release()
            let pidfd = OwnedDescriptor(owning: descriptors[0])
            let terminal = descriptors.count > 1 ? OwnedDescriptor(owning: descriptors[1]) : nil
            var loop = try ForegroundLoop(pid: pid, pidfd: pidfd.descriptor, terminal: terminal)
            let status = try loop.run()
            note("program ended")
            return status.shellCode
        } catch { throw RuntimeError(error, "cannot wait for the program") }
    }

    /// The same, but returns as soon as the program was executed: the caller waits for its end. Its standard streams are the caller's, unless it has a
    /// terminal. Where it is not detached, signals are blocked from here on.
    public func launch(_ request: ExecRequest) throws(RuntimeError) -> RunningProgram {
        let store = try existingStore(for: request.id, .looking)
        // No lock: a thousand of these may run at once. That what is opened is the container's is proved afterwards, by its init being alive.
        guard let record = try store.record(of: request.id) else { throw ContainerStore.missing(request.id) }
        let target = try ExecTarget(record, request.id, bootID: Self.currentBootID(), store)
        note("container found")
        if !request.isDetached {
            try during("cannot prepare to wait") { () throws(KernelError) in try setBlockedSignals(ForegroundLoop.signals) }
        }
        // The child is on its way to hull-init, where it waits for its plan, while the rest is found out.
        var launch = try Self.clone(target, record)
        note("cloned")
        var terminal: OwnedDescriptor?
        do throws(RuntimeError) {
            var execution = try Execution(self, request, store.configuration(of: request.id))
            try execution.equip(&launch, target, record.cgroup.legacy, CallerFacts.ofCaller())
            // What is let go while the init is at work costs no time.
            _ = consume target
            _ = consume store
            try execution.converse(&launch)
            terminal = execution.terminal.take()
            if let path = request.pidfdSocket {
                try Handover.send(launch.pidfd.descriptor, saying: "pidfd", to: path, what: "pidfd")
            }
            if let path = request.pidFile { try Handover.writePIDFile(launch.pid, to: path) }
        } catch {
            var failure = error
            do throws(KernelError) { try launch.abandon() } catch { failure = failure.addingCleanup("\(error)") }
            throw failure
        }
        return RunningProgram(pid: launch.pid, pidfd: launch.takePidfd(), terminal: terminal)
    }

    private static func clone(
        _ target: borrowing ExecTarget, _ record: ContainerRecord
    ) throws(RuntimeError) -> Launch {
        let cgroup = try reopen(record.cgroup.unified)
        return try target.clone(into: cgroup.intoDescriptor)
    }

    fileprivate static func reopen(_ location: Location) throws(RuntimeError) -> Cgroup {
        do throws(CgroupError) { return try Cgroup(reopening: location) } catch { throw RuntimeError(error) }
    }
}

/// One program to run in a container: its plan, and how it is brought there.
private struct Execution: ~Copyable {
    private let runtime: Runtime
    private let request: ExecRequest
    private let configuration: Configuration
    private let process: OCISpec.Process
    /// The master of its terminal, where nobody else got it.
    var terminal: OwnedDescriptor?

    init(
        _ runtime: Runtime, _ request: ExecRequest, _ configuration: Configuration
    ) throws(RuntimeError) {
        let process = try Self.process(request, configuration, runtime)
        guard !process.args.isEmpty else { throw RuntimeError(.invalid, "there is no program to run") }
        if process.terminal, request.isDetached, request.consoleSocket == nil {
            throw RuntimeError(.invalid, "cannot allocate a terminal for a detached process: use --console-socket")
        }
        try Planner.refuseWhatIsNotThereYet(in: process, "/process")
        self.runtime = runtime
        self.request = request
        self.configuration = configuration
        self.process = process
        terminal = nil
    }

    /// All but what is opened in the container.
    private func planned(_ facts: CallerFacts) throws(RuntimeError) -> InitPlan {
        let hasUserNamespace = configuration.linux?.namespace(.user) != nil
        var facts = facts
        try facts.look(for: process)
        let planner = ProcessPlanner(process, facts: facts, ownsUserNamespace: hasUserNamespace)
        // The container's own were said when it was made.
        if request.processFile != nil { for warning in planner.warnings() { runtime.warn(warning) } }
        var plan = InitPlan(containerID: request.id, process: try planner.plan())
        plan.keepsLedger = runtime.ledger != nil
        plan.preservedDescriptors = request.preservedDescriptors
        if Planner.keepsGroups(configuration) { plan.process.groups = nil }
        plan.process.terminal?.bindsConsole = false
        plan.process.makesWorkingDirectory = false
        plan.process.personality = configuration.linux?.personality.map { UInt64($0.domain.number) }
        if let seccomp = configuration.linux?.seccomp {
            let profile: Profile
            do throws(SeccompError) { profile = try Profile(seccomp) } catch { throw RuntimeError(error) }
            plan.process.seccomp = try runtime.filter(for: profile)
        }
        return plan
    }

    /// The process as the request changes the container's own.
    private static func process(
        _ request: ExecRequest, _ configuration: Configuration, _ runtime: Runtime
    ) throws(RuntimeError) -> OCISpec.Process {
        guard var process = configuration.process else { throw .refused("/process", "is missing") }
        if let file = request.processFile { return try read(file, defaults: process, runtime) }
        process.args = request.arguments
        process.env += request.environment
        process.terminal = request.terminal ?? false
        process.consoleSize = nil
        // The mask is the first program's, like its terminal.
        process.user.umask = nil
        if let directory = request.workingDirectory { process.cwd = directory }
        if let uid = request.uid {
            process.user.uid = uid
            process.user.gid = request.gid ?? 0
            process.user.additionalGids = []
        }
        process.user.additionalGids += request.additionalGids
        if let profile = request.appArmorProfile { process.apparmorProfile = profile }
        if let label = request.seLinuxLabel { process.selinuxLabel = label }
        if request.noNewPrivileges { process.noNewPrivileges = true }
        if !request.capabilities.isEmpty {
            var sets = process.capabilities ?? Capabilities()
            sets.bounding += request.capabilities
            sets.effective += request.capabilities
            sets.permitted += request.capabilities
            process.capabilities = sets
        }
        return process
    }

    /// A `process` document; capabilities and user may be left out and are the container's then.
    private static func read(
        _ file: HostPath, defaults: OCISpec.Process, _ runtime: Runtime
    ) throws(RuntimeError) -> OCISpec.Process {
        let bytes: [UInt8]
        do throws(KernelError) { bytes = try readFile(file.string, limit: 16 << 20) } catch {
            throw RuntimeError(error, "cannot read the process file")
        }
        do throws(TreeError) {
            let root = try Document(json: bytes).root
            let decoded = try Decoded(OCISpec.Process.self, from: root)
            for warning in decoded.warnings.list { runtime.warn("\(file): \(warning)") }
            var process = decoded.value
            if try root.member("capabilities") == nil { process.capabilities = defaults.capabilities }
            if try root.member("user") == nil { process.user = defaults.user }
            return process
        } catch { throw RuntimeError(error, file: file.string) }
    }

    /// `location`: the container's cgroups of v1, which the child enters itself.
    func equip(
        _ launch: inout Launch, _ target: borrowing ExecTarget, _ location: Location, _ facts: CallerFacts
    ) throws(RuntimeError) {
        var plan = try planned(facts)
        runtime.note("planned")
        var cgroup = try Runtime.reopen(location)
        do throws(CgroupError) { try cgroup.openTasks() } catch { throw RuntimeError(error) }
        let namespaces = try target.joins()
        if !namespaces.joins.contains(where: { $0.kind == .mount }) { plan.root = target.rootWithoutNamespace() }
        plan.joins = namespaces.joins
        let descriptors = namespaces.takeDescriptors()
        plan.cgroupTasks = location.taskPaths
        if let score = process.oomScoreAdj { try setOOMScore(score, of: launch.pid) }
        if plan.joins.contains(where: { $0.kind == .user }) { try launch.raiseHardLimits(plan.process.limits) }
        try during("cannot send the plan to hull-init") { () throws(KernelError) in
            try launch.conversation.send(plan, descriptors: descriptors.descriptors)
            try launch.conversation.admit(cgroup.taskDescriptors)
            launch.closeExecutable()
            try launch.conversation.proceed()
        }
        runtime.note("plan sent")
    }

    private func setOOMScore(_ score: Int32, of pid: Int32) throws(RuntimeError) {
        try during("cannot set the OOM score") { () throws(KernelError) in
            try ProcFS().write("\(score)", to: "\(pid)/oom_score_adj")
        }
    }

    mutating func converse(_ launch: inout Launch) throws(RuntimeError) {
        var executing = false
        while true {
            switch try launch.nextReply() {
            case .message(.executing(let ledger)):
                runtime.note(ledger)
                executing = true
            case .message(.terminal):
                terminal = try Handover.passTerminal(launch.conversation.takeDescriptors(), to: request.consoleSocket)
            case .message(.failed(let failure)): throw RuntimeError(failure, origin: nil)
            case .notStarted(let failure):
                throw RuntimeError(.failed, "cannot start hull-init: \(failure.call): \(failure.errno)")
            case .end where executing: return runtime.note("executed")
            case .end: throw RuntimeError(.failed, "hull-init ended before it could execute the program")
            case .message: throw RuntimeError(.failed, "hull-init says something unexpected")
            }
        }
    }

}
