internal import PodNetwork

/// Which network a pod gets that does not ask for the machine's.
public enum NetworkMode: Hashable, Sendable {
    /// Loopback alone.
    case none
    /// The machine's own, whatever the manifest says.
    case host
    /// The bridge network of this machine's pods.
    case bridge
    /// A network of CNI, by the name in its list.
    case cni(String)

    /// As in `--network` and in a plan; nil for another word.
    public init?(_ text: String) {
        switch text {
        case "none": self = .none
        case "host": self = .host
        case "bridge": self = .bridge
        default:
            guard text.hasPrefix(Self.cniPrefix) else { return nil }
            let name = String(text.dropFirst(Self.cniPrefix.count))
            guard CNINetworkList.isName(name) else { return nil }
            self = .cni(name)
        }
    }

    public var text: String {
        switch self {
        case .none: "none"
        case .host: "host"
        case .bridge: "bridge"
        case .cni(let name): Self.cniPrefix + name
        }
    }

    /// What the words are, for messages.
    public static let words = "none, host, bridge or cni:NAME"

    private static let cniPrefix = "cni:"
}
