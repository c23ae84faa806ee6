/// Names for an address in `/etc/hosts`.
public struct HostAlias: Equatable, Sendable {
    /// An IPv4 or IPv6 address, as written.
    public var ip: String
    public var hostnames: [String]

    public init(ip: String, hostnames: [String]) {
        self.ip = ip
        self.hostnames = hostnames
    }
}
