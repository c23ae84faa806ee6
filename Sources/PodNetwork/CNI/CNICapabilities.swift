public import Netlink
import StrictTree

/// What a pod wants of a network, given to the plugins that say they can do it (`capabilities`).
public struct CNICapabilities: Hashable, Sendable {
    public var portMappings: [HostPort] = []
    /// Bits per second and bits of a burst; nil for no limit.
    public var ingress: Bandwidth?
    public var egress: Bandwidth?
    public var nameServers: [IPAddress] = []
    public var searchDomains: [String] = []
    public var resolverOptions: [String] = []
    /// Addresses with their prefixes, as `10.0.0.5/16`.
    public var addresses: [String] = []
    public var hardwareAddress: HardwareAddress?

    public struct Bandwidth: Hashable, Sendable {
        public let rate: UInt64
        public let burst: UInt64

        public init(rate: UInt64, burst: UInt64) {
            self.rate = rate
            self.burst = burst
        }
    }

    public init() {}

    /// What of it has a value, by the specification's keys.
    var all: [(name: String, write: @Sendable (String, inout JSONWriter) -> Void)] {
        var found: [(name: String, write: @Sendable (String, inout JSONWriter) -> Void)] = []
        if !portMappings.isEmpty { found.append(("portMappings", Self.writer(portMappings))) }
        if ingress != nil || egress != nil { found.append(("bandwidth", Self.writer(ingress, egress))) }
        if !nameServers.isEmpty || !searchDomains.isEmpty || !resolverOptions.isEmpty {
            let (servers, searches, options) = (nameServers.map(\.description), searchDomains, resolverOptions)
            found.append(
                (
                    "dns",
                    { key, json in
                        json.object(key) { json in
                            json.member("servers", servers)
                            json.member("searches", searches)
                            json.member("options", options)
                        }
                    }
                ))
        }
        if !addresses.isEmpty { found.append(("ips", { [addresses] key, json in json.member(key, addresses) })) }
        if let hardwareAddress { found.append(("mac", { key, json in json.member(key, hardwareAddress.description) })) }
        return found
    }

    private static func writer(_ ports: [HostPort]) -> @Sendable (String, inout JSONWriter) -> Void {
        { key, json in
            json.array(key) { json in
                for port in ports {
                    json.object { json in
                        json.member("hostPort", port.port)
                        json.member("containerPort", port.podPort)
                        json.member("protocol", port.transport.rawValue)
                        json.member("hostIP", port.address?.description)
                    }
                }
            }
        }
    }

    private static func writer(_ ingress: Bandwidth?, _ egress: Bandwidth?) -> @Sendable (String, inout JSONWriter) -> Void {
        { key, json in
            json.object(key) { json in
                json.member("ingressRate", ingress?.rate)
                json.member("ingressBurst", ingress?.burst)
                json.member("egressRate", egress?.rate)
                json.member("egressBurst", egress?.burst)
            }
        }
    }
}
