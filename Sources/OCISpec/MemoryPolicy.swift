public import StrictTree

/// `linux.memoryPolicy`, for `set_mempolicy(2)`.
public struct MemoryPolicy: SpecValue {
    public var mode: MemoryPolicyMode
    /// A list as `0-3,7`; empty where the mode takes no nodes.
    public var nodes: String
    public var flags: [MemoryPolicyFlag]

    public init(mode: MemoryPolicyMode, nodes: String = "", flags: [MemoryPolicyFlag] = []) {
        self.mode = mode
        self.nodes = nodes
        self.flags = flags
    }
}

/// The policies of `set_mempolicy(2)`.
public enum MemoryPolicyMode: String, Choice {
    case `default` = "MPOL_DEFAULT"
    case preferred = "MPOL_PREFERRED"
    case bind = "MPOL_BIND"
    case interleave = "MPOL_INTERLEAVE"
    case local = "MPOL_LOCAL"
    case preferredMany = "MPOL_PREFERRED_MANY"
    case weightedInterleave = "MPOL_WEIGHTED_INTERLEAVE"

    public static var noun: String { "memory policy mode" }

    /// The `MPOL_*` number, which is the order above.
    public var number: Int32 {
        switch self {
        case .default: 0
        case .preferred: 1
        case .bind: 2
        case .interleave: 3
        case .local: 4
        case .preferredMany: 5
        case .weightedInterleave: 6
        }
    }

    /// nil where the mode works with and without.
    var needsNodes: Bool? {
        switch self {
        case .default, .local: false
        case .preferred: nil
        case .bind, .interleave, .preferredMany, .weightedInterleave: true
        }
    }
}

/// What `set_mempolicy(2)` adds to the mode.
public enum MemoryPolicyFlag: String, Choice {
    case numaBalancing = "MPOL_F_NUMA_BALANCING"
    case relativeNodes = "MPOL_F_RELATIVE_NODES"
    case staticNodes = "MPOL_F_STATIC_NODES"

    public static var noun: String { "memory policy flag" }

    /// The `MPOL_F_*` bit.
    public var bit: Int32 {
        switch self {
        case .numaBalancing: 0x2000
        case .relativeNodes: 0x4000
        case .staticNodes: 0x8000
        }
    }
}

extension MemoryPolicy {
    public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        mode = try fields.required("mode").choice()
        nodes = try fields.string("nodes") ?? ""
        if let needsNodes = mode.needsNodes, needsNodes == nodes.isEmpty {
            throw value.failure("mode '\(mode.rawValue)' \(needsNodes ? "needs 'nodes'" : "takes no 'nodes'")")
        }
        flags = try fields.choices("flags")
        warnings.addUnknown(of: fields)
    }

    public func writeMembers(to json: inout JSONWriter) {
        json.member("mode", mode.rawValue)
        if !nodes.isEmpty { json.member("nodes", nodes) }
        json.list("flags", flags)
    }
}
