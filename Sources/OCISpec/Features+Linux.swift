public import LinuxTypes
import StrictTree

extension Features {
    /// features-linux.json.
    public struct Linux: Equatable, Sendable {
        public var namespaces: [NamespaceKind]?
        public var capabilities: [String]?
        public var cgroup: Cgroup?
        public var seccomp: Seccomp?
        public var apparmor: Bool?
        public var selinux: Bool?
        public var intelRdt: IntelRdt?
        public var memoryPolicy: MemoryPolicy?
        /// `mountExtensions.idmap.enabled`.
        public var idmap: Bool?
        public var netDevices: Bool?

        public init(
            namespaces: [NamespaceKind]? = nil, capabilities: [String]? = nil, cgroup: Cgroup? = nil, seccomp: Seccomp? = nil,
            apparmor: Bool? = nil, selinux: Bool? = nil, intelRdt: IntelRdt? = nil, memoryPolicy: MemoryPolicy? = nil,
            idmap: Bool? = nil, netDevices: Bool? = nil
        ) {
            self.namespaces = namespaces
            self.capabilities = capabilities
            self.cgroup = cgroup
            self.seccomp = seccomp
            self.apparmor = apparmor
            self.selinux = selinux
            self.intelRdt = intelRdt
            self.memoryPolicy = memoryPolicy
            self.idmap = idmap
            self.netDevices = netDevices
        }
    }

    /// `linux.cgroup`.
    public struct Cgroup: Equatable, Sendable {
        public var v1: Bool?
        public var v2: Bool?
        public var systemd: Bool?
        public var systemdUser: Bool?
        public var rdma: Bool?

        public init(v1: Bool? = nil, v2: Bool? = nil, systemd: Bool? = nil, systemdUser: Bool? = nil, rdma: Bool? = nil) {
            self.v1 = v1
            self.v2 = v2
            self.systemd = systemd
            self.systemdUser = systemdUser
            self.rdma = rdma
        }
    }

    /// `linux.seccomp`.
    public struct Seccomp: Equatable, Sendable {
        public var enabled: Bool?
        public var actions: [SeccompAction]?
        public var operators: [SeccompOperator]?
        public var archs: [SeccompArchitecture]?
        public var knownFlags: [SeccompFlag]?
        public var supportedFlags: [SeccompFlag]?

        public init(
            enabled: Bool? = nil, actions: [SeccompAction]? = nil, operators: [SeccompOperator]? = nil,
            archs: [SeccompArchitecture]? = nil, knownFlags: [SeccompFlag]? = nil, supportedFlags: [SeccompFlag]? = nil
        ) {
            self.enabled = enabled
            self.actions = actions
            self.operators = operators
            self.archs = archs
            self.knownFlags = knownFlags
            self.supportedFlags = supportedFlags
        }
    }

    /// `linux.intelRdt`.
    public struct IntelRdt: Equatable, Sendable {
        public var enabled: Bool?
        public var schemata: Bool?
        public var monitoring: Bool?

        public init(enabled: Bool? = nil, schemata: Bool? = nil, monitoring: Bool? = nil) {
            self.enabled = enabled
            self.schemata = schemata
            self.monitoring = monitoring
        }
    }

    /// `linux.memoryPolicy`.
    public struct MemoryPolicy: Equatable, Sendable {
        public var modes: [MemoryPolicyMode]?
        public var flags: [MemoryPolicyFlag]?

        public init(modes: [MemoryPolicyMode]? = nil, flags: [MemoryPolicyFlag]? = nil) {
            self.modes = modes
            self.flags = flags
        }
    }
}

extension Features.Linux {
    func writeMembers(to json: inout JSONWriter) {
        json.member("namespaces", namespaces?.map(\.specName))
        json.member("capabilities", capabilities)
        if let cgroup { json.object("cgroup") { cgroup.writeMembers(to: &$0) } }
        if let seccomp { json.object("seccomp") { seccomp.writeMembers(to: &$0) } }
        if let apparmor { json.object("apparmor") { $0.member("enabled", apparmor) } }
        if let selinux { json.object("selinux") { $0.member("enabled", selinux) } }
        if let intelRdt {
            json.object("intelRdt") { json in
                json.member("enabled", intelRdt.enabled)
                json.member("schemata", intelRdt.schemata)
                json.member("monitoring", intelRdt.monitoring)
            }
        }
        if let memoryPolicy {
            json.object("memoryPolicy") { json in
                json.member("modes", memoryPolicy.modes?.map(\.rawValue))
                json.member("flags", memoryPolicy.flags?.map(\.rawValue))
            }
        }
        if let idmap {
            json.object("mountExtensions") { json in
                json.object("idmap") { $0.member("enabled", idmap) }
            }
        }
        if let netDevices { json.object("netDevices") { $0.member("enabled", netDevices) } }
    }
}

extension Features.Cgroup {
    func writeMembers(to json: inout JSONWriter) {
        json.member("v1", v1)
        json.member("v2", v2)
        json.member("systemd", systemd)
        json.member("systemdUser", systemdUser)
        json.member("rdma", rdma)
    }
}

extension Features.Seccomp {
    func writeMembers(to json: inout JSONWriter) {
        json.member("enabled", enabled)
        json.member("actions", actions?.map(\.rawValue))
        json.member("operators", operators?.map(\.rawValue))
        json.member("archs", archs?.map(\.rawValue))
        json.member("knownFlags", knownFlags?.map(\.rawValue))
        json.member("supportedFlags", supportedFlags?.map(\.rawValue))
    }
}
