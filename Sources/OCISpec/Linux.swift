public import LinuxTypes
public import StrictTree

/// The section `linux` of a configuration.
public struct Linux: SpecValue {
    /// At most one of each kind; a kind that is absent is inherited.
    public var namespaces: [Namespace]
    public var uidMappings: [IDMapping]
    public var gidMappings: [IDMapping]
    public var timeOffsets: TimeOffsets?
    public var devices: [Device]
    /// From the interface's name on the host.
    public var netDevices: OrderedMap<NetDevice>
    /// As written: its meaning is that of the cgroup driver in use.
    public var cgroupsPath: String?
    public var resources: Resources?
    public var rootfsPropagation: Propagation?
    public var seccomp: Seccomp?
    public var sysctl: OrderedMap<String>
    public var maskedPaths: [String]
    public var readonlyPaths: [String]
    public var mountLabel: String?
    public var personality: Personality?
    public var intelRdt: IntelRdt?
    public var memoryPolicy: MemoryPolicy?

    public init(
        namespaces: [Namespace] = [], uidMappings: [IDMapping] = [], gidMappings: [IDMapping] = [],
        timeOffsets: TimeOffsets? = nil, devices: [Device] = [], netDevices: OrderedMap<NetDevice> = [:],
        cgroupsPath: String? = nil, resources: Resources? = nil, rootfsPropagation: Propagation? = nil, seccomp: Seccomp? = nil,
        sysctl: OrderedMap<String> = [:], maskedPaths: [String] = [], readonlyPaths: [String] = [], mountLabel: String? = nil,
        personality: Personality? = nil, intelRdt: IntelRdt? = nil, memoryPolicy: MemoryPolicy? = nil
    ) {
        self.namespaces = namespaces
        self.uidMappings = uidMappings
        self.gidMappings = gidMappings
        self.timeOffsets = timeOffsets
        self.devices = devices
        self.netDevices = netDevices
        self.cgroupsPath = cgroupsPath
        self.resources = resources
        self.rootfsPropagation = rootfsPropagation
        self.seccomp = seccomp
        self.sysctl = sysctl
        self.maskedPaths = maskedPaths
        self.readonlyPaths = readonlyPaths
        self.mountLabel = mountLabel
        self.personality = personality
        self.intelRdt = intelRdt
        self.memoryPolicy = memoryPolicy
    }

    /// The entry of a kind; nil where the container shares that namespace with its creator.
    public func namespace(_ kind: NamespaceKind) -> Namespace? { namespaces.first { $0.type == kind } }
}

extension Linux {
    public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        namespaces = try Self.namespaces(&fields, &warnings)
        uidMappings = try fields.list("uidMappings", &warnings)
        gidMappings = try fields.list("gidMappings", &warnings)
        timeOffsets = try fields.object("timeOffsets", &warnings)
        devices = try fields.list("devices", &warnings)
        netDevices = try fields.map("netDevices", &warnings)
        cgroupsPath = try fields.string("cgroupsPath")
        resources = try fields.object("resources", &warnings)
        rootfsPropagation = try fields.text("rootfsPropagation") == nil ? nil : fields.choice("rootfsPropagation")
        seccomp = try fields.object("seccomp", &warnings)
        sysctl = try fields.stringMap("sysctl")
        maskedPaths = try fields.strings("maskedPaths")
        readonlyPaths = try fields.strings("readonlyPaths")
        mountLabel = try fields.string("mountLabel")
        personality = try fields.object("personality", &warnings)
        intelRdt = try fields.object("intelRdt", &warnings)
        memoryPolicy = try fields.object("memoryPolicy", &warnings)
        warnings.addUnknown(of: fields)
    }

    private static func namespaces(_ fields: inout Fields, _ warnings: inout Warnings) throws(TreeError) -> [Namespace] {
        guard let value = fields.optional("namespaces") else { return [] }
        var namespaces: [Namespace] = []
        for element in try value.array {
            let namespace = try Namespace(from: element, noting: &warnings)
            guard !namespaces.contains(where: { $0.type == namespace.type }) else {
                throw element.failure("a second namespace of type '\(namespace.type.specName)'")
            }
            namespaces.append(namespace)
        }
        return namespaces
    }

    public func writeMembers(to json: inout JSONWriter) {
        json.list("uidMappings", uidMappings)
        json.list("gidMappings", gidMappings)
        json.map("sysctl", sysctl)
        json.member("resources", resources)
        json.member("cgroupsPath", cgroupsPath)
        json.list("namespaces", namespaces)
        json.list("devices", devices)
        json.map("netDevices", netDevices)
        json.member("seccomp", seccomp)
        json.member("rootfsPropagation", rootfsPropagation?.rawValue)
        json.list("maskedPaths", maskedPaths)
        json.list("readonlyPaths", readonlyPaths)
        json.member("mountLabel", mountLabel)
        json.member("intelRdt", intelRdt)
        json.member("memoryPolicy", memoryPolicy)
        json.member("personality", personality)
        json.member("timeOffsets", timeOffsets)
    }
}
