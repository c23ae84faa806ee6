public import StrictTree

extension Resources {
    /// `linux.resources.network`: net_cls and net_prio, cgroup v1 only.
    public struct Network: SpecValue {
        public var classID: UInt32?
        public var priorities: [InterfacePriority]

        public init(classID: UInt32? = nil, priorities: [InterfacePriority] = []) {
            self.classID = classID
            self.priorities = priorities
        }
    }

    /// The priority of one interface.
    public struct InterfacePriority: SpecValue {
        public var name: String
        public var priority: UInt32

        public init(name: String, priority: UInt32) {
            self.name = name
            self.priority = priority
        }
    }

    /// Limits of one RDMA device, at least one of them.
    public struct Rdma: SpecValue {
        public var hcaHandles: UInt32?
        public var hcaObjects: UInt32?

        public init(hcaHandles: UInt32? = nil, hcaObjects: UInt32? = nil) {
            self.hcaHandles = hcaHandles
            self.hcaObjects = hcaObjects
        }
    }
}

extension Resources.Network {
    public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        classID = try fields.uint32("classID")
        priorities = try fields.list("priorities", &warnings)
        warnings.addUnknown(of: fields)
    }

    public func writeMembers(to json: inout JSONWriter) {
        json.member("classID", classID)
        json.list("priorities", priorities)
    }
}

extension Resources.InterfacePriority {
    public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        name = try fields.required("name").string
        priority = try fields.required("priority").integer(in: 0...UInt32.max)
        warnings.addUnknown(of: fields)
    }

    public func writeMembers(to json: inout JSONWriter) {
        json.member("name", name)
        json.member("priority", priority)
    }
}

extension Resources.Rdma {
    public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        hcaHandles = try fields.uint32("hcaHandles")
        hcaObjects = try fields.uint32("hcaObjects")
        guard hcaHandles != nil || hcaObjects != nil else { throw value.failure("'hcaHandles' or 'hcaObjects' is needed") }
        warnings.addUnknown(of: fields)
    }

    public func writeMembers(to json: inout JSONWriter) {
        json.member("hcaHandles", hcaHandles)
        json.member("hcaObjects", hcaObjects)
    }
}
