import Cgroups
import InitProtocol
import LinuxKernel
import LinuxTypes
import OCISpec

/// Makes one container from a claimed record to the point where its init waits, or where its program runs.
///
/// Every effect that outlives us is in the record before it happens, so that whoever finds us killed can undo it.
struct Maker: ~Copyable {
    let runtime: Runtime
    let request: CreateRequest
    let bundle: Bundle
    let facts: HostFacts
    let birth: BirthPlan
    /// Whether the init waits on the start socket, as after `create`, or goes on at once, as in `run`.
    let waitsForStart: Bool
    var container: LockedContainer
    var cgroup: Cgroup
    /// The master of the container's terminal, where nobody else got it.
    var terminal: OwnedDescriptor?
    private var mayHaveRunHooks: Bool

    /// Plans what the clone needs, and claims the id. Nothing has happened to the kernel yet.
    init(_ runtime: Runtime, _ request: CreateRequest, waitsForStart: Bool, keepsTerminal: Bool) throws(RuntimeError) {
        try Runtime.check(id: request.id)
        let bundle = try Bundle(request)
        try Self.checkTerminal(bundle.configuration.process, request, keepsTerminal: keepsTerminal)
        runtime.note("configuration read")
        for warning in bundle.warnings { runtime.warn(warning) }
        let facts = try HostFacts.ofHost(for: bundle.configuration)
        runtime.note("host looked at")
        let birth = try Planner.planBirth(bundle.configuration, id: request.id, bundle: bundle.path, facts: facts)
        runtime.note("birth planned")
        guard let store = try ContainerStore(runtime, for: .creating) else { throw ContainerStore.missing(request.id) }
        var container = try store.lockForClaim(request.id)
        do throws(RuntimeError) {
            if let left = container.record { try runtime.takeOver(left, request.id, bootID: facts.bootID) }
            let record = try Self.firstRecord(bundle, birth, facts)
            try container.claim(record, configuration: bundle.bytes)
        } catch {
            throw container.abandonClaim(after: error)
        }
        runtime.note("claimed")
        self.runtime = runtime
        self.request = request
        self.bundle = bundle
        self.facts = facts
        self.birth = birth
        self.waitsForStart = waitsForStart
        self.container = container
        cgroup = Cgroup(birth.cgroup)
        terminal = nil
        mayHaveRunHooks = false
    }

    private static func firstRecord(
        _ bundle: borrowing Bundle, _ birth: BirthPlan, _ facts: HostFacts
    ) throws(RuntimeError) -> ContainerRecord {
        let places: Location
        // What is going to be made, before it is: whoever finds us killed knows where to look.
        do throws(CgroupError) { places = try birth.cgroup.survey() } catch { throw RuntimeError(error) }
        let hooks = bundle.configuration.hooks
        return ContainerRecord(
            phase: .creating, ociVersion: bundle.configuration.ociVersion, bundle: bundle.path.string,
            rootfs: birth.rootfs.string, created: WallTime.now().rfc3339,
            ownerName: effectiveUID() == 0 ? "root" : "\(effectiveUID())",
            owner: try ownIdentity(facts), initProcess: nil, cgroup: places, annotations: bundle.configuration.annotations,
            hasPoststartHooks: hooks?.poststart.isEmpty == false,
            hasStartContainerHooks: hooks?.startContainer.isEmpty == false,
            hasPoststopHooks: hooks?.poststop.isEmpty == false)
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
            try ProcessIdentity.own(bootID: facts.bootID)
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
            let runner = HookRunner(state: state(.stopped, pid: 0))
            let warn = runtime.warn
            do throws(RuntimeError) {
                try container.unlocked { () throws(RuntimeError) in runner.runAll(.poststop, hooks.poststop, warn: warn) }
            } catch {
                // Somebody else has taken the container away while our hooks ran.
                if error.kind == .missing { return failure }
                failure = failure.addingCleanup("\(error)")
            }
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
        let joins = try NamespaceJoins(birth.joins)
        let pidNamespace = try openPIDNamespace()
        try cgroupStep { (cgroup: inout Cgroup) throws(CgroupError) in try cgroup.prepareUnified() }
        runtime.note("cgroup v2 made")
        var request = Launch.Request()
        request.clonedNamespaces = birth.clonedNamespaces
        request.cgroup = cgroup.intoDescriptor
        request.asSibling = self.request.asSibling
        request.pidNamespace = Launch.reference(pidNamespace)
        request.mayBeTraced = bundle.configuration.linux?.namespace(.user) == nil
        request.hasSmallMemoryLimit = hasSmallMemoryLimit
        request.childMakesNamespaces = !birth.cgroup.legacy.isEmpty && !birth.cgroup.chargesMemoryAtBirth
        var launch = try Launch(request)
        runtime.note("cloned")
        do throws(RuntimeError) {
            var plan = try planRest(joins)
            mayHaveRunHooks = true
            try equip(&launch, &plan, joins)
            try converse(&launch, plan)
            return launch
        } catch {
            var failure = error
            do throws(KernelError) { try launch.abandon() } catch { failure = failure.addingCleanup("\(error)") }
            throw failure
        }
    }

    /// What the clone need not wait for. A configuration that is refused here costs the child its life, and leaves nothing.
    private func planRest(_ joins: borrowing NamespaceJoins) throws(RuntimeError) -> ContainerPlan {
        var facts = facts
        facts.joinedUserOwnsNetwork = joins.owns(.network)
        var plan = try Planner.plan(
            bundle.configuration, birth: birth, id: request.id, bundle: bundle.path, facts: facts, options: request.options)
        plan.`init`.keepsLedger = runtime.ledger != nil
        for warning in plan.warnings { runtime.warn(warning) }
        runtime.note("planned")
        return plan
    }

    private func openPIDNamespace() throws(RuntimeError) -> NamespaceHandle? {
        guard let path = birth.joinedPIDNamespace else { return nil }
        return try during("cannot open the pid namespace") { () throws(KernelError) in
            try NamespaceHandle(path: path.string, kind: .pid)
        }
    }

    /// Below this the pages of hull-init itself would count.
    private var hasSmallMemoryLimit: Bool {
        guard let limit = bundle.configuration.linux?.resources?.memory?.limit else { return false }
        return limit > 0 && limit < 32 << 20
    }

    mutating func cgroupStep(_ body: (inout Cgroup) throws(CgroupError) -> Void) throws(RuntimeError) {
        do throws(CgroupError) { try body(&cgroup) } catch { throw RuntimeError(error) }
    }

    mutating func record(_ launch: borrowing Launch, _ phase: ContainerRecord.Phase) throws(RuntimeError) {
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
}
