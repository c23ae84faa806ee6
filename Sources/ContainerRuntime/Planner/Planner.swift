import Cgroups
import InitProtocol
import LinuxTypes
import OCISpec
import SeccompFilter

/// What a caller may ask for beside the configuration.
public struct CreateOptions: Hashable, Sendable {
    /// Descriptors 3 … 3+N−1 go to the container's program.
    public var preservedDescriptors: UInt32 = 0
    /// How many of them are sockets that were passed to be listened on, `sd_listen_fds(3)`: the program is told so.
    public var listenDescriptors: UInt32 = 0
    /// `--no-pivot`: move the root instead, for root file systems on which `pivot_root` cannot work.
    public var noPivot = false
    /// `--no-new-keyring`: keep the caller's session keyring.
    public var noNewKeyring = false

    public init() {}
}

/// From a configuration and the facts of the host to a plan. Pure: it opens nothing and asks nothing.
///
/// A property is lowered into the plan, or refused with its JSON pointer. What has no effect and weakens nothing is a warning.
struct Planner {
    let configuration: Configuration
    let linux: Linux
    let id: String
    let bundle: HostPath
    let facts: HostFacts
    let options: CreateOptions
    private let processPlanner: ProcessPlanner
    var plan: ContainerPlan

    /// What must be known before the clone.
    static func planBirth(
        _ configuration: Configuration, id: String, bundle: HostPath, facts: HostFacts
    ) throws(RuntimeError) -> BirthPlan {
        guard let root = configuration.root else { throw .refused("/root", "is missing") }
        guard let path = resolve(root.path, in: bundle) else { throw .refused("/root/path", "is empty") }
        let linux = configuration.linux ?? Linux()
        let cgroup: Plan
        do throws(CgroupError) {
            cgroup = try Plan(layout: facts.cgroups, cgroupsPath: linux.cgroupsPath, id: id, resources: linux.resources)
        } catch { throw RuntimeError(error) }
        var birth = BirthPlan(rootfs: path, cgroup: cgroup)
        try birth.planNamespaces(linux)
        return birth
    }

    /// The whole plan for creating a container.
    static func plan(
        _ configuration: Configuration, birth: BirthPlan, id: String, bundle: HostPath, facts: HostFacts,
        options: CreateOptions
    ) throws(RuntimeError) -> ContainerPlan {
        var planner = try Planner(configuration, birth: birth, id: id, bundle: bundle, facts: facts, options: options)
        try planner.refuseWhatIsNotThereYet()
        try planner.planNames()
        try planner.planRoot()
        planner.planCgroupOwner()
        try planner.planSysctls()
        try planner.planProcess()
        try planner.planHooks()
        planner.plan.warnings += birth.cgroup.warnings
        return planner.plan
    }

    private init(
        _ configuration: Configuration, birth: BirthPlan, id: String, bundle: HostPath, facts: HostFacts,
        options: CreateOptions
    ) throws(RuntimeError) {
        guard let process = configuration.process else { throw .refused("/process", "is missing") }
        guard !process.args.isEmpty else { throw .refused("/process/args", "is empty, there is no program to run") }
        self.configuration = configuration
        linux = configuration.linux ?? Linux()
        self.id = id
        self.bundle = bundle
        self.facts = facts
        self.options = options
        processPlanner = ProcessPlanner(
            process, facts: facts.caller, ownsUserNamespace: configuration.linux?.namespace(.user) != nil)
        var initPlan = InitPlan(containerID: id, process: try processPlanner.plan())
        initPlan.firstStage = birth.firstStage
        initPlan.cgroupTasks = birth.cgroup.taskPaths
        initPlan.createsCgroupNamespace = birth.createsCgroupNamespace
        initPlan.bringsLoopbackUp = birth.bringsLoopbackUp
        plan = ContainerPlan(bundle: bundle, birth: birth, init: initPlan)
        for (index, join) in birth.joins.enumerated() { plan.origins[.init(.join, index)] = join.origin }
    }

    /// A host path of the configuration: absolute, or below the bundle.
    static func resolve(_ path: String, in bundle: HostPath) -> HostPath? {
        guard let host = HostPath(path) else { return nil }
        return host.isAbsolute ? host : bundle.appending(path)
    }

    var hasUserNamespace: Bool { linux.namespace(.user) != nil }
    var hasMountNamespace: Bool { linux.namespace(.mount) != nil }

    private mutating func planNames() throws(RuntimeError) {
        if linux.namespace(.uts) == nil {
            if configuration.hostname != nil { throw .refused("/hostname", "needs a uts namespace, it is the host's otherwise") }
            if configuration.domainname != nil {
                throw .refused("/domainname", "needs a uts namespace, it is the host's otherwise")
            }
        }
        plan.`init`.hostname = configuration.hostname.flatMap { $0.isEmpty ? nil : $0 }
        plan.`init`.domainname = configuration.domainname.flatMap { $0.isEmpty ? nil : $0 }
        plan.`init`.sessionKeyring = options.noNewKeyring ? nil : "_ses." + id
        plan.`init`.preservedDescriptors = options.preservedDescriptors
    }

    private mutating func planProcess() throws(RuntimeError) {
        guard let process = configuration.process else { return }
        if Self.keepsGroups(configuration) { plan.`init`.process.groups = nil }
        if options.listenDescriptors > 0 {
            let told = ["LISTEN_FDS=\(options.listenDescriptors)", "LISTEN_PID=1"]
            plan.`init`.process.environment = ProcessPlanner.lastOfEachKey(plan.`init`.process.environment + told)
        }
        plan.`init`.process.personality = linux.personality.map { UInt64($0.domain.number) }
        plan.warnings += processPlanner.warnings()
        plan.oomScoreAdj = process.oomScoreAdj
        for index in process.rlimits.indices { plan.origins[.init(.limits, index)] = "/process/rlimits/\(index)" }
        if let seccomp = linux.seccomp {
            do throws(SeccompError) { plan.seccomp = try Profile(seccomp) } catch {
                throw .refused("/linux/seccomp", "\(error)")
            }
        }
    }

    /// crun's annotation, which podman's `--group-add keep-groups` sets: the caller's groups instead of the configured ones.
    static func keepsGroups(_ configuration: Configuration) -> Bool {
        configuration.annotations["run.oci.keep_original_groups"] == "1"
    }

    private mutating func planHooks() throws(RuntimeError) {
        guard let hooks = configuration.hooks else { return }
        plan.`init`.waitsForRuntimeHooks = !hooks.prestart.isEmpty || !hooks.createRuntime.isEmpty
        plan.`init`.createContainerHooks = hooks.createContainer.map(Self.hook)
        plan.`init`.startContainerHooks = hooks.startContainer.map(Self.hook)
    }

    private static func hook(_ hook: Hook) -> HookPlan {
        HookPlan(
            path: hook.path, arguments: hook.args.isEmpty ? [hook.path] : hook.args, environment: hook.env,
            timeoutSeconds: hook.timeout.map { UInt32(clamping: $0) })
    }
}
