import Netlink
import Testing

@testable import PodNetwork

@Suite struct DNSTests {
    private let host = ResolverConfiguration(
        nameServers: ["192.0.2.53"], searchDomains: ["example.test"], options: ["edns0", "timeout:1"])
    private let cluster = PodDNS.Cluster(nameServers: ["10.96.0.10"], domain: "cluster.local")

    private func resolver(
        _ dns: PodDNS, host: ResolverConfiguration? = nil, upstream: ResolverConfiguration? = nil, cluster: Bool = true,
        isHostNetwork: Bool = false
    ) throws -> String {
        try dns.resolver(
            host: host ?? self.host, upstream: upstream, cluster: cluster ? self.cluster : nil, namespace: "shop",
            isHostNetwork: isHostNetwork
        ).text
    }

    @Test func `a host's file is read as glibc reads it`() {
        let text =
            "# a comment\nnameserver 192.0.2.53\n;nameserver 1.1.1.1\nsearch a b\nsearch c\td\noptions ndots:2 rotate\nnameserver\nfoo bar\nnameserver ::1\r\n"
        let found = ResolverConfiguration(parsing: text)
        #expect(
            found
                == ResolverConfiguration(
                    nameServers: ["192.0.2.53", "::1"], searchDomains: ["c", "d"], options: ["ndots:2", "rotate"]))
    }

    @Test func `policies`() throws {
        let ofHost = "nameserver 192.0.2.53\nsearch example.test\noptions edns0 timeout:1\n"
        let ofCluster =
            "nameserver 10.96.0.10\nsearch shop.svc.cluster.local svc.cluster.local cluster.local example.test\noptions ndots:5\n"
        #expect(try resolver(PodDNS(policy: .default)) == ofHost)
        #expect(try resolver(PodDNS(policy: .clusterFirst)) == ofCluster)
        #expect(try resolver(PodDNS(policy: .clusterFirst), cluster: false) == ofHost)
        #expect(try resolver(PodDNS(policy: .clusterFirst), isHostNetwork: true) == ofHost)
        #expect(try resolver(PodDNS(policy: .clusterFirstWithHostNet), isHostNetwork: true) == ofCluster)
        #expect(try resolver(PodDNS(policy: .none, nameServers: ["1.1.1.1"])) == "nameserver 1.1.1.1\n")
    }

    @Test func `the pod's own words are added, its options win`() throws {
        let dns = PodDNS(
            policy: .default, nameServers: ["1.1.1.1", "192.0.2.53"], searches: ["more.test"],
            options: [PodDNS.Option(name: "timeout", value: "3"), PodDNS.Option(name: "rotate", value: nil)])
        #expect(
            try resolver(dns)
                == "nameserver 192.0.2.53\nnameserver 1.1.1.1\nsearch example.test more.test\noptions edns0 timeout:3 rotate\n")
    }

    @Test func `a stub on loopback is replaced by what stands behind it`() throws {
        let stub = ResolverConfiguration(nameServers: ["127.0.0.53"], searchDomains: ["lan"], options: ["edns0", "trust-ad"])
        let upstream = ResolverConfiguration(nameServers: ["192.0.2.1"], searchDomains: ["lan"])
        #expect(try resolver(PodDNS(policy: .default), host: stub, upstream: upstream) == "nameserver 192.0.2.1\nsearch lan\n")
        // Nothing behind it: no server that the pod could not reach.
        #expect(try !resolver(PodDNS(policy: .default), host: stub).contains("nameserver"))
        // In the host's network the stub can be reached.
        #expect(
            try resolver(PodDNS(policy: .default), host: stub, upstream: upstream, isHostNetwork: true).contains("127.0.0.53"))
        #expect(ResolverConfiguration(nameServers: ["127.0.0.1", "::1"]).isStub)
        #expect(!ResolverConfiguration(nameServers: ["127.0.0.1", "192.0.2.1"]).isStub && !ResolverConfiguration().isStub)
    }

    @Test func `what the pod may not say is refused`() {
        let long = String(repeating: "a", count: 60)
        for dns in [
            PodDNS(policy: .none), PodDNS(policy: .default, nameServers: ["1.1.1.1", "1.1.1.2", "1.1.1.3", "1.1.1.4"]),
            PodDNS(policy: .default, nameServers: ["dns.example"]),
            PodDNS(policy: .default, searches: Array(repeating: "a", count: 33)),
            PodDNS(policy: .default, searches: (0..<32).map { "\(long)\(long).\($0)" }),
            PodDNS(policy: .default, searches: ["a\nnameserver 6.6.6.6"]),
            PodDNS(policy: .default, options: [PodDNS.Option(name: "", value: "1")]),
            PodDNS(policy: .default, options: [PodDNS.Option(name: "ndots", value: "1\nnameserver 6.6.6.6")]),
        ] {
            #expect(throws: NetworkError.self, "\(dns)") { try resolver(dns) }
        }
    }
}
