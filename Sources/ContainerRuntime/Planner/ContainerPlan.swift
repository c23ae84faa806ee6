public import Cgroups
public import InitProtocol
public import LinuxTypes
public import SeccompFilter

/// What must be known before the container's process is cloned. The rest is planned while that process is on its way to hull-init.
public struct BirthPlan: Equatable, Sendable {
    public var rootfs: HostPath
    public var cgroup: Plan
    /// Namespaces that the clone makes. Empty where a first stage makes them.
    public var clonedNamespaces: [NamespaceKind] = []
    /// A PID namespace that the parent enters for the clone: it holds only for children.
    public var joinedPIDNamespace: HostPath?
    public var createsCgroupNamespace = false
    public var bringsLoopbackUp = false
    public var userMaps: UserMaps?
    /// Namespaces that the init joins, before they are open.
    public var joins: [PlannedJoin] = []
    public var firstStage: FirstStage?

    public init(rootfs: HostPath, cgroup: Plan) {
        self.rootfs = rootfs
        self.cgroup = cgroup
    }
}

/// Everything that will be done for one container, as a value: what the parent does itself, and the plan that its init gets.
public struct ContainerPlan: Equatable, Sendable {
    /// Absolute, without the links of the caller's path.
    public var bundle: HostPath
    public var birth: BirthPlan
    /// nil leaves the caller's score.
    public var oomScoreAdj: Int32?
    /// The host's user who gets the v2 cgroup; nil leaves it to root.
    public var cgroupOwner: UInt32?
    /// Lowered, not yet compiled; `init.process.seccomp` follows from it.
    public var seccomp: Profile?
    /// `joins` follow from `birth`, once they are open.
    public var `init`: InitPlan
    /// For mounts whose owners are mapped, by their index in `init.root.mounts`: done by the parent, who opens them.
    public var ownerMaps: [Int: OwnerMaps] = [:]
    /// Where in the configuration the objects of each step come from, for errors.
    public var origins: [Origin: String] = [:]
    /// For each kind of namespace whose kernel parameters are set, where one of them stands: a namespace that is joined must not be the host's.
    public var sysctlOrigins: [NamespaceKind: String] = [:]
    /// What was asked for and has no effect, each with its JSON pointer.
    public var warnings: [String] = []

    /// An object of an init step.
    public struct Origin: Hashable, Sendable {
        public var step: InitStep
        public var index: UInt32

        public init(_ step: InitStep, _ index: Int) {
            self.step = step
            self.index = UInt32(index)
        }
    }
}

/// A namespace to join by path.
public struct PlannedJoin: Hashable, Sendable {
    public var kind: NamespaceKind
    public var path: HostPath
    /// JSON pointer.
    public var origin: String
}

/// Whose the files of a bind are: `mount_setattr(2)` with `MOUNT_ATTR_IDMAP`.
public struct OwnerMaps: Hashable, Sendable {
    /// nil for those of the container's user namespace.
    public var maps: UserMaps?
    /// Whether the mounts below are mapped, too.
    public var isRecursive: Bool
}

/// The maps of a new user namespace, `user_namespaces(7)`.
public struct UserMaps: Hashable, Sendable {
    public struct Entry: Hashable, Sendable {
        public var inside: UInt32
        public var outside: UInt32
        public var count: UInt32
    }

    public var uids: [Entry]
    public var gids: [Entry]

    /// The lines for `/proc/PID/uid_map` or `gid_map`.
    static func text(_ entries: [Entry]) -> String {
        entries.map { "\($0.inside) \($0.outside) \($0.count)\n" }.joined()
    }
}
