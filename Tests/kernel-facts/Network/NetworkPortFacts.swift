import Journal
import LinuxKernel
import LinuxTypes
import Netlink
import PodNetwork
import PodRecords

// Ports of the host: whose they are, where they lead, and what is forgotten when they go.

let networkPortFacts = [
    Fact("network-host-ports-lead-to-pods") {
        let scene = try NetworkScene(needsTranslation: true)
        let network = try scene.network()
        let outside = try scene.outside()
        let first = try scene.namespace()
        let second = try scene.namespace()
        let ports = [
            try HostPort(.tcp, port: 8080, podPort: 80), try HostPort(.udp, port: 5353, podPort: 53),
            try HostPort(.tcp, address: ip("192.0.2.1"), port: 8081, podPort: 81),
            try HostPort(.tcp, address: ip("127.0.0.1"), port: 8082, podPort: 82),
            try HostPort(.sctp, port: 8080, podPort: 80),
        ]
        let one = try network.setUp(try sandbox("one"), name: "one", namespace: first, ports: ports)
        let two = try network.setUp(try sandbox("two"), name: "two", namespace: second)
        let web4 = try TestSocket.bound(.tcp, at: one.addresses[0], port: 80, in: first.descriptor)
        let web6 = try TestSocket.bound(.tcp, at: one.addresses[1], port: 80, in: first.descriptor)
        // From another machine, by both families, with its own address.
        try expectEqual(try tcpReaches(outside, ip("192.0.2.1"), 8080, listener: web4), try ip("192.0.2.2"))
        try expectEqual(try tcpReaches(outside, ip("2001:db8::1"), 8080, listener: web6), try ip("2001:db8::2"))
        // From the host: its addresses and 127.0.0.1.
        try expectEqual(try tcpReaches(scene.home, ip("192.0.2.1"), 8080, listener: web4), try ip("192.0.2.1"))
        try expectEqual(try tcpReaches(scene.home, ip("127.0.0.1"), 8080, listener: web4), one.gateways[0])
        try expect(try tcpReaches(scene.home, ip("2001:db8::1"), 8080, listener: web6) != nil, "the host by IPv6")
        try expectEqual(try tcpReaches(scene.home, ip("::1"), 8080, listener: web6, milliseconds: 200), nil)
        // From another pod and from the pod itself.
        try expect(try tcpReaches(second, two.gateways[0], 8080, listener: web4) != nil, "another pod")
        try expect(try tcpReaches(first, one.gateways[0], 8080, listener: web4) != nil, "the pod itself")
        try expect(try tcpReaches(first, ip("2001:db8::1"), 8080, listener: web6) != nil, "the pod itself by IPv6")
        // At one address only.
        let at = try TestSocket.bound(.tcp, at: one.addresses[0], port: 81, in: first.descriptor)
        try expect(try tcpReaches(outside, ip("192.0.2.1"), 8081, listener: at) != nil, "the host's address")
        try expectEqual(try tcpReaches(scene.home, ip("127.0.0.1"), 8081, listener: at, milliseconds: 200), nil)
        let local = try TestSocket.bound(.tcp, at: one.addresses[0], port: 82, in: first.descriptor)
        try expect(try tcpReaches(scene.home, ip("127.0.0.1"), 8082, listener: local) != nil, "127.0.0.1")
        try expectEqual(try tcpReaches(outside, ip("192.0.2.1"), 8082, listener: local, milliseconds: 200), nil)
        let names = try TestSocket.bound(.udp, at: one.addresses[0], port: 53, in: first.descriptor)
        let asking = try TestSocket(.udp, .v4, in: outside.descriptor)
        try expect(asking.send("who", to: ip("192.0.2.1"), 5353), "udp")
        guard let question = try names.receive() else { throw Broken(description: "udp did not come") }
        try expect(names.send("me", to: question.from, question.port), "udp answer")
        try expectEqual(try asking.receive()?.from, try ip("192.0.2.1"))
    },
    Fact("network-host-ports-lead-sctp-to-the-pod") {
        let scene = try NetworkScene(needsTranslation: true)
        let network = try scene.network()
        let outside = try scene.outside()
        let inside = try scene.namespace()
        let port = try HostPort(.sctp, port: 8080, podPort: 80)
        let pod = try network.setUp(try sandbox("one"), name: "one", namespace: inside, ports: [port])
        do { _ = try readText("/proc/sys/net/netfilter/nf_conntrack_sctp_timeout_established") } catch {
            throw Missing(what: "the kernel follows no SCTP")
        }
        for (index, text) in ["192.0.2.1", "2001:db8::1"].enumerated() {
            let host = try ip(text)
            // A raw socket of IPv4 gives the header, too.
            let header = index == 0 ? 20 : 0
            let client = try TestSocket(.sctp, host.family, in: outside.descriptor)
            let server = try TestSocket(.sctp, host.family, in: inside.descriptor)
            try expect(client.send(SCTPPacket(.initiation, from: 4000, to: 8080, tag: 0).bytes, to: host, 0), "send")
            let came = try server.receiveBytes().flatMap { SCTPPacket(Array($0.dropFirst(header))) }
            try expectEqual(came, SCTPPacket(.initiation, from: 4000, to: 80, tag: 0))
            let answer = SCTPPacket(.acknowledgement, from: 80, to: 4000, tag: SCTPPacket.ownTag)
            let peer = try ip(index == 0 ? "192.0.2.2" : "2001:db8::2")
            try expect(server.send(answer.bytes, to: peer, 0), "answer from \(pod.addresses[index])")
            let back = try client.receiveBytes().flatMap { SCTPPacket(Array($0.dropFirst(header))) }
            try expectEqual(back, SCTPPacket(.acknowledgement, from: 8080, to: 4000, tag: SCTPPacket.ownTag))
        }
    },
    Fact("network-released-port-is-forgotten") {
        let scene = try NetworkScene(needsTranslation: true)
        let network = try scene.network()
        let outside = try scene.outside()
        let first = try scene.namespace()
        let second = try scene.namespace()
        let keeper = try scene.namespace()
        _ = try network.setUp(try sandbox("keeper"), name: "keeper", namespace: keeper)
        let port = try HostPort(.udp, port: 5353, podPort: 53)
        let one = try network.setUp(try sandbox("one"), name: "one", namespace: first, ports: [port])
        let asking = try TestSocket(.udp, .v4, in: outside.descriptor)
        let old = try TestSocket.bound(.udp, at: one.addresses[0], port: 53, in: first.descriptor)
        try expect(asking.send("a", to: ip("192.0.2.1"), 5353), "send")
        try expectEqual(try old.receive()?.text, "a")
        try network.tearDown(try sandbox("one"))
        // Meanwhile nobody has the port, and the host itself is asked.
        try expect(asking.send("to nobody", to: ip("192.0.2.1"), 5353), "send")
        let two = try network.setUp(try sandbox("two"), name: "two", namespace: second, ports: [port])
        try expect(two.addresses != one.addresses, "an address was given out again at once")
        let new = try TestSocket.bound(.udp, at: two.addresses[0], port: 53, in: second.descriptor)
        // The same sender and port: an old connection of conntrack would lead it to the pod that is gone.
        try expect(asking.send("b", to: ip("192.0.2.1"), 5353), "send")
        try expectEqual(try new.receive()?.text, "b")
    },
    Fact("network-who-sends-before-the-pod-comes-reaches-it") {
        let scene = try NetworkScene(needsTranslation: true)
        let network = try scene.network()
        let outside = try scene.outside()
        let first = try scene.namespace()
        let second = try scene.namespace()
        // The kernel follows connections because of this one.
        _ = try network.setUp(try sandbox("first"), name: "first", namespace: first)
        let targets = [try ip("192.0.2.1"), try ip("2001:db8::1"), try ip("127.0.0.1")]
        func sender(_ index: Int) throws -> TestSocket {
            try TestSocket(.udp, targets[index].family, in: index < 2 ? outside.descriptor : scene.home.descriptor)
        }
        let four = try sender(0)
        let six = try sender(1)
        let local = try sender(2)
        func send(_ text: String) throws {
            try expect(four.send(text, to: targets[0], 5353), "send by IPv4")
            try expect(six.send(text, to: targets[1], 5353), "send by IPv6")
            try expect(local.send(text, to: targets[2], 5353), "send by loopback")
        }
        try send("to nobody")
        // Beside: a pod that asks the same port of another machine, and a program of the host that has connections.
        let passing = try TestSocket(.udp, .v4, in: first.descriptor)
        try expect(passing.send("past", to: ip("192.0.2.2"), 5353), "send past the host")
        let program = try TestSocket.bound(.tcp, at: ip("192.0.2.1"), port: 8080, in: scene.home.descriptor)
        try expect(try tcpReaches(outside, ip("192.0.2.1"), 8080, listener: program) != nil, "a program of the host")
        func followed(_ transport: UInt8) throws -> [String] {
            var socket = try NetlinkSocket(.netfilter)
            var found: [String] = []
            try socket.forgetConnections(.v4, of: transport) {
                found.append("\($0.destination):\($0.port)")
                return false
            }
            return found.sorted()
        }
        try expectEqual(try followed(17), ["127.0.0.1:5353", "192.0.2.1:5353", "192.0.2.2:5353"])
        try expectEqual(try followed(6), ["192.0.2.1:8080"])
        let ports = [try HostPort(.udp, port: 5353, podPort: 53), try HostPort(.tcp, port: 8080, podPort: 80)]
        let pod = try network.setUp(try sandbox("pod"), name: "pod", namespace: second, ports: ports)
        try expectEqual(try followed(17), ["192.0.2.2:5353"])
        try expectEqual(try followed(6), ["192.0.2.1:8080"])
        let listener4 = try TestSocket.bound(.udp, at: pod.addresses[0], port: 53, in: second.descriptor)
        let listener6 = try TestSocket.bound(.udp, at: pod.addresses[1], port: 53, in: second.descriptor)
        try send("to the pod")
        try expectEqual(try listener4.receive()?.text, "to the pod")
        try expectEqual(try listener4.receive()?.text, "to the pod")
        try expectEqual(try listener6.receive()?.text, "to the pod")
        // The table is lost, the host is asked meanwhile, and the table is made again.
        try require("nft", in: scene.home.descriptor)
        try run(
            "nft delete table inet hull0; nft add table ip other; nft 'add chain ip other a { type filter hook input priority 0; }';"
                + "nft add rule ip other a ct state new accept", in: scene.home.descriptor)
        let late = try TestSocket(.udp, .v4, in: outside.descriptor)
        try expect(late.send("to nobody", to: targets[0], 5353), "send")
        try expectEqual(try listener4.receive(milliseconds: 100)?.text, nil)
        try expectEqual(try network.fix().map(\.text), [])
        try expect(late.send("late", to: targets[0], 5353), "send")
        try expectEqual(try listener4.receive()?.text, "late")
    },
    Fact("network-host-port-collisions-name-the-holder") {
        let scene = try NetworkScene(needsTranslation: true)
        let network = try scene.network()
        let first = try scene.namespace()
        let second = try scene.namespace()
        let any = try HostPort(.tcp, port: 8080, podPort: 80)
        _ = try network.setUp(try sandbox("one"), name: "shop", namespace: first, ports: [any])
        for port in [any, try HostPort(.tcp, address: ip("127.0.0.1"), port: 8080, podPort: 1)] {
            let error = try networkError("\(port)") {
                _ = try network.setUp(try sandbox("two"), name: "mail", namespace: second, ports: [port])
            }
            try expectEqual(
                error.message, "the host port '\(port)' that pod 'mail' wants is held by pod 'shop'")
        }
        // Another protocol is another port.
        _ = try network.setUp(
            try sandbox("two"), name: "mail", namespace: second, ports: [try HostPort(.udp, port: 8080, podPort: 80)])
        try network.tearDown(try sandbox("one"))
        try network.tearDown(try sandbox("two"))
        let twice = try networkError("twice") {
            _ = try network.setUp(
                try sandbox("two"), name: "mail", namespace: second,
                ports: [any, try HostPort(.tcp, address: ip("127.0.0.1"), port: 8080, podPort: 81)])
        }
        try expectEqual(twice.kind, .refused)
        try expectEqual(try hostState(), scene.untouched)
    },
    Fact("network-host-ports-are-claimed-in-every-network") {
        let scene = try NetworkScene(needsTranslation: true)
        let network = try scene.network()
        let claims = HostPortClaims(journal: scene.journal, runRoot: try path("/mnt"))
        let first = try scene.namespace()
        let second = try scene.namespace()
        let web = try HostPort(.tcp, port: 80, podPort: 80)
        let (host, bridged) = (try sandbox("host"), try sandbox("bridged"))
        try claims.claim([web, try HostPort(.udp, port: 53, podPort: 53)], for: host, name: "shop")
        // Once more: in the place of what it had.
        try claims.claim([web], for: host, name: "shop")
        try expectEqual(try claims.holders().map { "\($0.sandbox) \($0.name) \($0.ports)" }, ["host shop [tcp 80]"])
        let local = try HostPort(.tcp, address: ip("127.0.0.1"), port: 80, podPort: 1)
        for port in [web, local] {
            let message = "the host port '\(port)' that pod 'mail' wants is held by pod 'shop'"
            let other = try networkError("host beside host") {
                try claims.claim([port], for: sandbox("other"), name: "mail")
            }
            try expectEqual(other.message, message)
            try expectEqual(other.kind, .taken)
            let error = try networkError("bridge beside host") {
                _ = try network.setUp(bridged, name: "mail", namespace: first, ports: [port])
            }
            try expectEqual(error.message, message)
        }
        try expectEqual(try hostState(), scene.untouched)
        // The network comes and goes, and the claim stays.
        let free = try HostPort(.udp, port: 53, podPort: 53)
        _ = try network.setUp(bridged, name: "mail", namespace: first, ports: [free])
        try expectEqual(try network.check().map(\.text), [])
        let taken = try networkError("host beside bridge") { try claims.claim([free], for: sandbox("other"), name: "post") }
        try expectEqual(taken.message, "the host port 'udp 53' that pod 'post' wants is held by pod 'mail'")
        // What a retired pod has is free.
        try network.retire(bridged)
        try claims.claim([free], for: sandbox("other"), name: "post")
        try expectEqual(try hostState(), scene.untouched)
        let again = try networkError("bridge beside host") {
            _ = try network.setUp(bridged, name: "mail", namespace: second, ports: [free])
        }
        try expectEqual(again.message, "the host port 'udp 53' that pod 'mail' wants is held by pod 'post'")
        // A claim that is lost is made again, and what nobody has is given up.
        let lost: Key = "/hostports/tcp/80/*"
        _ = try scene.journal.commit(Transaction(then: [.delete(.key(lost))]), .volatile)
        try expectEqual(try network.check().map(\.text), ["pod 'shop' (host) uses '/hostports/tcp/80/*' without a claim"])
        try expectEqual(try network.fix().map(\.text), [])
        try expectEqual(try scene.journal.value(of: lost)?.value, Array("host".utf8))
        for uid in ["host", "other", "nobody"] { try claims.release(sandbox(uid)) }
        for prefix: Key in ["/hostports/", "/hostport-holders/"] {
            try expectEqual(try scene.journal.range(RangeRequest(.prefix(prefix))).count, 0)
        }
    },
    Fact("network-host-port-is-at-an-address-of-the-machine") {
        let scene = try NetworkScene(needsTranslation: true)
        let network = try scene.network()
        let outside = try scene.outside().release().release()
        defer { outside.close() }
        let claims = HostPortClaims(journal: scene.journal, runRoot: try path("/mnt"))
        let pod = try scene.namespace()
        let uid = try sandbox("one")
        for (text, shown, known) in [
            ("192.0.2.77", "192.0.2.77:80", "192.0.2.1"), ("2001:db8::77", "[2001:db8::77]:80", "2001:db8::1"),
        ] {
            let ports = [try HostPort(.tcp, address: ip(text), port: 80, podPort: 80)]
            let message = "the host port 'tcp \(shown)' that pod 'web' wants is at an address that this machine does not have"
            let bridged = try networkError(text) { _ = try network.setUp(uid, name: "web", namespace: pod, ports: ports) }
            try expectEqual(bridged.message, message)
            let hint = bridged.hint ?? ""
            try expect(hint.contains("there are: ") && hint.contains(known), hint)
            try expectEqual(try networkError(text) { try claims.claim(ports, for: uid, name: "web") }.message, message)
            try expectEqual(try hostState(), scene.untouched)
            // As with bind(2).
            let setting = text.contains(":") ? "ipv6" : "ipv4"
            try ProcFS().write("1", to: "sys/net/\(setting)/ip_nonlocal_bind")
            _ = try network.setUp(uid, name: "web", namespace: pod, ports: ports)
            try network.tearDown(uid)
            try ProcFS().write("0", to: "sys/net/\(setting)/ip_nonlocal_bind")
        }
        for text in ["192.0.2.1", "127.0.0.1", "127.9.9.9", "2001:db8::1", "10.210.0.1"] {
            let ports = [try HostPort(.tcp, address: ip(text), port: 80, podPort: 80)]
            _ = try network.setUp(uid, name: "web", namespace: pod, ports: ports)
            try network.tearDown(uid)
        }
    },
]
