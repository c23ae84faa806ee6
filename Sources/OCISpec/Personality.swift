public import StrictTree

/// `linux.personality`, `personality(2)`. The specification knows no flags.
public struct Personality: SpecValue {
    public var domain: PersonalityDomain

    public init(domain: PersonalityDomain) {
        self.domain = domain
    }
}

/// Which kernel the process believes it runs on.
public enum PersonalityDomain: String, Choice {
    case linux = "LINUX"
    case linux32 = "LINUX32"

    public static var noun: String { "personality domain" }

    /// `PER_LINUX` or `PER_LINUX32`.
    public var number: UInt32 {
        switch self {
        case .linux: 0
        case .linux32: 8
        }
    }
}

extension Personality {
    public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        domain = try fields.required("domain").choice()
        if let flags = fields.optional("flags"), try !flags.strings.isEmpty {
            throw flags.failure("no personality flags are supported")
        }
        warnings.addUnknown(of: fields)
    }

    public func writeMembers(to json: inout JSONWriter) {
        json.member("domain", domain.rawValue)
    }
}
