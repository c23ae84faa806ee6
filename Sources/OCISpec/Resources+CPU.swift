public import StrictTree

extension Resources {
    /// `linux.resources.cpu`; times in microseconds.
    public struct CPU: SpecValue {
        public var shares: UInt64?
        /// -1 is no limit.
        public var quota: Int64?
        public var burst: UInt64?
        public var period: UInt64?
        public var realtimeRuntime: Int64?
        public var realtimePeriod: UInt64?
        /// A list as `0-3,7`.
        public var cpus: String?
        /// Memory nodes, a list as `0-3,7`.
        public var mems: String?
        /// 0 or 1.
        public var idle: Int64?

        public init(
            shares: UInt64? = nil, quota: Int64? = nil, burst: UInt64? = nil, period: UInt64? = nil,
            realtimeRuntime: Int64? = nil, realtimePeriod: UInt64? = nil, cpus: String? = nil, mems: String? = nil,
            idle: Int64? = nil
        ) {
            self.shares = shares
            self.quota = quota
            self.burst = burst
            self.period = period
            self.realtimeRuntime = realtimeRuntime
            self.realtimePeriod = realtimePeriod
            self.cpus = cpus
            self.mems = mems
            self.idle = idle
        }
    }
}

extension Resources.CPU {
    public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        shares = try fields.uint64("shares")
        quota = try fields.int64("quota")
        burst = try fields.uint64("burst")
        period = try fields.uint64("period")
        realtimeRuntime = try fields.int64("realtimeRuntime")
        realtimePeriod = try fields.uint64("realtimePeriod")
        cpus = try fields.string("cpus")
        mems = try fields.string("mems")
        idle = try fields.int64("idle")
        warnings.addUnknown(of: fields)
    }

    public func writeMembers(to json: inout JSONWriter) {
        json.member("shares", shares)
        json.member("quota", quota)
        json.member("burst", burst)
        json.member("period", period)
        json.member("realtimeRuntime", realtimeRuntime)
        json.member("realtimePeriod", realtimePeriod)
        json.member("cpus", cpus)
        json.member("mems", mems)
        json.member("idle", idle)
    }
}
