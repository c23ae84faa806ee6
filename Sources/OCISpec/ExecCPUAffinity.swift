public import StrictTree

/// `process.execCPUAffinity`: CPU lists as `0-3,7`, of an executed process only.
public struct ExecCPUAffinity: SpecValue {
    /// Set before the process enters its cgroup.
    public var initial: String?
    /// Set after it has.
    public var final: String?

    public init(initial: String? = nil, final: String? = nil) {
        self.initial = initial
        self.final = final
    }
}

extension ExecCPUAffinity {
    public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        initial = try Self.list(fields.optional("initial"))
        final = try Self.list(fields.optional("final"))
        warnings.addUnknown(of: fields)
    }

    private static func list(_ value: Value?) throws(TreeError) -> String? {
        guard let value else { return nil }
        let list = try value.string
        let isList = list.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: ","), UInt8(ascii: " "), UInt8(ascii: "-"): true
            default: false
            }
        }
        guard isList else { throw value.failure("expected a list of CPUs as '0-3,7', found '\(list)'") }
        return list.isEmpty ? nil : list
    }

    public func writeMembers(to json: inout JSONWriter) {
        json.member("initial", initial)
        json.member("final", final)
    }
}
