public import StrictTree

/// `linux.resources`: limits by cgroups. Numbers are as written: what -1 and 0 mean differs between the controllers.
public struct Resources: SpecValue {
    /// In order: a later rule overrides.
    public var devices: [DeviceRule]
    public var memory: Memory?
    public var cpu: CPU?
    public var pids: Pids?
    public var blockIO: BlockIO?
    public var hugepageLimits: [HugepageLimit]
    public var network: Network?
    /// By device, as `mlx5_1`.
    public var rdma: OrderedMap<Rdma>
    /// From a file of cgroup v2 to what is written there.
    public var unified: OrderedMap<String>

    public init(
        devices: [DeviceRule] = [], memory: Memory? = nil, cpu: CPU? = nil, pids: Pids? = nil, blockIO: BlockIO? = nil,
        hugepageLimits: [HugepageLimit] = [], network: Network? = nil, rdma: OrderedMap<Rdma> = [:],
        unified: OrderedMap<String> = [:]
    ) {
        self.devices = devices
        self.memory = memory
        self.cpu = cpu
        self.pids = pids
        self.blockIO = blockIO
        self.hugepageLimits = hugepageLimits
        self.network = network
        self.rdma = rdma
        self.unified = unified
    }
}

extension Resources {
    public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        devices = try fields.list("devices", &warnings)
        memory = try fields.object("memory", &warnings)
        cpu = try fields.object("cpu", &warnings)
        pids = try fields.object("pids", &warnings)
        blockIO = try fields.object("blockIO", &warnings)
        hugepageLimits = try fields.list("hugepageLimits", &warnings)
        network = try fields.object("network", &warnings)
        rdma = try fields.map("rdma", &warnings)
        unified = try fields.stringMap("unified")
        if let written = fields.optional("unified") {
            for entry in unified where entry.key.isEmpty || entry.key.utf8.contains(UInt8(ascii: "/")) {
                throw written.failure("'\(entry.key)' is no name of a cgroup file")
            }
        }
        warnings.addUnknown(of: fields)
    }

    public func writeMembers(to json: inout JSONWriter) {
        json.list("devices", devices)
        json.member("memory", memory)
        json.member("cpu", cpu)
        json.member("pids", pids)
        json.member("blockIO", blockIO)
        json.list("hugepageLimits", hugepageLimits)
        json.member("network", network)
        json.map("rdma", rdma)
        json.map("unified", unified)
    }
}
