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
        let store = try existingStore(for: request.id, .looking)
        let facts = try CallerFacts.ofCaller()
        // No lock: a thousand of these may run at once. That what is opened is the container's is proved afterwards, by its init being alive.
        let (record, configuration) = try store.recordAndConfiguration(of: request.id)
        note("configuration read")
        let target = try Self.target(record, request.id, facts, store)
        var execution = try Execution(self, request, configuration, target)
        if !request.isDetached {
            try during("cannot prepare to wait") { () throws(KernelError) in try setBlockedSignals(ForegroundLoop.signals) }
        }
        var cgroup = try Self.reopen(record)
        let launch = try execution.launch(&cgroup, facts)
        if let path = request.pidfdSocket {
            try Handover.send(launch.pidfd.descriptor, saying: "pidfd", to: path, what: "pidfd")
        }
        if let path = request.pidFile { try Handover.writePIDFile(launch.pid, to: path) }
        if request.isDetached { return 0 }
        do throws(KernelError) {
            var loop = try ForegroundLoop(
                pid: launch.pid, pidfd: launch.pidfd.descriptor, terminal: execution.terminal.take())
            let status = try loop.run()
            note("program ended")
            return status.shellCode
        } catch { throw RuntimeError(error, "cannot wait for the program") }
    }

    private static func reopen(_ record: ContainerRecord) throws(RuntimeError) -> Cgroup {
        do throws(CgroupError) { return try Cgroup(reopening: record.cgroup) } catch { throw RuntimeError(error) }
    }

    /// The container's init, which must be there and not waiting to be made or taken apart.
    private static func target(
        _ record: ContainerRecord, _ id: String, _ facts: CallerFacts, _ store: borrowing ContainerStore
    ) throws(RuntimeError) -> ProcessIdentity {
        let status = try status(of: record, id: id, bootID: facts.bootID) { () throws(RuntimeError) in try store.openDirectory(id)
        }
        switch status {
        case .running, .created: break
        case .stopped: throw RuntimeError(.wrongStatus, "container '\(id)': cannot exec in a stopped container")
        case .paused: throw RuntimeError(.wrongStatus, "container '\(id)': cannot exec in a paused container")
        case .creating:
            throw RuntimeError(.wrongStatus, "container '\(id)': cannot exec in a container that is still being created")
        }
        guard let process = record.initProcess else { throw ContainerStore.missing(id) }
        return process
    }
}

/// One program to run in a container: its plan, and how it is brought there.
private struct Execution: ~Copyable {
    private let runtime: Runtime
    private let request: ExecRequest
    private let configuration: Configuration
    private let process: OCISpec.Process
    private let target: ProcessIdentity
    /// The master of its terminal, where nobody else got it.
    var terminal: OwnedDescriptor?

    init(
        _ runtime: Runtime, _ request: ExecRequest, _ configuration: Configuration, _ target: ProcessIdentity
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
        self.target = target
        terminal = nil
    }

