public import LinuxTypes
public import StrictTree

/// One entry of `process.rlimits`, for `setrlimit(2)`; 2^64 − 1 is no limit.
public struct ResourceLimit: SpecValue {
    public var type: ResourceLimitKind
    public var soft: UInt64
    public var hard: UInt64

    public init(type: ResourceLimitKind, soft: UInt64, hard: UInt64) {
        self.type = type
        self.soft = soft
        self.hard = hard
    }
}

extension ResourceLimit {
    public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        let type = try fields.required("type")
        let name = try type.string
        guard let index = Self.names.firstIndex(of: name), let kind = ResourceLimitKind(rawValue: Int32(index)) else {
            throw type.failure("unknown resource limit '\(name)'\(Suggestion.hint(for: name, in: Self.names))")
        }
        self.type = kind
        soft = try fields.required("soft").unsigned
        hard = try fields.required("hard").unsigned
        guard soft <= hard else { throw value.failure("the soft limit \(soft) is above the hard limit \(hard)") }
        warnings.addUnknown(of: fields)
    }

    public func writeMembers(to json: inout JSONWriter) {
        json.member("type", Self.names[Int(type.rawValue)])
        json.member("hard", hard)
        json.member("soft", soft)
    }

    /// By the kernel's number. `ResourceLimitKind.specName` asks reflection, which costs half a millisecond once per process.
    private static let names = [
        "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_DATA", "RLIMIT_STACK", "RLIMIT_CORE", "RLIMIT_RSS", "RLIMIT_NPROC", "RLIMIT_NOFILE",
        "RLIMIT_MEMLOCK", "RLIMIT_AS", "RLIMIT_LOCKS", "RLIMIT_SIGPENDING", "RLIMIT_MSGQUEUE", "RLIMIT_NICE", "RLIMIT_RTPRIO",
        "RLIMIT_RTTIME",
    ]
}
