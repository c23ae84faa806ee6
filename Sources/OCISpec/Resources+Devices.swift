public import StrictTree

/// Which devices a rule is for.
public enum DeviceRuleType: String, Choice {
    case all = "a"
    case block = "b"
    case character = "c"

    public static var noun: String { "device type" }
}

/// What a rule for devices allows or denies.
public struct DeviceAccess: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let read = DeviceAccess(rawValue: 1)
    public static let write = DeviceAccess(rawValue: 2)
    public static let mknod = DeviceAccess(rawValue: 4)
    public static let all: DeviceAccess = [.read, .write, .mknod]

    /// As the specification and cgroup v1 write it, `rwm`.
    public var letters: String {
        (contains(.read) ? "r" : "") + (contains(.write) ? "w" : "") + (contains(.mknod) ? "m" : "")
    }
}

extension Resources {
    /// One entry of `linux.resources.devices`.
    public struct DeviceRule: SpecValue {
        public var allow: Bool
        public var type: DeviceRuleType
        /// nil is every number, as for `minor`.
        public var major: UInt32?
        public var minor: UInt32?
        public var access: DeviceAccess

        public init(
            allow: Bool, type: DeviceRuleType = .all, major: UInt32? = nil, minor: UInt32? = nil, access: DeviceAccess = .all
        ) {
            self.allow = allow
            self.type = type
            self.major = major
            self.minor = minor
            self.access = access
        }
    }
}

extension Resources.DeviceRule {
    public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        allow = try fields.bool("allow") ?? false
        type = .all
        if let written = fields.optional("type"), try !written.string.isEmpty { type = try written.choice() }
        major = try Self.number(fields.optional("major"))
        minor = try Self.number(fields.optional("minor"))
        access = try Self.access(fields.optional("access"))
        warnings.addUnknown(of: fields)
    }

    /// -1 is what libcontainer writes for "every number".
    private static func number(_ value: Value?) throws(TreeError) -> UInt32? {
        guard let value else { return nil }
        let number: Int64 = try value.integer(in: -1...Int64(UInt32.max))
        return UInt32(exactly: number)
    }

    /// Absent and empty mean all, as the specification's examples and runc have it.
    private static func access(_ value: Value?) throws(TreeError) -> DeviceAccess {
        guard let value else { return .all }
        var access: DeviceAccess = []
        let letters = try value.string
        for letter in letters.utf8 {
            switch letter {
            case UInt8(ascii: "r"): access.insert(.read)
            case UInt8(ascii: "w"): access.insert(.write)
            case UInt8(ascii: "m"): access.insert(.mknod)
            default: throw value.failure("expected letters of 'rwm', found '\(letters)'")
            }
        }
        return access.isEmpty ? .all : access
    }

    public func writeMembers(to json: inout JSONWriter) {
        json.member("allow", allow)
        if type != .all { json.member("type", type.rawValue) }
        json.member("major", major)
        json.member("minor", minor)
        json.member("access", access.letters)
    }
}