    /// All but what is opened in the container.
    private func planned(_ facts: CallerFacts) throws(RuntimeError) -> InitPlan {
        let hasUserNamespace = configuration.linux?.namespace(.user) != nil
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

    /// Clones first and finds out the rest while the child is on its way to hull-init, where it waits for its plan.
    mutating func launch(_ cgroup: inout Cgroup, _ facts: CallerFacts) throws(RuntimeError) -> Launch {
        var launchRequest = Launch.Request()
        launchRequest.cgroup = cgroup.intoDescriptor
        let pidNamespace = try openPIDNamespace()
        try proveTargetLives()
        launchRequest.pidNamespace = Launch.reference(pidNamespace)
        launchRequest.mayBeTraced = configuration.linux?.namespace(.user) == nil
        var launch = try Launch(launchRequest)
        runtime.note("cloned")
        do throws(RuntimeError) {
            try equip(&launch, &cgroup, facts)
            try converse(&launch)
            return launch
        } catch {
            var failure = error
            do throws(KernelError) { try launch.abandon() } catch { failure = failure.addingCleanup("\(error)") }
            throw failure
        }
    }

    private func equip(_ launch: inout Launch, _ cgroup: inout Cgroup, _ facts: CallerFacts) throws(RuntimeError) {
        var plan = try planned(facts)
        runtime.note("planned")
        do throws(CgroupError) { try cgroup.openTasks() } catch { throw RuntimeError(error) }
        let differing = try differingNamespaces()
        if !differing.contains(where: { $0.kind == .mount }) { plan.root = try rootWithoutNamespace() }
        let joins = try NamespaceJoins(differing)
        try proveTargetLives()
        plan.joins = joins.joins
        let descriptors = joins.takeDescriptors()
        plan.cgroupTasks = cgroup.tasksPlan(firstIndex: descriptors.count)
        if let score = process.oomScoreAdj { try setOOMScore(score, of: launch.pid) }
        if differing.contains(where: { $0.kind == .user }) { try launch.raiseHardLimits(plan.process.limits) }
        try during("cannot send the plan to hull-init") { () throws(KernelError) in
            try launch.conversation.send(plan, descriptors: descriptors.descriptors + cgroup.taskDescriptors)
            launch.closeExecutable()
            try launch.conversation.proceed()
        }
        runtime.note("plan sent")
    }

    /// The namespaces of the container's init that are not ours already, less the PID namespace, in which the child is born.
    private func differingNamespaces() throws(RuntimeError) -> [PlannedJoin] {
        var planned: [PlannedJoin] = []
        for kind in NamespaceKind.allCases where kind != .pid {
            if let path = try pathOfDiffering(kind) { planned.append(PlannedJoin(kind: kind, path: path, origin: "")) }
        }
        return planned
    }

    /// Where the container's namespace of a kind is; nil where it is ours too.
    private func pathOfDiffering(_ kind: NamespaceKind) throws(RuntimeError) -> HostPath? {
        let path = "/proc/\(target.pid)/ns/\(kind.procName)"
        let differs = try during("cannot look at the container's namespaces") { () throws(KernelError) in
            let theirs: String
            do throws(KernelError) {
                theirs = try FileDescriptor.workingDirectory.readLink(path)
            } catch let error where error.errno == .ENOENT {
                // A kernel without this kind, or a process that has just ended, which `proveTargetLives` finds.
                return false
            }
            return try theirs != FileDescriptor.workingDirectory.readLink("/proc/self/ns/\(kind.procName)")
        }
        return differs ? HostPath(path) : nil
    }

    /// Order: after namespaces are open, before they are entered: a pid that was reused meanwhile would have given others.
    private func proveTargetLives() throws(RuntimeError) {
        let alive = try during("cannot look at the container's init") { () throws(KernelError) in
            try target.isAlive(currentBootID: target.bootID)
        }
        guard alive else {
            throw RuntimeError(.wrongStatus, "container '\(request.id)': cannot exec in a stopped container")
        }
    }

    /// A container without a mount namespace has only its root directory to itself: the program must be given the same.
    private func rootWithoutNamespace() throws(RuntimeError) -> RootPlan? {
        guard let path = HostPath("/proc/\(target.pid)/root") else { return nil }
        return RootPlan(path: path, change: .chroot)
    }

    private func openPIDNamespace() throws(RuntimeError) -> NamespaceHandle? {
        guard let path = try pathOfDiffering(.pid) else { return nil }
        return try during("cannot open the container's pid namespace") { () throws(KernelError) in
            try NamespaceHandle(path: path.string, kind: .pid)
        }
    }

    private func setOOMScore(_ score: Int32, of pid: Int32) throws(RuntimeError) {
        try during("cannot set the OOM score") { () throws(KernelError) in
            try ProcFS().write("\(score)", to: "\(pid)/oom_score_adj")
        }
    }

    private mutating func converse(_ launch: inout Launch) throws(RuntimeError) {
        var executing = false
        while true {
            switch try launch.nextReply() {
            case .message(.executing(let ledger)):
                runtime.note(ledger)
                executing = true
            case .message(.terminal): try passTerminal(launch.conversation.takeDescriptors())
            case .message(.failed(let failure)): throw RuntimeError(failure, origin: nil)
            case .notStarted(let failure):
                throw RuntimeError(.failed, "cannot start hull-init: \(failure.call): \(failure.errno)")
            case .end where executing: return runtime.note("executed")
            case .end: throw RuntimeError(.failed, "hull-init ended before it could execute the program")
            case .message: throw RuntimeError(.failed, "hull-init says something unexpected")
            }
        }
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
}
