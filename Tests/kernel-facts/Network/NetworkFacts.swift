import Journal
import LinuxKernel
import LinuxTypes
import Netlink
import PodNetwork
import PodRecords

let networkFacts = [
    Fact("network-pod-gets-and-gives-back") {
        let scene = try NetworkScene()
        try expectEqual(try hostState(), scene.untouched)
        let network = try scene.network()
        let pod = try scene.namespace()
        let uid = try sandbox("one")
        let addresses = try network.setUp(uid, name: "web", namespace: pod)
        try expectEqual(addresses.addresses.map(\.description), ["10.210.0.2", "fd68:756c:6c00::2"])
        try expectEqual(addresses.gateways.map(\.description), ["10.210.0.1", "fd68:756c:6c00::1"])
        try expectEqual(try hostState(), "links [\"hull0\", \"hull0p2\"], tables \(scene.tables), forwarding 1 1")
        try expectEqual(
            try network.pods().map { "\($0.sandbox) \($0.name) \($0.state) \($0.addresses.port)" }, ["one web ready hull0p2"])
        // The same answer, and nothing twice.
        try expectEqual(try network.setUp(uid, name: "web", namespace: pod), addresses)
        try network.tearDown(uid)
        try network.tearDown(uid)
        try expectEqual(try hostState(), scene.untouched)
        for prefix: Key in ["/network/pods/", "/addresses/", "/hostports/", "/network/host"] {
            try expectEqual(try scene.journal.range(RangeRequest(.prefix(prefix))).count, 0)
        }
    },
    Fact("network-pods-host-and-outside-reach-each-other") {
        let scene = try NetworkScene()
        let network = try scene.network()
        let outside = try scene.outside()
        let first = try scene.namespace()
        let second = try scene.namespace()
        let one = try network.setUp(try sandbox("one"), name: "one", namespace: first)
        let two = try network.setUp(try sandbox("two"), name: "two", namespace: second)
        for index in 0..<2 {
            // At once: no address may still be asking whether another has it.
            let listener = try TestSocket.bound(.tcp, at: two.addresses[index], port: 80, in: second.descriptor)
            try expectEqual(try tcpReaches(first, two.addresses[index], 80, listener: listener), one.addresses[index])
            try expectEqual(try tcpReaches(scene.home, two.addresses[index], 80, listener: listener), two.gateways[index])
            let onHost = try TestSocket.bound(.tcp, at: one.gateways[index], port: 81, in: scene.home.descriptor)
            try expectEqual(try tcpReaches(first, one.gateways[index], 81, listener: onHost), one.addresses[index])
            guard scene.configuration.translatesAddresses else { continue }
            let far = try ip(index == 0 ? "192.0.2.2" : "2001:db8::2")
            let server = try TestSocket.bound(.tcp, at: far, port: 82, in: outside.descriptor)
            let seen = try ip(index == 0 ? "192.0.2.1" : "2001:db8::1")
            try expectEqual(try tcpReaches(first, far, 82, listener: server), seen)
        }
    },
    Fact("network-refuses-what-is-in-use") {
        let scene = try NetworkScene()
        // Kept: its end would be that of its cable.
        let outside = try scene.outside().release().release()
        defer { outside.close() }
        let pod = try scene.namespace()
        let error = try networkError("a subnet in use") {
            _ = try scene.network(subnet4: "192.0.0.0/16").setUp(try sandbox("one"), name: "one", namespace: pod)
        }
        try expectEqual(
            error.message, "the subnet 192.0.0.0/16 is in use: the host has a route to 192.0.2.0/24 by 'wan'")
        let other = try networkError("an interface of another") {
            _ = try scene.network(subnet4: "10.9.0.0/16", bridge: "wan").setUp(try sandbox("one"), name: "one", namespace: pod)
        }
        try expectEqual(other.message, "the interface 'wan' is there already, and not by us")
        try expectEqual(try hostState(), scene.untouched)
        // A network that is up is not another one.
        let network = try scene.network()
        _ = try network.setUp(try sandbox("one"), name: "one", namespace: pod)
        let third = try scene.namespace()
        let changed = try networkError("another configuration") {
            _ = try scene.network(subnet4: "10.9.0.0/16").setUp(try sandbox("two"), name: "two", namespace: third)
        }
        try expectEqual(
            changed.message, "the network is up with another configuration (10.210.0.0/16, fd68:756c:6c00::/64 on hull0)")
        // Who removes needs no right configuration.
        try scene.network(subnet4: "10.9.0.0/16").tearDown(try sandbox("one"))
        try expectEqual(try hostState(), scene.untouched)
    },
    Fact("network-addresses-run-out") {
        let scene = try NetworkScene()
        let network = try scene.network(subnet4: "10.9.0.0/29")
        var pods: [PodUID] = []
        var given: Set<String> = []
        for number in 0..<5 {
            let pod = try scene.namespace()
            let uid = try sandbox("pod-\(number)")
            given.insert(try network.setUp(uid, name: "pod", namespace: pod).addresses[0].description)
            pods.append(uid)
        }
        try expectEqual(given, ["10.9.0.2", "10.9.0.3", "10.9.0.4", "10.9.0.5", "10.9.0.6"])
        let pod = try scene.namespace()
        let error = try networkError("a full subnet") {
            _ = try network.setUp(try sandbox("late"), name: "late", namespace: pod)
        }
        try expectEqual(error.message, "no address of 10.9.0.0/29 is free for pod 'late'")
        try network.tearDown(pods[3])
        try expectEqual(try network.setUp(try sandbox("late"), name: "late", namespace: pod).addresses[0], try ip("10.9.0.5"))
        for uid in pods + [try sandbox("late")] { try network.tearDown(uid) }
        try expectEqual(try hostState(), scene.untouched)
    },
    Fact("network-failed-set-up-is-undone") {
        let scene = try NetworkScene()
        let network = try scene.network()
        let pod = try scene.namespace()
        // The pod has an eth0 already.
        guard let eth0 = InterfaceName("eth0"), let other = InterfaceName("other") else { throw Broken(description: "names") }
        var inside = try NetlinkSocket(.route, in: pod.descriptor)
        try inside.perform(
            LinkMessage.addVeth(
                LinkMessage.Port(other, nil), master: 0, mtu: 1500, peer: LinkMessage.Port(eth0, nil), in: pod.descriptor))
        let error = try networkError("an eth0 that is there") {
            _ = try network.setUp(try sandbox("one"), name: "one", namespace: pod)
        }
        try expect(error.message.contains("add link 'hull0p2' with its peer 'eth0': file exists"), "\(error)")
        try expectEqual(error.undoing, nil)
        try expectEqual(try hostState(), scene.untouched)
        // Another has the name of the pod's port: it keeps its link.
        guard let taken = InterfaceName("hull0p3"), let hardware = HardwareAddress([2, 0, 0, 0, 0, 1]) else {
            throw Broken(description: "names")
        }
        var here = try NetlinkSocket(.route)
        try here.perform(LinkMessage.addBridge(taken, address: hardware, mtu: 1500))
        let fresh = try scene.namespace()
        let second = try networkError("a name that is taken") {
            _ = try network.setUp(try sandbox("one"), name: "one", namespace: fresh)
        }
        try expect(second.message.contains("file exists"), "\(second)")
        try expectEqual(try here.link(taken)?.hardwareAddress, hardware)
        try here.perform(LinkMessage.delete(taken))
        // A host that has turned IPv6 off for interfaces to come.
        try ProcFS().write("1", to: "sys/net/ipv6/conf/default/disable_ipv6")
        _ = try network.setUp(try sandbox("one"), name: "one", namespace: fresh)
        try network.tearDown(try sandbox("one"))
        try expectEqual(try hostState(), scene.untouched)
        try expectEqual(try scene.journal.range(RangeRequest(.prefix("/addresses/"))).count, 0)
    },
]

