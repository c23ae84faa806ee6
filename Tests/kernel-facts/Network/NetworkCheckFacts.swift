import Glibc
import LinuxKernel
import LinuxTypes
import Netlink
import PodNetwork

/// Sends one Ethernet frame by an interface of a network namespace.
private func send(_ frame: [UInt8], by interface: InterfaceName, in namespace: FileDescriptor) throws {
    var route = try NetlinkSocket(.route, in: namespace)
    guard let index = try route.link(interface)?.index else { throw Broken(description: "no '\(interface)'") }
    let socket = try inNetworkNamespace(namespace) { () throws(KernelError) in
        // AF_PACKET 17, SOCK_RAW.
        let number = Glibc.socket(17, 3 | Int32(O_CLOEXEC), 0)
        guard number >= 0 else { throw KernelError(call: "socket", errno: .EPERM, subject: "AF_PACKET") }
        return OwnedDescriptor(owning: FileDescriptor(number))
    }
    // struct sockaddr_ll: family, protocol, index, device type, packet type, address length, address.
    let bytes = withUnsafeBytes(of: index) { [17, 0, 0, 0] + Array($0) + [UInt8](repeating: 0, count: 12) }
    let count = bytes.withUnsafeBytes { address in
        address.baseAddress.map { sendto(socket.number, frame, frame.count, 0, $0.assumingMemoryBound(to: sockaddr.self), 20) }
    }
    try expectEqual(count, frame.count)
}

/// An ARP request for an address.
private func question(
    from source: HardwareAddress, as sender: HardwareAddress, _ address: IPAddress, for wanted: IPAddress
) -> [UInt8] {
    [UInt8](repeating: 0xff, count: 6) + source.bytes + [8, 6] + [0, 1, 8, 0, 6, 4, 0, 1] + sender.bytes + address.bytes
        + [UInt8](repeating: 0, count: 6) + wanted.bytes + [UInt8](repeating: 0, count: 18)
}

