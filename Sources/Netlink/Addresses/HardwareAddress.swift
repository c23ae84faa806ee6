/// The address of an Ethernet interface.
public struct HardwareAddress: Hashable, Sendable, CustomStringConvertible {
    /// Six.
    public let bytes: [UInt8]

    /// nil for another number of bytes than six.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == 6 else { return nil }
        self.bytes = Array(bytes)
    }

    /// One that belongs to an IPv4 address: locally administered, and the same again when the address is given out again, so that no neighbor keeps a
    /// wrong one.
    public init(for address: IPAddress) { bytes = [0x02, 0x68] + address.bytes.suffix(4) }

    public var description: String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
    }

    /// The link-local IPv6 address made of it (modified EUI-64, RFC 4291 appendix A).
    public var linkLocalAddress: IPAddress {
        let interface = [bytes[0] ^ 2, bytes[1], bytes[2], 0xff, 0xfe, bytes[3], bytes[4], bytes[5]]
        return IPAddress(.v6, interface.reduce(0) { $0 << 8 | UInt128($1) } | 0xfe80 << 112)
    }
}