let networkRetireFacts = [
    Fact("network-retired-pod-is-cut-off-and-reaped") {
        let scene = try NetworkScene()
        let network = try scene.network()
        let first = try scene.namespace()
        let second = try scene.namespace()
        let (one, two) = (try sandbox("one"), try sandbox("two"))
        let ports = scene.configuration.translatesAddresses ? [try HostPort(.tcp, port: 8080, podPort: 80)] : []
        let given = try network.setUp(one, name: "one", namespace: first, ports: ports)
        let gateway = given.gateways[0]
        let listener = try TestSocket.bound(.tcp, at: gateway, port: 80, in: scene.home.descriptor)
        try expect(try tcpReaches(first, gateway, 80, listener: listener) != nil, "the pod cannot reach the host")
        try network.retire(one)
        try network.retire(one)
        try expectEqual(try tcpReaches(first, gateway, 80, listener: listener, milliseconds: 300), nil)
        try expectEqual(try network.check().map(\.text), ["the removal of pod 'one' (one) did not come to its end"])
        // Its port is another's as soon as that wants it, and the network stays up meanwhile.
        _ = try network.setUp(two, name: "two", namespace: second, ports: ports)
        try network.reap()
        try expectEqual(try network.check().map(\.text), [])
        try network.retire(two)
        // The same pod again, over its own rest.
        _ = try network.setUp(two, name: "two", namespace: second, ports: ports)
        try expectEqual(try network.check().map(\.text), [])
        try network.retire(two)
        try network.reap()
        try network.reap()
        try expectEqual(try hostState(), scene.untouched)
        // A full subnet has the addresses of retired pods.
        let small = try scene.network(subnet4: "10.9.0.0/29")
        var pods: [PodUID] = []
        for number in 0..<6 {
            let pod = try scene.namespace()
            if number == 5 { for uid in pods { try small.retire(uid) } }
            pods.append(try sandbox("pod-\(number)"))
            _ = try small.setUp(pods[number], name: "pod", namespace: pod)
        }
        try small.retire(pods[5])
        try small.reap()
        try expectEqual(try hostState(), scene.untouched)
    }
]
