/// Everything that a process does between clone and execve, as a value: what `hull-init` reads, what `hull plan` will print, what tests compare.
public struct InitPlan: Hashable, WireValue {
    public var containerID: String
    /// Descriptors 3 … 3+N−1 go to the program; nothing else above 2 does.
    public var preservedDescriptors: UInt32
    /// In the order of joining.
    public var joins: [NamespaceJoin]
    public var firstStage: FirstStage?
    /// Paths of the cgroup v1 `tasks` files in which the init writes itself, for messages. The files come with `admitByte`, in this order.
    public var cgroupTasks: [String]
    /// After the last cgroup is entered.
    public var createsCgroupNamespace: Bool
    /// In a network namespace of its own.
    public var bringsLoopbackUp: Bool
    public var startsSession: Bool
    /// A new keyring of that name; nil keeps the caller's.
    public var sessionKeyring: String?
    public var hostname: String?
    public var domainname: String?
    public var sysctls: [SysctlPlan]
    /// nil for a process that joins a container which has its root.
    public var root: RootPlan?
    /// Tell the parent when all is mounted, and wait: it runs hooks of its own.
    public var waitsForRuntimeHooks: Bool
    public var createContainerHooks: [HookPlan]
    public var startContainerHooks: [HookPlan]
    public var hookState: HookState?
    /// Index of a listening socket: the init reports ready and goes on when somebody connects and says so. nil: it goes on when its parent says so.
    public var startSocket: UInt32?
    /// Report with the last message when each step was done.
    public var keepsLedger: Bool
    public var process: ProcessPlan

    public init(
        containerID: String, preservedDescriptors: UInt32 = 0, joins: [NamespaceJoin] = [], firstStage: FirstStage? = nil,
        cgroupTasks: [String] = [], createsCgroupNamespace: Bool = false, bringsLoopbackUp: Bool = false,
        startsSession: Bool = true,
        sessionKeyring: String? = nil, hostname: String? = nil, domainname: String? = nil, sysctls: [SysctlPlan] = [],
        root: RootPlan? = nil, waitsForRuntimeHooks: Bool = false, createContainerHooks: [HookPlan] = [],
        startContainerHooks: [HookPlan] = [], hookState: HookState? = nil, startSocket: UInt32? = nil,
        keepsLedger: Bool = false, process: ProcessPlan
    ) {
        self.containerID = containerID
        self.preservedDescriptors = preservedDescriptors
        self.joins = joins
        self.firstStage = firstStage
        self.cgroupTasks = cgroupTasks
        self.createsCgroupNamespace = createsCgroupNamespace
        self.bringsLoopbackUp = bringsLoopbackUp
        self.startsSession = startsSession
        self.sessionKeyring = sessionKeyring
        self.hostname = hostname
        self.domainname = domainname
        self.sysctls = sysctls
        self.root = root
        self.waitsForRuntimeHooks = waitsForRuntimeHooks
        self.createContainerHooks = createContainerHooks
        self.startContainerHooks = startContainerHooks
        self.hookState = hookState
        self.startSocket = startSocket
        self.keepsLedger = keepsLedger
        self.process = process
    }

    public func write(to writer: inout WireWriter) {
        containerID.write(to: &writer)
        preservedDescriptors.write(to: &writer)
        joins.write(to: &writer)
        firstStage.write(to: &writer)
        cgroupTasks.write(to: &writer)
        createsCgroupNamespace.write(to: &writer)
        bringsLoopbackUp.write(to: &writer)
        startsSession.write(to: &writer)
        sessionKeyring.write(to: &writer)
        hostname.write(to: &writer)
        domainname.write(to: &writer)
        sysctls.write(to: &writer)
        root.write(to: &writer)
        waitsForRuntimeHooks.write(to: &writer)
        createContainerHooks.write(to: &writer)
        startContainerHooks.write(to: &writer)
        hookState.write(to: &writer)
        startSocket.write(to: &writer)
        keepsLedger.write(to: &writer)
        process.write(to: &writer)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        containerID = try String(from: &reader)
        preservedDescriptors = try UInt32(from: &reader)
        joins = try [NamespaceJoin](from: &reader)
        firstStage = try FirstStage?(from: &reader)
        cgroupTasks = try [String](from: &reader)
        createsCgroupNamespace = try Bool(from: &reader)
        bringsLoopbackUp = try Bool(from: &reader)
        startsSession = try Bool(from: &reader)
        sessionKeyring = try String?(from: &reader)
        hostname = try String?(from: &reader)
        domainname = try String?(from: &reader)
        sysctls = try [SysctlPlan](from: &reader)
        root = try RootPlan?(from: &reader)
        waitsForRuntimeHooks = try Bool(from: &reader)
        createContainerHooks = try [HookPlan](from: &reader)
        startContainerHooks = try [HookPlan](from: &reader)
        hookState = try HookState?(from: &reader)
        startSocket = try UInt32?(from: &reader)
        keepsLedger = try Bool(from: &reader)
        process = try ProcessPlan(from: &reader)
    }
}

/// A kernel parameter of the container's namespaces.
public struct SysctlPlan: Hashable, WireValue {
    /// Below `/proc/sys`, as `net/ipv4/ip_forward`.
    public var path: String
    public var value: String

    public init(path: String, value: String) {
        self.path = path
        self.value = value
    }

    public func write(to writer: inout WireWriter) {
        path.write(to: &writer)
        value.write(to: &writer)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        path = try String(from: &reader)
        value = try String(from: &reader)
    }
}
