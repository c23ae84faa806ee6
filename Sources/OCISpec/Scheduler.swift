public import StrictTree

/// `process.scheduler`, for `sched_setattr(2)`.
public struct Scheduler: SpecValue {
    public var policy: SchedulerPolicy
    /// -20 … 19, for SCHED_OTHER and SCHED_BATCH.
    public var nice: Int32
    /// For SCHED_FIFO and SCHED_RR.
    public var priority: Int32
    public var flags: [SchedulerFlag]
    /// Nanoseconds, for SCHED_DEADLINE, as the next two.
    public var runtime: UInt64
    public var deadline: UInt64
    public var period: UInt64

    public init(
        policy: SchedulerPolicy, nice: Int32 = 0, priority: Int32 = 0, flags: [SchedulerFlag] = [], runtime: UInt64 = 0,
        deadline: UInt64 = 0, period: UInt64 = 0
    ) {
        self.policy = policy
        self.nice = nice
        self.priority = priority
        self.flags = flags
        self.runtime = runtime
        self.deadline = deadline
        self.period = period
    }
}

extension Scheduler {
    public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        policy = try fields.required("policy").choice()
        nice = try fields.optional("nice")?.integer(in: -20...19) ?? 0
        priority = try fields.optional("priority")?.integer(in: 0...99) ?? 0
        flags = try fields.choices("flags")
        runtime = try fields.uint64("runtime") ?? 0
        deadline = try fields.uint64("deadline") ?? 0
        period = try fields.uint64("period") ?? 0
        warnings.addUnknown(of: fields)
    }

    public func writeMembers(to json: inout JSONWriter) {
        json.member("policy", policy.rawValue)
        json.nonzero("nice", nice)
        json.nonzero("priority", priority)
        json.list("flags", flags)
        json.nonzero("runtime", runtime)
        json.nonzero("deadline", deadline)
        json.nonzero("period", period)
    }
}

/// `sched(7)`; the kernel reserves SCHED_ISO and refuses it.
public enum SchedulerPolicy: String, Choice {
    case other = "SCHED_OTHER"
    case fifo = "SCHED_FIFO"
    case rr = "SCHED_RR"
    case batch = "SCHED_BATCH"
    case iso = "SCHED_ISO"
    case idle = "SCHED_IDLE"
    case deadline = "SCHED_DEADLINE"

    public static var noun: String { "scheduler policy" }

    /// The `SCHED_*` number.
    public var number: UInt32 {
        switch self {
        case .other: 0
        case .fifo: 1
        case .rr: 2
        case .batch: 3
        case .iso: 4
        case .idle: 5
        case .deadline: 6
        }
    }
}

/// `sched_setattr(2)`.
public enum SchedulerFlag: String, Choice {
    case resetOnFork = "SCHED_FLAG_RESET_ON_FORK"
    case reclaim = "SCHED_FLAG_RECLAIM"
    case dlOverrun = "SCHED_FLAG_DL_OVERRUN"
    case keepPolicy = "SCHED_FLAG_KEEP_POLICY"
    case keepParams = "SCHED_FLAG_KEEP_PARAMS"
    case utilClampMin = "SCHED_FLAG_UTIL_CLAMP_MIN"
    case utilClampMax = "SCHED_FLAG_UTIL_CLAMP_MAX"

    public static var noun: String { "scheduler flag" }

    /// The bit of `sched_attr.sched_flags`.
    public var bit: UInt64 {
        switch self {
        case .resetOnFork: 0x01
        case .reclaim: 0x02
        case .dlOverrun: 0x04
        case .keepPolicy: 0x08
        case .keepParams: 0x10
        case .utilClampMin: 0x20
        case .utilClampMax: 0x40
        }
    }
}
