import Netlink

extension Ruleset {
    /// What a pod may send: IPv4, ARP and IPv6 from its own interface by its own addresses, and neither router advertisements nor redirects. All else is
    /// dropped at its port, before the bridge learns anything from it.
    func bridgedChains() -> [FilterChain] {
        var chains = [FilterChain(bridged, ownARP, rules: [claimRule4, [.verdict(.drop)]])]
        var rules: [[Expression]] = [
            // Other bridges of the host.
            [.load(.interfaceName), .compare(portPrefix, isEqual: false), .verdict(.accept)]
        ]
        rules.append(
            etherType(Self.ip4)
                + sender(.v4, address: .payload(.network, offset: 12, length: 4, to: 6), .accept))
        // ARP: from the pod's own hardware address, or else the bridge would learn another's from it; and the addresses that the sender claims to have.
        rules.append(
            etherType(Self.arp)
                + sender(.v4, address: .payload(.network, offset: 14, length: 4, to: 6), .jump(ownARP)))
        if configuration.subnet6 != nil {
            chains.append(FilterChain(bridged, ownAdvertisements, rules: [senderRule6, [.verdict(.drop)]]))
            rules += bridgedRules6()
        }
        rules.append([.verdict(.drop)])
        let hook = FilterTable.Hook(.filter, .prerouting, priority: -200)
        return chains + [FilterChain(bridged, "prerouting", hook, rules: rules)]
    }

    private var ownARP: String { "own_arp" }
    private var ownAdvertisements: String { "own_advertisements" }

    private var claimRule4: [Expression] {
        [
            .load(.interfaceName, to: 0), .payload(.network, offset: 8, length: 6, to: 4),
            .payload(.network, offset: 14, length: 4, to: 6), .lookUp(sendersSet(.v4).name), .verdict(.accept),
        ]
    }

    private func bridgedRules6() -> [[Expression]] {
        let neighborTarget = Expression.payload(.transport, offset: 8, length: 16, to: 6)
        return [
            // 134 and 137: a pod is no router, and nobody's routes are its business.
            icmp6(134) + [.verdict(.drop)],
            icmp6(137) + [.verdict(.drop)],
            // 136, neighbor advertisement: of its own address only, else it would be the pod's way to another's packets. What is left of them is dropped.
            icmp6(136) + [.load(.interfaceName, to: 0), .payload(.link, offset: 6, length: 6, to: 4), neighborTarget]
                + [.lookUp(sendersSet(.v6).name), .verdict(.jump(ownAdvertisements))],
            icmp6(136) + [.verdict(.drop)],
            senderRule6,
        ]
    }

    private var senderRule6: [Expression] {
        etherType(Self.ip6) + sender(.v6, address: .payload(.network, offset: 8, length: 16, to: 6), .accept)
    }

    private func etherType(_ type: [UInt8]) -> [Expression] { [.load(.etherType), .compare(type)] }

    private func icmp6(_ type: UInt8) -> [Expression] {
        etherType(Self.ip6) + [
            .load(.transportProtocol), .compare([58]), .payload(.transport, offset: 0, length: 1), .compare([type]),
        ]
    }

    /// Decides what the port's own pod sends: interface in words 0 to 3, source of the frame in 4 and 5, address from 6 on.
    private func sender(
        _ family: IPAddress.Family, address: Expression, _ verdict: Expression.Verdict
    ) -> [Expression] {
        [
            .load(.interfaceName, to: 0), .payload(.link, offset: 6, length: 6, to: 4), address,
            .lookUp(sendersSet(family).name), .verdict(verdict),
        ]
    }

    /// As `hull0p`, without a NUL: what begins so.
    private var portPrefix: [UInt8] { Array("\(configuration.bridge)p".utf8) }

    private static let ip4: [UInt8] = [0x08, 0x00]
    private static let arp: [UInt8] = [0x08, 0x06]
    private static let ip6: [UInt8] = [0x86, 0xdd]
}
