public import StrictTree

/// `linux.timeOffsets`: how far the clocks of a new time namespace are from the host's, `time_namespaces(7)`.
public struct TimeOffsets: SpecValue {
    public var monotonic: TimeOffset?
    public var boottime: TimeOffset?

    public init(monotonic: TimeOffset? = nil, boottime: TimeOffset? = nil) {
        self.monotonic = monotonic
        self.boottime = boottime
    }
}

/// An offset of one clock.
public struct TimeOffset: SpecValue {
    /// Seconds, also negative.
    public var secs: Int64
    /// 0 … 999,999,999, forward.
    public var nanosecs: UInt32

    public init(secs: Int64 = 0, nanosecs: UInt32 = 0) {
        self.secs = secs
        self.nanosecs = nanosecs
    }
}

extension TimeOffsets {
    public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        monotonic = try fields.object("monotonic", &warnings)
        boottime = try fields.object("boottime", &warnings)
        warnings.addUnknown(of: fields)
    }

    public func writeMembers(to json: inout JSONWriter) {
        json.member("monotonic", monotonic)
        json.member("boottime", boottime)
    }
}

extension TimeOffset {
    public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        secs = try fields.int64("secs") ?? 0
        nanosecs = try fields.optional("nanosecs")?.integer(in: 0...999_999_999) ?? 0
        warnings.addUnknown(of: fields)
    }

    public func writeMembers(to json: inout JSONWriter) {
        json.member("secs", secs)
        json.member("nanosecs", nanosecs)
    }
}
