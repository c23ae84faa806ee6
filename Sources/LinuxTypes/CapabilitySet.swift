/// A set of capabilities, one bit each, `capabilities(7)`.
public struct CapabilitySet: OptionSet, Hashable, Sendable {
    public let rawValue: UInt64

    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// The capability of that number, as `CAP_SYS_ADMIN` is 21.
    public init(number: Int32) { rawValue = 1 << UInt64(number) }

    public static let setgid = CapabilitySet(number: 6)
    public static let setuid = CapabilitySet(number: 7)
    public static let setpcap = CapabilitySet(number: 8)
    public static let sysAdmin = CapabilitySet(number: 21)
    public static let sysResource = CapabilitySet(number: 24)

    /// The numbers in the set, ascending.
    public var numbers: [Int32] { (0..<64).filter { rawValue & (1 << UInt64($0)) != 0 } }
}

/// The five capability sets of a process.
public struct CapabilitySets: Hashable, Sendable {
    public var bounding: CapabilitySet
    public var effective: CapabilitySet
    public var inheritable: CapabilitySet
    public var permitted: CapabilitySet
    public var ambient: CapabilitySet

    public init(
        bounding: CapabilitySet, effective: CapabilitySet, inheritable: CapabilitySet, permitted: CapabilitySet,
        ambient: CapabilitySet
    ) {
        self.bounding = bounding
        self.effective = effective
        self.inheritable = inheritable
        self.permitted = permitted
        self.ambient = ambient
    }
}
