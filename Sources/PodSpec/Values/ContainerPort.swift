/// A port that a container says it listens on. It is opened to the outside only where it names a port of the host.
public struct ContainerPort: Equatable, Sendable {
    /// Unique in its container.
    public var name: String?
    /// At least 1.
    public var containerPort: UInt16
    public var protocolName: TransportProtocol
    /// The port of the host that leads to it, at least 1; nil for none. In the host's network it is the container's.
    public var hostPort: UInt16?
    /// Where the host's port is open, an address as it was written; nil for every address of the host.
    public var hostIP: String?

    public init(
        name: String? = nil, containerPort: UInt16, protocolName: TransportProtocol = .tcp, hostPort: UInt16? = nil,
        hostIP: String? = nil
    ) {
        self.name = name
        self.containerPort = containerPort
        self.protocolName = protocolName
        self.hostPort = hostPort
        self.hostIP = hostIP
    }

    /// Whether both want the same port of the host, at the same address or one of them at every.
    func collides(with other: ContainerPort) -> Bool {
        guard let hostPort, hostPort == other.hostPort, protocolName == other.protocolName else { return false }
        return hostIP == nil || other.hostIP == nil || hostIP == other.hostIP
    }
}

/// What a port belongs to: `protocol` in a manifest.
public enum TransportProtocol: String, FieldChoice {
    case tcp = "TCP"
    case udp = "UDP"
    case sctp = "SCTP"

    public static let noun = "protocol"
}
