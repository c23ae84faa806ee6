public import Netlink
public import StrictTree

/// What the bridge network of a machine is to be.
public struct NetworkConfiguration: Hashable, Sendable {
    public var bridge: InterfaceName
    /// The pods' IPv4 addresses; the bridge has the first, the gateway.
    public var subnet4: IPSubnet
    /// The pods' IPv6 addresses, of which as many are used as there are IPv4 ones; nil for pods without.
    public var subnet6: IPSubnet?
    /// Bytes of a packet at most.
    public var mtu: UInt32
    /// Whether pods speak to the outside by the host's addresses (masquerade), and host ports lead to pods. Without, the outside must have a route to
    /// the subnets, and host ports are refused; then the kernel needs no NAT.
    public var translatesAddresses: Bool

    /// Throws `refused` for a bridge name longer than 8 bytes (a pod's port is named after it, as `hull0p4711`), an IPv4 subnet that is not of 16 to 29
    /// bits, an IPv6 subnet that is not of 64 to 112 or not unique-local, and an MTU below 1280, which IPv6 needs, or above 65,535.
    public init(
        bridge: InterfaceName, subnet4: IPSubnet, subnet6: IPSubnet?, mtu: UInt32 = 1500, translatesAddresses: Bool = true
    ) throws(NetworkError) {
        self.bridge = bridge
        self.subnet4 = subnet4
        self.subnet6 = subnet6
        self.mtu = mtu
        self.translatesAddresses = translatesAddresses
        try validate()
    }

    /// `hull0`, 10.210.0.0/16 and fd68:756c:6c00::/64.
    public static func standard() throws(NetworkError) -> NetworkConfiguration {
        guard let bridge = InterfaceName("hull0"), let subnet4 = IPSubnet("10.210.0.0/16") else {
            throw NetworkError(.failed, "the standard network is none")
        }
        return try NetworkConfiguration(bridge: bridge, subnet4: subnet4, subnet6: IPSubnet("fd68:756c:6c00::/64"))
    }

    private func validate() throws(NetworkError) {
        guard bridge.string.utf8.count <= 8 else {
            throw NetworkError(.refused, "the bridge name '\(bridge)' is longer than 8 bytes")
        }
        guard subnet4.family == .v4, (16...29).contains(subnet4.prefixLength) else {
            throw NetworkError(.refused, "the subnet '\(subnet4)' is no IPv4 subnet of 16 to 29 bits")
        }
        guard !subnet4.address.isLoopback, !subnet4.address.isLinkLocal, subnet4.address.bytes[0] < 224,
            subnet4.address.bytes[0] > 0
        else { throw NetworkError(.refused, "the subnet '\(subnet4)' has no addresses for pods") }
        if let subnet6 {
            guard subnet6.family == .v6, (64...112).contains(subnet6.prefixLength), subnet6.address.bytes[0] & 0xfe == 0xfc else {
                throw NetworkError(
                    .refused, "the subnet '\(subnet6)' is no unique-local IPv6 subnet (fc00::/7) of 64 to 112 bits")
            }
        }
        guard (1280...65_535).contains(mtu) else {
            throw NetworkError(.refused, "the MTU \(mtu) is not between 1280 and 65535")
        }
    }

    /// Offsets in the subnets that pods may have: not the network's own, nor the gateway's, nor the broadcast address.
    var offsets: Range<Int> { 2..<(subnet4.count - 1) }

    public var subnets: [IPSubnet] { [subnet4] + (subnet6.map { [$0] } ?? []) }

    /// The addresses at an offset, IPv4 first.
    func addresses(at offset: Int) -> [IPAddress] { subnets.compactMap { $0.address(at: offset) } }

    public var gateways: [IPAddress] { addresses(at: 1) }
}

extension NetworkConfiguration {
    /// Reads an object with `bridge`, `subnet4`, `subnet6`, `mtu`, `masquerade`; what is absent is as in `standard()`, an empty `subnet6` is none, and nil has
    /// nothing. An unknown member is refused, as is what `init` refuses; errors have their place in the document.
    public init(reading value: Value?) throws(TreeError) {
        do throws(NetworkError) { self = try Self.standard() } catch {
            throw TreeError(pointer: "", position: nil, message: error.message)
        }
        guard let value else { return }
        var fields = try Fields(value)
        if let name = try Self.read(&fields, "bridge", "an interface name of at most 15 bytes", { InterfaceName($0) }) {
            bridge = name
        }
        if let subnet = try Self.read(&fields, "subnet4", "a subnet as '10.0.0.0/16'", { IPSubnet($0) }) { subnet4 = subnet }
        if let text = fields.optional("subnet6") {
            subnet6 = try text.string.isEmpty ? nil : Self.parsed(text, "a subnet as 'fd00::/64'") { IPSubnet($0) }
        }
        mtu = try fields.uint32("mtu") ?? mtu
        translatesAddresses = try fields.bool("masquerade") ?? translatesAddresses
        try fields.refuseUnknown()
        do throws(NetworkError) { try validate() } catch { throw value.failure(error.message) }
    }

    private static func read<Parsed>(
        _ fields: inout Fields, _ name: StaticString, _ expected: String, _ parse: (String) -> Parsed?
    ) throws(TreeError) -> Parsed? {
        guard let value = fields.optional(name) else { return nil }
        return try parsed(value, expected, parse)
    }

    static func parsed<Parsed>(
        _ value: Value, _ expected: String, _ parse: (String) -> Parsed?
    ) throws(TreeError) -> Parsed {
        let text = try value.string
        guard let parsed = parse(text) else { throw value.failure("'\(text)' is not \(expected)") }
        return parsed
    }

    /// The members that `init(reading:)` reads.
    public func write(_ json: inout JSONWriter) {
        json.member("bridge", bridge.string)
        json.member("subnet4", subnet4.description)
        json.member("subnet6", subnet6?.description ?? "")
        json.member("mtu", mtu)
        json.member("masquerade", translatesAddresses)
    }
}