let networkCheckFacts = [
    Fact("network-pod-cannot-take-over-a-neighbors-frames") {
        let scene = try NetworkScene()
        let network = try scene.network()
        let first = try scene.namespace()
        let second = try scene.namespace()
        let thief = try network.setUp(try sandbox("one"), name: "one", namespace: first)
        let victim = try network.setUp(try sandbox("two"), name: "two", namespace: second)
        let listener = try TestSocket.bound(.tcp, at: victim.addresses[0], port: 80, in: second.descriptor)
        try expect(try tcpReaches(scene.home, victim.addresses[0], 80, listener: listener) != nil, "the neighbor")
        // What a frame asks may be true of the pod itself, and only its source the neighbor's; or the other way round.
        let frames = [
            question(from: victim.hardwareAddress, as: thief.hardwareAddress, thief.addresses[0], for: thief.gateways[0]),
            question(from: thief.hardwareAddress, as: victim.hardwareAddress, victim.addresses[0], for: thief.gateways[0]),
            question(from: thief.hardwareAddress, as: thief.hardwareAddress, victim.addresses[0], for: thief.gateways[0]),
            question(from: thief.hardwareAddress, as: victim.hardwareAddress, thief.addresses[0], for: thief.gateways[0]),
        ]
        // Again and again: in its first seconds the neighbor itself sends something, which would mend it.
        for (number, frame) in [[[UInt8]]](repeating: frames, count: 4).joined().enumerated() {
            try send(frame, by: thief.interface, in: first.descriptor)
            pause(milliseconds: 5)
            for (place, victim) in [victim, thief].enumerated() {
                let listener = try TestSocket.bound(
                    .tcp, at: victim.addresses[0], port: 81 + UInt16(number),
                    in: place == 0 ? second.descriptor : first.descriptor)
                try expect(
                    try tcpReaches(scene.home, victim.addresses[0], 81 + UInt16(number), listener: listener, milliseconds: 500)
                        != nil, "frame \(number % 4): packets for \(victim.addresses[0]) go elsewhere")
            }
            pause(milliseconds: 150)
        }
    },
    Fact("network-check-sees-rules-ports-and-settings") {
        let scene = try NetworkScene()
        for program in ["ip", "nft"] { try require(program, in: scene.home.descriptor) }
        let network = try scene.network()
        let pod = try scene.namespace()
        let translates = scene.configuration.translatesAddresses
        let ports = translates ? [try HostPort(.tcp, port: 8080, podPort: 80)] : []
        let given = try network.setUp(try sandbox("one"), name: "web", namespace: pod, ports: ports)
        try expectEqual(try network.check().map(\.text), [])
        let listener = try TestSocket.bound(.tcp, at: given.addresses[0], port: 80, in: pod.descriptor)
        let link = "the link 'hull0p2' of pod 'web' (one)"
        let bridged = "the table 'bridge hull0' is not as it should be: "
        let routed = "the table 'inet hull0' is not as it should be: "
        var damages = [
            ("nft flush chain bridge hull0 prerouting", bridged + "the chain 'prerouting' has 0 rules, not 9"),
            (
                "nft insert rule bridge hull0 own_arp accept", bridged + "the chain 'own_arp' has 3 rules, not 2"
            ),
            (
                "h=$(nft -a list chain bridge hull0 own_advertisements | sed -n 's/.*drop # handle //p');"
                    + " nft replace rule bridge hull0 own_advertisements handle $h accept",
                bridged + "rule 2 of the chain 'own_advertisements' is another one"
            ),
            (
                "h=$(nft -a list chain bridge hull0 own_arp | sed -n 's/.*@senders4 accept # handle //p');"
                    + " nft replace rule bridge hull0 own_arp handle $h iifname . arp saddr ether . arp saddr ip != @senders4 accept",
                bridged + "rule 1 of the chain 'own_arp' is another one"
            ),
            ("nft add chain bridge hull0 more", bridged + "the chain 'more' is not ours"),
            (
                "nft 'chain bridge hull0 prerouting { policy drop; }'",
                bridged + "the chain 'prerouting' is not called where it should be, or drops by default"
            ),
            ("nft 'table bridge hull0 { flags dormant; }'", "the table 'bridge hull0' is dormant"),
            ("ip link set hull0p2 nomaster", link + " is no port of the bridge 'hull0'"),
            ("ip link set hull0p2 down", link + " is down"),
            (
                "ip link set hull0p2 type bridge_slave hairpin off",
                link + " does not send back what the pod sends to itself (hairpin)"
            ),
            ("ip link delete hull0", "the bridge 'hull0' is gone"),
            ("ip link set hull0p2 down; ip link set hull0p2 name other; ip link set other up", link + " is called 'other' now"),
            ("ip link set hull0p2 down; ip link set hull0p2 name hull0p77", link + " is called 'hull0p77' now"),
        ]
        if scene.tables.contains("inet") {
            damages.append(("nft flush chain inet hull0 forward", routed + "the chain 'forward' has 0 rules, not 3"))
            damages.append(
                ("nft delete table inet hull0", "the table 'inet hull0' \(translates ? "or its set 'ports4' " : "")is gone"))
        }
        if translates {
            damages += [
                ("nft delete chain inet hull0 early", routed + "the chain 'early' is gone"),
                ("nft flush chain inet hull0 host_ports", routed + "the chain 'host_ports' has 0 rules, not 5"),
                (
                    "echo 0 >/proc/sys/net/ipv4/conf/hull0/route_localnet",
                    "host ports at 127.0.0.1 lead nowhere: net/ipv4/conf/hull0/route_localnet is not 1"
                ),
                (
                    "nft 'delete element inet hull0 ports4 { tcp . 8080 }; add element inet hull0 ports4 { tcp . 8080 comment \"one\" : 10.210.0.9 . 80 }'",
                    "a rule of pod 'web' (one) leads elsewhere in the set 'ports4'"
                ),
            ]
        }
        for (damage, text) in damages {
            try run(damage, in: scene.home.descriptor)
            let found = try network.check().map(\.text)
            try expect(found.contains(text), "\(damage): found \(found), expected '\(text)'")
            try expectEqual(try network.fix().map(\.text), [])
            try expect(
                try tcpReaches(scene.home, given.addresses[0], 80, listener: listener) != nil, "\(damage): the pod is cut off")
            if translates {
                try expect(
                    try tcpReaches(scene.home, ip("127.0.0.1"), 8080, listener: listener) != nil, "\(damage): the host port")
            }
        }
        try network.tearDown(try sandbox("one"))
        try expectEqual(try hostState(), scene.untouched)
    },
    Fact("network-removal-takes-a-link-that-has-no-bridge") {
        let scene = try NetworkScene()
        try require("ip", in: scene.home.descriptor)
        let network = try scene.network()
        // Kept: with the end of its namespace the pod's link goes, too.
        let first = try scene.namespace()
        let second = try scene.namespace()
        let third = try scene.namespace()
        _ = try network.setUp(try sandbox("one"), name: "one", namespace: first)
        try run("ip link delete hull0", in: scene.home.descriptor)
        _ = try network.setUp(try sandbox("two"), name: "two", namespace: second)
        try expectEqual(try network.check().map(\.text), [])
        try run("ip link set hull0p2 nomaster", in: scene.home.descriptor)
        try network.tearDown(try sandbox("one"))
        try expectEqual(try hostState(), "links [\"hull0\", \"hull0p3\"], tables \(scene.tables), forwarding 1 1")
        // A cable that is somewhere else: its pod can still be removed, and all that it claimed is free.
        let elsewhere = try scene.namespace()
        _ = try network.setUp(try sandbox("three"), name: "three", namespace: third)
        let place = "/proc/\(currentPID())/fd/\(elsewhere.descriptor.number)"
        try run("ip link set hull0p4 netns \(place)", in: scene.home.descriptor)
        let gone = "the link 'hull0p4' of pod 'three' (three) is gone, as after the end of its network namespace"
        try expectEqual(try network.check().map(\.text), [gone])
        try network.tearDown(try sandbox("three"))
        try run("ip link set hull0p3 down; ip link set hull0p3 name other", in: scene.home.descriptor)
        try network.retire(try sandbox("two"))
        try network.reap()
        try expectEqual(try network.check().map(\.text), [])
        try expectEqual(try hostState().replacing("\"other\"", with: ""), scene.untouched)
    },
]
