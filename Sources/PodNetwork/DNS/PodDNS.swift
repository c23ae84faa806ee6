import Netlink

/// A pod's `dnsPolicy` and `dnsConfig`.
public struct PodDNS: Hashable, Sendable {
    public enum Policy: String, Hashable, Sendable {
        case clusterFirst = "ClusterFirst"
        case clusterFirstWithHostNet = "ClusterFirstWithHostNet"
        case `default` = "Default"
        case none = "None"
    }

    /// One of `dnsConfig.options`.
    public struct Option: Hashable, Sendable {
        public let name: String
        public let value: String?

        public init(name: String, value: String?) {
            self.name = name
            self.value = value
        }
    }

    public var policy: Policy
    public var nameServers: [String]
    public var searches: [String]
    public var options: [Option]

    public init(policy: Policy, nameServers: [String] = [], searches: [String] = [], options: [Option] = []) {
        self.policy = policy
        self.nameServers = nameServers
        self.searches = searches
        self.options = options
    }

    /// The DNS of a cluster, where there is one.
    public struct Cluster: Hashable, Sendable {
        public var nameServers: [String]
        /// As `cluster.local`.
        public var domain: String

        public init(nameServers: [String], domain: String) {
            self.nameServers = nameServers
            self.domain = domain
        }
    }

    /// The pod's resolver configuration.
    ///
    /// - Parameters:
    ///   - host: the host's; of a stub on loopback, `upstream` is taken, and where that is missing or a stub too, no name server of the host.
    ///   - cluster: without one, the `ClusterFirst` policies are `Default`, as the kubelet has it.
    ///   - isHostNetwork: `ClusterFirst` of a pod in the host's network is `Default`; the host's stub can be reached there.
    ///
    /// Throws `refused` for what the pod's specification may not say: more than 3 name servers, more than 32 search domains or 2048 characters of them, a name
    /// server that is no address, an option without a name, the policy None without a name server, and words with blanks or control characters, which would
    /// be lines of their own.
    public func resolver(
        host: ResolverConfiguration, upstream: ResolverConfiguration?, cluster: Cluster?, namespace: String, isHostNetwork: Bool
    ) throws(NetworkError) -> ResolverConfiguration {
        try validate()
        var result = try base(Self.reachable(host, upstream, isHostNetwork), cluster, namespace, isHostNetwork)
        result.nameServers = Self.merged(result.nameServers, nameServers)
        result.searchDomains = Self.merged(result.searchDomains, searches)
        for option in options {
            result.options.removeAll { $0 == option.name || $0.hasPrefix(option.name + ":") }
            result.options.append(option.value.map { "\(option.name):\($0)" } ?? option.name)
        }
        // The resolver reads no more than these.
        result.nameServers = Array(result.nameServers.prefix(Self.nameServerLimit))
        result.searchDomains = Array(result.searchDomains.prefix(Self.searchLimit))
        return result
    }

    public static let nameServerLimit = 3
    public static let searchLimit = 32
    public static let searchCharacterLimit = 2048

    private static func reachable(
        _ host: ResolverConfiguration, _ upstream: ResolverConfiguration?, _ isHostNetwork: Bool
    ) -> ResolverConfiguration {
        guard host.isStub, !isHostNetwork else { return host }
        var reachable = upstream ?? host
        if reachable.isStub { reachable.nameServers = [] }
        return reachable
    }

    private func base(
        _ host: ResolverConfiguration, _ cluster: Cluster?, _ namespace: String, _ isHostNetwork: Bool
    ) throws(NetworkError) -> ResolverConfiguration {
        let asksCluster = policy == .clusterFirstWithHostNet || policy == .clusterFirst && !isHostNetwork
        if policy == .none { return ResolverConfiguration() }
        guard asksCluster, let cluster, !cluster.nameServers.isEmpty else { return host }
        let domains = ["\(namespace).svc.\(cluster.domain)", "svc.\(cluster.domain)", cluster.domain]
        return ResolverConfiguration(
            nameServers: cluster.nameServers, searchDomains: Self.merged(domains, host.searchDomains), options: ["ndots:5"])
    }

    private static func merged(_ first: [String], _ second: [String]) -> [String] {
        var result: [String] = []
        for text in first + second where !result.contains(text) { result.append(text) }
        return result
    }

    private func validate() throws(NetworkError) {
        guard nameServers.count <= Self.nameServerLimit else {
            throw NetworkError(.refused, "the pod wants \(nameServers.count) name servers, more than \(Self.nameServerLimit)")
        }
        for server in nameServers where IPAddress(server) == nil {
            throw NetworkError(.refused, "the name server '\(server)' is no address")
        }
        guard searches.count <= Self.searchLimit, searches.joined(separator: " ").utf8.count <= Self.searchCharacterLimit else {
            throw NetworkError(
                .refused,
                "the pod's search domains are more than \(Self.searchLimit), or than \(Self.searchCharacterLimit) characters")
        }
        if policy == .none, nameServers.isEmpty { throw NetworkError(.refused, "the DNS policy None needs a name server") }
        for option in options where option.name.isEmpty { throw NetworkError(.refused, "an option of the pod's DNS has no name") }
        for word in searches + options.map(\.name) + options.compactMap(\.value) where !Self.isWord(word) {
            throw NetworkError(.refused, "the pod's DNS configuration has a word with blanks or control characters")
        }
    }

    static func isWord(_ text: String) -> Bool { text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7f } }
}
