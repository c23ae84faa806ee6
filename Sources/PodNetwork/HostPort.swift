public import Netlink

/// A protocol that has ports.
public enum TransportProtocol: String, Hashable, Sendable, CaseIterable {
    case tcp
    case udp
    case sctp

    /// `IPPROTO_…`
    var number: UInt8 {
        switch self {
        case .tcp: 6
        case .udp: 17
        case .sctp: 132
        }
    }
}

/// A port of the host that leads to a port of a pod.
public struct HostPort: Hashable, Sendable, CustomStringConvertible {
    public let transport: TransportProtocol
    /// nil: every address of the host.
    public let address: IPAddress?
    public let port: UInt16
    public let podPort: UInt16

    /// Throws `refused` for a port 0 and for addresses that cannot lead anywhere: ::1, since IPv6 has no way for packets of the loopback address to another
    /// interface, link-local and multicast ones. 0.0.0.0 and :: are every address.
    public init(_ transport: TransportProtocol, address: IPAddress? = nil, port: Int, podPort: Int) throws(NetworkError) {
        guard let number = UInt16(exactly: port), number > 0 else {
            throw NetworkError(.refused, "the host port \(port) is not between 1 and 65535")
        }
        guard let podNumber = UInt16(exactly: podPort), podNumber > 0 else {
            throw NetworkError(.refused, "the pod's port \(podPort) is not between 1 and 65535")
        }
        if let address, !address.isUnspecified {
            guard address.family == .v4 || !address.isLoopback else {
                throw NetworkError(
                    .refused, "the host port \(port) cannot be reached at ::1",
                    hint: "IPv6 routes no packets of the loopback address: use 127.0.0.1, or an address of the host")
            }
            guard !address.isLinkLocal, !Self.isMulticast(address) else {
                throw NetworkError(.refused, "the host port \(port) cannot be reached at \(address)")
            }
        }
        self.transport = transport
        self.address = address.flatMap { $0.isUnspecified ? nil : $0 }
        self.port = number
        self.podPort = podNumber
    }

    /// The same, of words as a manifest has them: `TCP`, `UDP` or `SCTP`, and an address as text.
    public init(protocolName: String, address text: String?, port: Int, podPort: Int) throws(NetworkError) {
        guard let transport = TransportProtocol.allCases.first(where: { $0.rawValue.uppercased() == protocolName }) else {
            throw NetworkError(.refused, "'\(protocolName)' is no protocol with ports")
        }
        var address: IPAddress?
        if let text {
            address = IPAddress(text)
            if address == nil { throw NetworkError(.refused, "'\(text)' is no address") }
        }
        try self.init(transport, address: address, port: port, podPort: podPort)
    }

    /// As many ports as `count` says, one behind the other; the same on both sides.
    public static func range(
        _ transport: TransportProtocol, address: IPAddress? = nil, first port: Int, firstInPod podPort: Int, count: Int
    ) throws(NetworkError) -> [HostPort] {
        guard (1...limit).contains(count) else {
            throw NetworkError(.refused, "a range of \(count) ports is not between 1 and \(limit)")
        }
        var ports: [HostPort] = []
        for offset in 0..<count {
            ports.append(try HostPort(transport, address: address, port: port + offset, podPort: podPort + offset))
        }
        return ports
    }

    /// Of one pod: a transaction of the journal takes 128 operations.
    public static let limit = 120

    /// Refuses more than can be, and those that collide with each other.
    static func check(_ ports: [HostPort], of name: String) throws(NetworkError) {
        guard ports.count <= limit else {
            throw NetworkError(.refused, "pod '\(name)' wants \(ports.count) host ports, more than \(limit)")
        }
        for (index, port) in ports.enumerated() {
            if let other = ports[..<index].first(where: port.collides) {
                throw NetworkError(.refused, "pod '\(name)' wants the host port '\(port)' twice ('\(other)')")
            }
        }
    }

    private static func isMulticast(_ address: IPAddress) -> Bool {
        address.family == .v4 ? address.bytes[0] >= 224 : address.bytes[0] == 0xff
    }

    /// As `tcp 127.0.0.1:8080`.
    public var description: String {
        guard let address else { return "\(transport.rawValue) \(port)" }
        return "\(transport.rawValue) " + (address.family == .v4 ? "\(address):\(port)" : "[\(address)]:\(port)")
    }

    /// Whether a packet could be meant for both.
    func collides(with other: HostPort) -> Bool {
        transport == other.transport && port == other.port
            && (address == nil || other.address == nil || address == other.address)
    }
}
