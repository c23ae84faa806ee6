internal import Netlink
internal import PodNetwork
internal import PodSpec

/// The files of `/etc` that all containers of a pod share.
struct SandboxFiles {
    private let pod: Pod

    init(_ pod: Pod) { self.pod = pod }

    /// Where a resolver that is a stub on loopback keeps what it asks itself.
    static let upstreamResolver = ResolverConfiguration.upstreamFile

    /// `/etc/hosts`. `host` is the machine's own, for a pod in its network.
    func hosts(addresses: [String], host: String?) throws(PodError) -> String {
        let names = SandboxNames(pod)
        var text: String
        if let host {
            text = host.isEmpty || host.hasSuffix("\n") ? host : host + "\n"
        } else {
            text = """
                # The hosts of a pod, made by Hull.
                127.0.0.1\tlocalhost
                ::1\tlocalhost ip6-localhost ip6-loopback
                fe00::0\tip6-localnet
                fe00::0\tip6-mcastprefix
                fe00::1\tip6-allnodes
                fe00::2\tip6-allrouters

                """
            let own = addresses.isEmpty ? ["127.0.0.1"] : addresses
            for address in own { text += "\(address)\t" + (names.qualified.map { $0 + "\t" } ?? "") + "\(names.short)\n" }
        }
        if !pod.spec.hostAliases.isEmpty { text += "\n# Host aliases of the manifest.\n" }
        for alias in pod.spec.hostAliases { text += alias.ip + alias.hostnames.map { "\t" + $0 }.reduce("", +) + "\n" }
        return text
    }

    /// `/etc/resolv.conf`. `host` is the machine's own; `upstream` what it stands for where it is a stub.
    func resolver(host: String, upstream: String) throws(PodError) -> String {
        let extra = pod.spec.dnsConfig ?? DNSConfig()
        let dns = PodDNS(
            policy: policy, nameServers: extra.nameservers, searches: extra.searches,
            options: extra.options.map { PodDNS.Option(name: $0.name, value: $0.value) })
        do throws(NetworkError) {
            let resolver = try dns.resolver(
                host: ResolverConfiguration(parsing: host),
                upstream: upstream.isEmpty ? nil : ResolverConfiguration(parsing: upstream),
                cluster: nil, namespace: pod.metadata.namespace, isHostNetwork: pod.spec.hostNetwork)
            return resolver.text
        } catch { throw PodError(error) }
    }

    private var policy: PodDNS.Policy {
        switch pod.spec.dnsPolicy {
        case .clusterFirst: .clusterFirst
        case .clusterFirstWithHostNet: .clusterFirstWithHostNet
        case .host: .default
        case .configOnly: .none
        }
    }
}
