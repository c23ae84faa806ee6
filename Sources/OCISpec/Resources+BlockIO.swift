public import StrictTree

extension Resources {
    /// `linux.resources.blockIO`.
    public struct BlockIO: SpecValue {
        /// 10 … 1000; 0 leaves it.
        public var weight: UInt16?
        /// cgroup v1 only, as every leaf weight.
        public var leafWeight: UInt16?
        public var weightDevice: [WeightDevice]
        /// Bytes per second, as the next.
        public var throttleReadBpsDevice: [ThrottleDevice]
        public var throttleWriteBpsDevice: [ThrottleDevice]
        /// Operations per second, as the next.
        public var throttleReadIOPSDevice: [ThrottleDevice]
        public var throttleWriteIOPSDevice: [ThrottleDevice]

        public init(
            weight: UInt16? = nil, leafWeight: UInt16? = nil, weightDevice: [WeightDevice] = [],
            throttleReadBpsDevice: [ThrottleDevice] = [], throttleWriteBpsDevice: [ThrottleDevice] = [],
            throttleReadIOPSDevice: [ThrottleDevice] = [], throttleWriteIOPSDevice: [ThrottleDevice] = []
        ) {
            self.weight = weight
            self.leafWeight = leafWeight
            self.weightDevice = weightDevice
            self.throttleReadBpsDevice = throttleReadBpsDevice
            self.throttleWriteBpsDevice = throttleWriteBpsDevice
            self.throttleReadIOPSDevice = throttleReadIOPSDevice
            self.throttleWriteIOPSDevice = throttleWriteIOPSDevice
        }
    }

    /// The weight of one block device.
    public struct WeightDevice: SpecValue {
        public var major: UInt32
        public var minor: UInt32
        public var weight: UInt16?
        public var leafWeight: UInt16?

        public init(major: UInt32, minor: UInt32, weight: UInt16? = nil, leafWeight: UInt16? = nil) {
            self.major = major
            self.minor = minor
            self.weight = weight
            self.leafWeight = leafWeight
        }
    }

    /// The rate of one block device.
    public struct ThrottleDevice: SpecValue {
        public var major: UInt32
        public var minor: UInt32
        /// 0 is no limit.
        public var rate: UInt64

        public init(major: UInt32, minor: UInt32, rate: UInt64 = 0) {
            self.major = major
            self.minor = minor
            self.rate = rate
        }
    }
}

extension Resources.BlockIO {
    public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        weight = try fields.optional("weight")?.integer(in: 0...UInt16.max)
        leafWeight = try fields.optional("leafWeight")?.integer(in: 0...UInt16.max)
        weightDevice = try fields.list("weightDevice", &warnings)
        throttleReadBpsDevice = try fields.list("throttleReadBpsDevice", &warnings)
        throttleWriteBpsDevice = try fields.list("throttleWriteBpsDevice", &warnings)
        throttleReadIOPSDevice = try fields.list("throttleReadIOPSDevice", &warnings)
        throttleWriteIOPSDevice = try fields.list("throttleWriteIOPSDevice", &warnings)
        warnings.addUnknown(of: fields)
    }

    public func writeMembers(to json: inout JSONWriter) {
        json.member("weight", weight)
        json.member("leafWeight", leafWeight)
        json.list("weightDevice", weightDevice)
        json.list("throttleReadBpsDevice", throttleReadBpsDevice)
        json.list("throttleWriteBpsDevice", throttleWriteBpsDevice)
        json.list("throttleReadIOPSDevice", throttleReadIOPSDevice)
        json.list("throttleWriteIOPSDevice", throttleWriteIOPSDevice)
    }
}

extension Resources.WeightDevice {
    public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        major = try fields.required("major").integer(in: 0...0xfff)
        minor = try fields.required("minor").integer(in: 0...0xf_ffff)
        weight = try fields.optional("weight")?.integer(in: 0...UInt16.max)
        leafWeight = try fields.optional("leafWeight")?.integer(in: 0...UInt16.max)
        warnings.addUnknown(of: fields)
    }

    public func writeMembers(to json: inout JSONWriter) {
        json.member("major", major)
        json.member("minor", minor)
        json.member("weight", weight)
        json.member("leafWeight", leafWeight)
    }
}

extension Resources.ThrottleDevice {
    public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        major = try fields.required("major").integer(in: 0...0xfff)
        minor = try fields.required("minor").integer(in: 0...0xf_ffff)
        rate = try fields.uint64("rate") ?? 0
        warnings.addUnknown(of: fields)
    }

    public func writeMembers(to json: inout JSONWriter) {
        json.member("major", major)
        json.member("minor", minor)
        json.member("rate", rate)
    }
}
