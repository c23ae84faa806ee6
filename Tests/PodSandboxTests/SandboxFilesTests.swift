import PodSpec
import Testing

@testable import PodSandbox

/// What a pod is called, and the files of `/etc` that say so.
@Suite struct SandboxFilesTests {
    private let local = """
        # The hosts of a pod, made by Hull.
        127.0.0.1\tlocalhost
        ::1\tlocalhost ip6-localhost ip6-loopback
        fe00::0\tip6-localnet
        fe00::0\tip6-mcastprefix
        fe00::1\tip6-allnodes
        fe00::2\tip6-allrouters

        """

    private func hosts(_ pod: Pod, _ addresses: [String], host: String? = nil) throws(PodError) -> String {
        try SandboxFiles(pod).hosts(addresses: addresses, host: host)
    }

    private func resolver(_ pod: Pod, host: String, upstream: String = "") throws(PodError) -> String {
        try SandboxFiles(pod).resolver(host: host, upstream: upstream)
    }

    @Test func `a stub on loopback is replaced by the file behind it`() throws {
        let stub = "# systemd-resolved\nnameserver 127.0.0.53\noptions edns0 trust-ad\nsearch lan\n"
        let upstream = "nameserver 192.0.2.53\nnameserver 2001:db8::53\nsearch example\n"
        #expect(SandboxFiles.upstreamResolver == "/run/systemd/resolve/resolv.conf")
        #expect(try resolver(pod(), host: stub, upstream: upstream) == upstream)
        #expect(try resolver(pod(spec: "hostNetwork: true"), host: stub, upstream: upstream).contains("nameserver 127.0.0.53\n"))
        // Not where one of the host's own servers can be reached.
        let mixed = "nameserver 127.0.0.53\nnameserver 192.0.2.1\n"
        #expect(try resolver(pod(), host: mixed, upstream: upstream) == mixed)
    }

    @Test func `a pod finds itself by name`() throws {
        #expect(try hosts(pod(), []) == local + "127.0.0.1\tweb\n")
        #expect(
            try hosts(pod(), ["10.0.0.2", "fd00::2"]) == local + "10.0.0.2\tweb\nfd00::2\tweb\n"
        )
        #expect(
            try hosts(pod(spec: "hostname: h\nsubdomain: s"), ["10.0.0.2"])
                == local + "10.0.0.2\th.s.default.svc.cluster.local\th\n")
    }

    @Test func `the manifest's aliases stand at the end`() throws {
        let spec = "hostAliases: [{ip: 1.2.3.4, hostnames: [a, b]}, {ip: '::2', hostnames: [c]}]"
        let aliases = "\n# Host aliases of the manifest.\n1.2.3.4\ta\tb\n::2\tc\n"
        #expect(try hosts(pod(spec: spec), []) == local + "127.0.0.1\tweb\n" + aliases)
        #expect(
            try hosts(pod(spec: spec + "\nhostNetwork: true"), [], host: "9.9.9.9 x") == "9.9.9.9 x\n"
                + aliases)
    }

    @Test func `in the machine's network its own file is seen`() throws {
        #expect(try hosts(pod(spec: "hostNetwork: true"), [], host: "9.9.9.9 x\n") == "9.9.9.9 x\n")
        #expect(try hosts(pod(spec: "hostNetwork: true"), [], host: "") == "")
    }

    // MARK: resolv.conf

    private let machine = """
        # made by somebody
        ; also
        domain ignored.example
        search a.example b.example
        nameserver 1.1.1.1
        nameserver\t2.2.2.2 trailing
        sortlist 130.155.160.0
        options ndots:2 rotate
        options edns0
        nameserver

        """

    @Test(arguments: ["", "dnsPolicy: ClusterFirst", "dnsPolicy: ClusterFirstWithHostNet", "dnsPolicy: Default"])
    func `without a cluster's DNS the machine's is asked`(spec: String) throws {
        #expect(
            try resolver(pod(spec: spec), host: machine)
                == "nameserver 1.1.1.1\nnameserver 2.2.2.2\nsearch a.example b.example\noptions ndots:2 rotate edns0\n")
    }

    @Test func `a policy of none asks only whom the manifest names`() throws {
        let spec =
            "dnsPolicy: None\ndnsConfig: {nameservers: [3.3.3.3], searches: [c.example], options: [{name: ndots, value: '5'}]}"
        #expect(
            try resolver(pod(spec: spec), host: machine) == "nameserver 3.3.3.3\nsearch c.example\noptions ndots:5\n"
        )
    }

    @Test func `what the manifest adds comes behind, and its options win`() throws {
        let spec = """
            dnsConfig:
              nameservers: [1.1.1.1, 3.3.3.3]
              searches: [b.example, c.example]
              options: [{name: ndots, value: '5'}, {name: rotate}, {name: use-vc}]
            """
        #expect(
            try resolver(pod(spec: spec), host: machine)
                == """
                nameserver 1.1.1.1
                nameserver 2.2.2.2
                nameserver 3.3.3.3
                search a.example b.example c.example
                options edns0 ndots:5 rotate use-vc

                """)
    }

    @Test(arguments: ["", "\n\n", "search\noptions\nnameserver\n", "\u{0}\u{1}", "nonsense"])
    func `a file that says nothing gives none`(text: String) throws {
        #expect(try resolver(pod(), host: text) == "")
    }

    // MARK: Names

    static let names: [(name: String, spec: String, hostname: String, qualified: String?, short: String)] = [
        ("web", "", "web", nil, "web"), ("web", "hostname: h", "h", nil, "h"),
        ("web", "subdomain: s", "web", "web.s.default.svc.cluster.local", "web"),
        (
            "web", "subdomain: s\nsetHostnameAsFQDN: true", "web.s.default.svc.cluster.local", "web.s.default.svc.cluster.local",
            "web"
        ),
        ("web", "setHostnameAsFQDN: true", "web", nil, "web"),
        (
            String(repeating: "x", count: 62) + ".tail", "", String(repeating: "x", count: 62), nil,
            String(repeating: "x", count: 62)
        ),
    ]

    @Test(arguments: names) func `a pod's names`(
        name: String, spec: String, hostname: String, qualified: String?, short: String
    ) throws {
        let names = SandboxNames(try pod(spec: spec, name: name))
        #expect(names.hostname == hostname)
        #expect(names.qualified == qualified)
        #expect(names.short == short)
    }
}
