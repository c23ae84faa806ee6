public import StrictTree

/// `process.ioPriority`, for `ioprio_set(2)`.
public struct IOPriority: SpecValue {
    public var `class`: IOPriorityClass
    /// 0 (highest) … 7.
    public var priority: Int32

    public init(`class`: IOPriorityClass, priority: Int32 = 0) {
        self.`class` = `class`
        self.priority = priority
    }

    /// What `ioprio_set(2)` takes.
    public var encoded: Int32 { `class`.number << 13 | priority }
}

extension IOPriority {
    public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        `class` = try fields.required("class").choice()
        priority = try fields.optional("priority")?.integer(in: 0...7) ?? 0
        warnings.addUnknown(of: fields)
    }

    public func writeMembers(to json: inout JSONWriter) {
        json.member("class", `class`.rawValue)
        json.member("priority", priority)
    }
}

/// `ioprio_set(2)`.
public enum IOPriorityClass: String, Choice {
    case realTime = "IOPRIO_CLASS_RT"
    case bestEffort = "IOPRIO_CLASS_BE"
    case idle = "IOPRIO_CLASS_IDLE"

    public static var noun: String { "i/o priority class" }

    /// The `IOPRIO_CLASS_*` number.
    public var number: Int32 {
        switch self {
        case .realTime: 1
        case .bestEffort: 2
        case .idle: 3
        }
    }
}
