import LinuxKernel
import LinuxTypes
import Netlink
import PodNetwork
import PodRecords

/// How much goes from pod to pod by one TCP connection, over Hull's bridge and over one made by hand, in turns: `iperf3`.
struct Throughput {
    let network: PodNetwork
    /// Two pods of Hull's and two beside it.
    let namespaces: [FileDescriptor]
    let seconds = 3
    let rounds = 3

    func run() throws {
        var addresses: [IPAddress] = []
        for index in 0..<2 {
            guard let uid = PodUID("fast-\(index)") else { return }
            let handle = try NamespaceHandle(path: "/proc/self/fd/\(namespaces[index].number)", kind: .network)
            addresses.append(try network.setUp(uid, name: "fast", namespace: handle).addresses[0])
        }
        try makeByHand()
        guard let plain = IPAddress("10.99.0.2") else { return }
        var ours: [Int] = []
        var byHand: [Int] = []
        for _ in 0..<rounds {
            ours.append(try measure(from: namespaces[0], to: addresses[1], in: namespaces[1]))
            byHand.append(try measure(from: namespaces[2], to: plain, in: namespaces[3]))
        }
        print("pod to pod, Mbit/s: hull \(ours.sorted()[rounds / 2]), a bridge made by hand \(byHand.sorted()[rounds / 2])")
        for index in 0..<2 {
            if let uid = PodUID("fast-\(index)") { try network.tearDown(uid) }
        }
    }

    private func makeByHand() throws {
        guard let bridge = InterfaceName("plain0"), let eth0 = InterfaceName("eth0"),
            let hardware = HardwareAddress([2, 0, 0, 0, 0, 1])
        else { return }
        var route = try NetlinkSocket(.route)
        try route.perform([LinkMessage.addBridge(bridge, address: hardware, mtu: 1500), LinkMessage.set(bridge, up: true)])
        let index = try route.link(bridge)?.index ?? 0
        for number in 0..<2 {
            guard let port = InterfaceName("plain\(number + 1)"), let address = IPAddress("10.99.0.\(number + 1)") else { return }
            let place = namespaces[number + 2]
            try route.perform([
                LinkMessage.addVeth(
                    LinkMessage.Port(port, nil), master: index, mtu: 1500, peer: LinkMessage.Port(eth0, nil), in: place),
                LinkMessage.set(port, up: true),
            ])
            var inside = try NetlinkSocket(.route, in: place)
            try inside.perform(LinkMessage.set(eth0, up: true))
            try inside.perform(AddressMessage.add(address, prefixLength: 24, to: try inside.link(eth0)?.index ?? 0))
        }
    }

    /// Megabits per second that the receiver saw.
    private func measure(from sender: FileDescriptor, to address: IPAddress, in receiver: FileDescriptor) throws -> Int {
        _ = try shell("iperf3 -s -1 -D", in: receiver)
        pause(milliseconds: 300)
        let text = try shell("iperf3 -c \(address) -t \(seconds) -f m | awk '/receiver/ { print $7 }'", in: sender)
        return Int(text) ?? 0
    }

    private func shell(_ command: String, in namespace: FileDescriptor) throws -> String {
        let program = Subprocess(
            path: "/bin/sh", arguments: ["sh", "-c", command], environment: ["PATH=/usr/bin:/bin"], timeoutMilliseconds: 30_000)
        return try inNetworkNamespace(namespace) { () throws(KernelError) in try program.run() }.output
    }
}
