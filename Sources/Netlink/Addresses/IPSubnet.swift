/// A block of addresses that share their first bits, as `10.0.0.0/8`.
public struct IPSubnet: Hashable, Sendable, CustomStringConvertible {
    /// The first address: bits behind the prefix are 0.
    public let address: IPAddress
    public let prefixLength: Int

    /// The block that an address lies in; nil where the length is none.
    public init?(containing address: IPAddress, prefixLength: Int) {
        guard (0...address.family.width).contains(prefixLength) else { return nil }
        self.prefixLength = prefixLength
        self.address = IPAddress(address.family, address.number & Self.mask(address.family, prefixLength))
    }

    /// Strict `address/length`, without bits set behind the prefix.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = IPAddress(String(parts[0])), (1...3).contains(parts[1].utf8.count),
            parts[1].utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let length = Int(parts[1]),
            let subnet = IPSubnet(containing: address, prefixLength: length), subnet.address == address
        else { return nil }
        self = subnet
    }

    public var family: IPAddress.Family { address.family }

    public var description: String { "\(address)/\(prefixLength)" }

    /// How many addresses it has, at most `Int.max`.
    public var count: Int {
        let bits = family.width - prefixLength
        return bits >= 63 ? Int.max : 1 << bits
    }

    /// The address at an offset from the first; nil outside.
    public func address(at offset: Int) -> IPAddress? {
        guard offset >= 0, offset < count else { return nil }
        return IPAddress(family, address.number + UInt128(offset))
    }

    public func contains(_ other: IPAddress) -> Bool {
        other.family == family && other.number & Self.mask(family, prefixLength) == address.number
    }

    /// Whether they have an address in common.
    public func overlaps(_ other: IPSubnet) -> Bool { contains(other.address) || other.contains(address) }

    /// The mask in network order.
    public var mask: [UInt8] { IPAddress(family, Self.mask(family, prefixLength)).bytes }

    private static func mask(_ family: IPAddress.Family, _ length: Int) -> UInt128 {
        if length == 0 { return 0 }
        let all: UInt128 = family == .v4 ? 0xffff_ffff : .max
        return all & (all << UInt128(family.width - length))
    }
}
