import Journal
import LinuxKernel
import LinuxTypes
import Netlink
import PodNetwork

/// Whether a datagram comes from a pod's address to the host's bridge.
private func reachesHost(
    from address: IPAddress, of pod: borrowing NamespaceHandle, _ scene: NetworkScene, gateway: IPAddress, port: UInt16
) throws -> Bool {
    let listener = try TestSocket.bound(.udp, at: gateway, port: port, in: scene.home.descriptor)
    let sender = try TestSocket.bound(.udp, at: address, port: 0, in: pod.descriptor)
    try expect(sender.send("x", to: gateway, port), "cannot send from \(address)")
    return try listener.receive(milliseconds: 300)?.from == address
}

let networkGuardFacts = [
    Fact("network-pod-cannot-send-by-another-address") {
        let scene = try NetworkScene()
        let network = try scene.network()
        let pod = try scene.namespace()
        let given = try network.setUp(try sandbox("one"), name: "one", namespace: pod)
        var inside = try NetlinkSocket(.route, in: pod.descriptor)
        guard let eth0 = try inside.link(given.interface) else { throw Broken(description: "no eth0") }
        for (index, text) in ["10.210.0.9", "fd68:756c:6c00::9"].enumerated() {
            let stolen = try ip(text)
            try inside.perform(AddressMessage.add(stolen, prefixLength: index == 0 ? 16 : 64, to: eth0.index))
            let gateway = given.gateways[index]
            let port = UInt16(7000 + index)
            try expect(
                try reachesHost(from: given.addresses[index], of: pod, scene, gateway: gateway, port: port), "its own \(text)")
            try expect(
                try !reachesHost(from: stolen, of: pod, scene, gateway: gateway, port: port + 10), "\(text) was not stopped")
        }
        // Another hardware address with the right address, too.
        try require("ip", in: pod.descriptor)
        try run("ip link set eth0 address 02:00:00:00:00:99", in: pod.descriptor)
        try expect(
            try !reachesHost(from: given.addresses[0], of: pod, scene, gateway: given.gateways[0], port: 7020),
            "a hardware address")
    },
    Fact("network-pod-is-no-router") {
        let scene = try NetworkScene()
        let network = try scene.network()
        let first = try scene.namespace()
        let second = try scene.namespace()
        _ = try network.setUp(try sandbox("one"), name: "one", namespace: first)
        let two = try network.setUp(try sandbox("two"), name: "two", namespace: second)
        let sender = try TestSocket(.icmp6, .v6, in: first.descriptor)
        let listener = try TestSocket(.icmp6, .v6, in: second.descriptor)
        let target = two.addresses[1]
        // The first byte is the type: 200 is for experiments, 134 a router advertisement, 137 a redirect, 136 the advertisement of a neighbor, here of the
        // gateway's address.
        let neighbor: [UInt8] = [136, 0, 0, 0, 0x20, 0, 0, 0] + two.gateways[1].bytes
        for (message, passes) in [
            ([200, 0, 0, 0, 0, 0, 0, 0], true), ([134] + [UInt8](repeating: 0, count: 15), false),
            ([137] + [UInt8](repeating: 0, count: 39), false), (neighbor, false),
        ] {
            while try listener.receive(milliseconds: 50) != nil {}
            try expect(sender.send(message, to: target, 0), "cannot send type \(message[0])")
            var came = false
            while let found = try listener.receive(milliseconds: 300) {
                if found.text.utf8.first == message[0] || found.text.unicodeScalars.first?.value == 0xfffd { came = true }
            }
            try expectEqual("type \(message[0]): \(came)", "type \(message[0]): \(passes)")
        }
    },
    Fact("network-loopback-services-stay-the-hosts") {
        let scene = try NetworkScene(needsTranslation: true)
        try require("ip", in: scene.home.descriptor)
        try require("nft", in: scene.home.descriptor)
        let network = try scene.network()
        let pod = try scene.namespace()
        let port = try HostPort(.tcp, port: 8080, podPort: 80)
        let given = try network.setUp(try sandbox("one"), name: "one", namespace: pod, ports: [port])
        try expectEqual(try readText("/proc/sys/net/ipv4/conf/hull0/route_localnet"), "1")
        try expectEqual(try readText("/proc/sys/net/ipv4/conf/all/route_localnet"), "0")
        // A pod with the capabilities to do it sends packets for 127.0.0.1 over its cable.
        try run(
            "ip route del local 127.0.0.1 table local; ip route del local 127.0.0.0/8 table local; ip route add 127.0.0.1/32 via 10.210.0.1 dev eth0",
            in: pod.descriptor)
        try inNetworkNamespace(pod.descriptor) { () throws(KernelError) in
            try ProcFS().write("1", to: "sys/net/ipv4/conf/all/route_localnet")
        }
        let secret = try TestSocket.bound(.udp, at: ip("127.0.0.1"), port: 9000, in: scene.home.descriptor)
        let sender = try TestSocket.bound(.udp, at: given.addresses[0], port: 0, in: pod.descriptor)
        try expect(sender.send("x", to: ip("127.0.0.1"), 9000), "cannot send")
        try expect(try secret.receive(milliseconds: 300) == nil, "a pod reached a service of the host's loopback")
        // Without the guard it would have.
        try run("nft flush chain inet hull0 early", in: scene.home.descriptor)
        try expect(sender.send("x", to: ip("127.0.0.1"), 9000), "cannot send")
        try expect(try secret.receive() != nil, "the test proves nothing: the packet does not come anyway")
    },
    Fact("network-host-forwards-for-pods-alone") {
        let scene = try NetworkScene(needsGuard: true)
        try require("ip", in: scene.home.descriptor)
        let one = try scene.outside()
        let two = try scene.outside("lan", v4: "198.51.100.", v6: "2001:db8:1::")
        for (machine, gateway4, gateway6) in [
            (one.descriptor, "192.0.2.1", "2001:db8::1"), (two.descriptor, "198.51.100.1", "2001:db8:1::1"),
        ] {
            try run("ip route add default via \(gateway4); ip -6 route add default via \(gateway6)", in: machine)
        }
        let network = try scene.network()
        let pod = try scene.namespace()
        let given = try network.setUp(try sandbox("one"), name: "one", namespace: pod)
        for (index, text) in ["198.51.100.2", "2001:db8:1::2"].enumerated() {
            let address = try ip(text)
            let listener = try TestSocket.bound(.tcp, at: address, port: 80, in: two.descriptor)
            try expect(
                try tcpReaches(one, address, 80, listener: listener, milliseconds: 300) == nil,
                "the host became a router to \(address)")
            // Pods are reached through the host, by who has a route.
            let inPod = try TestSocket.bound(.tcp, at: given.addresses[index], port: 80, in: pod.descriptor)
            try expect(try tcpReaches(one, given.addresses[index], 80, listener: inPod) != nil, "the pod")
        }
        try network.tearDown(try sandbox("one"))
        // A host that was a router stays one.
        try run("sysctl -q -w net.ipv4.ip_forward=1 || echo 1 >/proc/sys/net/ipv4/ip_forward", in: scene.home.descriptor)
        let again = try scene.namespace()
        _ = try network.setUp(try sandbox("one"), name: "one", namespace: again)
        let listener = try TestSocket.bound(.tcp, at: ip("198.51.100.2"), port: 80, in: two.descriptor)
        try expect(try tcpReaches(one, ip("198.51.100.2"), 80, listener: listener) != nil, "a router is none any more")
        try network.tearDown(try sandbox("one"))
        try expectEqual(try readText("/proc/sys/net/ipv4/ip_forward"), "1")
    },
    Fact("network-settings-are-restored") {
        let scene = try NetworkScene(needsGuard: true)
        let machines = [
            try scene.outside().release().release(),
            try scene.outside("lan", v4: "198.51.100.", v6: "2001:db8:1::").release().release(),
        ]
        let proc = try ProcFS()
        for (setting, value) in [
            ("ipv6/conf/lan/accept_ra", "0"), ("ipv4/conf/lan/forwarding", "1"), ("ipv6/conf/lan/forwarding", "1"),
            ("ipv4/conf/all/accept_redirects", "0"), ("ipv4/conf/default/forwarding", "1"),
        ] { try proc.write(value, to: "sys/net/" + setting) }
        let settings = [
            "ipv4/ip_forward", "ipv4/conf/lan/forwarding", "ipv4/conf/wan/forwarding", "ipv4/conf/default/forwarding",
            "ipv4/conf/all/accept_redirects", "ipv6/conf/all/forwarding", "ipv6/conf/lan/forwarding", "ipv6/conf/wan/forwarding",
            "ipv6/conf/default/forwarding", "ipv6/conf/wan/accept_ra", "ipv6/conf/lan/accept_ra", "ipv6/conf/default/accept_ra",
        ]
        let read = { try settings.map { try readText("/proc/sys/net/" + $0) }.joined(by: " ") }
        let before = "0 1 0 1 0 0 1 0 0 1 0 1"
        try expectEqual(try read(), before)
        let network = try scene.network()
        let pod = try scene.namespace()
        _ = try network.setUp(try sandbox("one"), name: "one", namespace: pod)
        // A host that forwards hears router advertisements only where accept_ra is 2.
        try expectEqual(try read(), "1 1 1 1 0 1 1 1 1 2 0 2")
        // One that appears meanwhile forwards for pods, hears advertisements, and becomes what it would have been.
        let late = try scene.outside("late", v4: "203.0.113.", v6: "2001:db8:2::").release().release()
        let own = ["ipv4/conf/late/forwarding", "ipv6/conf/late/forwarding", "ipv6/conf/late/accept_ra"]
        let readLate = { try own.map { try readText("/proc/sys/net/" + $0) }.joined(by: " ") }
        try expectEqual(try readLate(), "1 1 2")
        try network.tearDown(try sandbox("one"))
        try expectEqual(try read(), before)
        try expectEqual(try readLate(), "1 0 1")
        // What somebody changes meanwhile stays; the other way round with defaults.
        for (setting, value) in [("ipv4/conf/default/forwarding", "0"), ("ipv6/conf/default/forwarding", "1")] {
            try proc.write(value, to: "sys/net/" + setting)
        }
        _ = try network.setUp(try sandbox("one"), name: "one", namespace: pod)
        try proc.write("0", to: "sys/net/ipv6/conf/wan/accept_ra")
        let later = try scene.outside("later", v4: "203.0.114.", v6: "2001:db8:3::").release().release()
        try network.tearDown(try sandbox("one"))
        try expectEqual(try read(), "0 1 0 0 0 0 1 0 1 0 0 1")
        try expectEqual(
            try ["ipv4/conf/later/forwarding", "ipv6/conf/later/forwarding", "ipv6/conf/later/accept_ra"]
                .map { try readText("/proc/sys/net/" + $0) }, ["0", "1", "1"])
        // Their namespaces end here, and with them their cables.
        for machine in machines + [late, later] { machine.close() }
    },
    Fact("network-of-a-router-without-a-default-forwards-for-pods") {
        let scene = try NetworkScene()
        let outside = try scene.outside()
        try require("ip", in: outside.descriptor)
        try run("ip route add 10.210.0.0/16 via 192.0.2.1", in: outside.descriptor)
        let proc = try ProcFS()
        try proc.write("1", to: "sys/net/ipv4/ip_forward")
        try proc.write("0", to: "sys/net/ipv4/conf/default/forwarding")
        let network = try scene.network()
        let pod = try scene.namespace()
        let given = try network.setUp(try sandbox("one"), name: "one", namespace: pod)
        let listener = try TestSocket.bound(.tcp, at: given.addresses[0], port: 80, in: pod.descriptor)
        try expect(try tcpReaches(outside, given.addresses[0], 80, listener: listener) != nil, "the pod")
        try network.tearDown(try sandbox("one"))
        try expectEqual(try readText("/proc/sys/net/ipv4/conf/default/forwarding"), "0")
    },
    Fact("network-foreign-tables-that-drop-are-named") {
        let scene = try NetworkScene(needsGuard: true)
        try require("nft", in: scene.home.descriptor)
        let network = try scene.network()
        let pod = try scene.namespace()
        let host = scene.home.descriptor
        let uid = try sandbox("one")
        try run(
            "nft add table ip filter; nft 'add chain ip filter FORWARD { type filter hook forward priority 0; policy drop; }'",
            in: host)
        let dropped = try networkError("docker's policy") { _ = try network.setUp(uid, name: "one", namespace: pod) }
        try expectEqual(
            dropped.message, "the chain 'FORWARD' of the table 'ip filter' drops what this host forwards, the pods' packets too")
        try run(
            "nft add rule ip filter FORWARD iifname hull0 accept; nft add rule ip filter FORWARD oifname hull0 accept", in: host)
        _ = try network.setUp(uid, name: "one", namespace: pod)
        // firewalld's way.
        try run(
            "nft add table inet firewalld; nft 'add chain inet firewalld filter_FORWARD { type filter hook forward priority 10; }';"
                + "nft add rule inet firewalld filter_FORWARD ct state established accept; nft add rule inet firewalld filter_FORWARD drop",
            in: host)
        try expectEqual(
            try network.check().map(\.text),
            ["the chain 'filter_FORWARD' of the table 'inet firewalld' drops what this host forwards, the pods' packets too"])
        try network.tearDown(uid)
        try run("nft delete table ip filter; nft delete table inet firewalld", in: host)
        try expectEqual(try hostState(), scene.untouched)
    },
    Fact("network-hairpin-with-bridge-netfilter") {
        let scene = try NetworkScene(needsTranslation: true)
        do { try ProcFS().write("1", to: "sys/net/bridge/bridge-nf-call-iptables") } catch {
            throw Missing(what: "the kernel has no br_netfilter")
        }
        try ProcFS().write("1", to: "sys/net/bridge/bridge-nf-call-ip6tables")
        let network = try scene.network()
        let first = try scene.namespace()
        let second = try scene.namespace()
        let port = try HostPort(.tcp, port: 8080, podPort: 80)
        let one = try network.setUp(try sandbox("one"), name: "one", namespace: first, ports: [port])
        _ = try network.setUp(try sandbox("two"), name: "two", namespace: second)
        for index in 0..<2 {
            let web = try TestSocket.bound(.tcp, at: one.addresses[index], port: 80, in: first.descriptor)
            try expect(try tcpReaches(first, one.gateways[index], 8080, listener: web) != nil, "the pod itself")
            try expect(try tcpReaches(second, one.gateways[index], 8080, listener: web) != nil, "another pod")
            try expect(try tcpReaches(second, one.addresses[index], 80, listener: web) != nil, "straight")
        }
    },
    Fact("network-other-bridges-are-left-alone") {
        let scene = try NetworkScene(needsGuard: true)
        do { try ProcFS().write("1", to: "sys/net/bridge/bridge-nf-call-iptables") } catch {
            throw Missing(what: "the kernel has no br_netfilter")
        }
        // A bridge of somebody else's, with two machines.
        guard let bridge = InterfaceName("br0"), let eth0 = InterfaceName("eth0"),
            let hardware = HardwareAddress([2, 0, 0, 0, 0, 1])
        else { throw Broken(description: "names") }
        var route = try NetlinkSocket(.route)
        try route.perform([LinkMessage.addBridge(bridge, address: hardware, mtu: 1500), LinkMessage.set(bridge, up: true)])
        let index = try route.link(bridge)?.index ?? 0
        let one = try scene.namespace()
        let two = try scene.namespace()
        for (number, place) in [one.descriptor, two.descriptor].enumerated() {
            guard let port = InterfaceName("other\(number + 1)") else { throw Broken(description: "names") }
            try route.perform([
                LinkMessage.addVeth(
                    LinkMessage.Port(port, nil), master: index, mtu: 1500, peer: LinkMessage.Port(eth0, nil), in: place),
                LinkMessage.set(port, up: true),
            ])
            var inside = try NetlinkSocket(.route, in: place)
            try inside.perform(LinkMessage.set(eth0, up: true))
            try inside.perform(
                AddressMessage.add(ip("10.99.0.\(number + 1)"), prefixLength: 24, to: try inside.link(eth0)?.index ?? 0))
        }
        let pod = try scene.namespace()
        _ = try scene.network().setUp(try sandbox("one"), name: "one", namespace: pod)
        let listener = try TestSocket.bound(.tcp, at: ip("10.99.0.2"), port: 80, in: two.descriptor)
        try expect(
            try tcpReaches(one, ip("10.99.0.2"), 80, listener: listener, milliseconds: 5000) != nil, "another's bridge is cut")
        try scene.network().tearDown(try sandbox("one"))
    },
    Fact("network-host-does-not-route-between-others-bridges") {
        let scene = try NetworkScene(needsGuard: true)
        try require("ip", in: scene.home.descriptor)
        // Many a number in between, so that those of the bridges have different halves in common.
        let near = try scene.namespace()
        let other = try scene.namespace()
        for (number, machine) in [near.descriptor, other.descriptor].enumerated() {
            let place = "/proc/\(currentPID())/fd/\(machine.number)"
            let net = "10.\(98 - number).0"
            try run(
                "ip link add br\(number) index \(number * 0x130 + 0x1f) type bridge; ip address add \(net).1/24 dev br\(number);"
                    + " ip link add far\(number) type veth peer name eth0 netns \(place);"
                    + " ip link set far\(number) master br\(number) up; ip link set br\(number) up", in: scene.home.descriptor)
            try run("ip address add \(net).2/24 dev eth0; ip link set eth0 up; ip route add default via \(net).1", in: machine)
        }
        let pod = try scene.namespace()
        let given = try scene.network().setUp(try sandbox("one"), name: "one", namespace: pod)
        let far = try ip("10.97.0.2")
        let listener = try TestSocket.bound(.tcp, at: far, port: 80, in: other.descriptor)
        try expect(
            try tcpReaches(near, far, 80, listener: listener, milliseconds: 500) == nil, "the host became a router")
        // Pods are reached, and without the guard the others would be.
        let inPod = try TestSocket.bound(.tcp, at: given.addresses[0], port: 80, in: pod.descriptor)
        try expect(try tcpReaches(near, given.addresses[0], 80, listener: inPod) != nil, "the pod")
        try run("nft flush chain inet hull0 forward", in: scene.home.descriptor)
        try expect(try tcpReaches(near, far, 80, listener: listener) != nil, "the test proves nothing")
        try expectEqual(
            try scene.network().check().map(\.text),
            ["the table 'inet hull0' is not as it should be: the chain 'forward' has 0 rules, not 3"])
        try expectEqual(try scene.network().fix().map(\.text), [])
        try scene.network().tearDown(try sandbox("one"))
    },
]
