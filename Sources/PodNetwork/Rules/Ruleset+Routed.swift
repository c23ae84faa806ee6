import Netlink

extension Ruleset {
    /// What the host routes.
    func routedChains() -> [FilterChain] {
        let forward = isGuarded ? [forwardChain()] : []
        return configuration.translatesAddresses ? [loopbackChain()] + forward + translationChains() : forward
    }

    private func loopbackChain() -> FilterChain {
        // CVE-2020-8558: `route_localnet` on the bridge would let its neighbors speak to services that listen on 127.0.0.1 alone. Order: before connections are
        // followed, so that the answers to our own rewritten ones still come through.
        let rules: [[Expression]] = [12, 16].map { offset in
            family(.v4) + [
                .load(.interfaceName), .compare(Self.name("lo"), isEqual: false),
                .payload(.network, offset: offset, length: 4), .mask([255, 0, 0, 0]), .compare([127, 0, 0, 0]),
                .verdict(.drop),
            ]
        }
        return FilterChain(routed, "early", FilterTable.Hook(.filter, .prerouting, priority: -300), rules: rules)
    }

    private func forwardChain() -> FilterChain {
        // With `br_netfilter` what crosses another bridge of the host comes by here, too, as from the bridge to the same bridge: it is nobody's business. What the host would
        // route from one bridge to another goes on to the guard.
        let bridged: [Expression] = [
            .load(.interfaceKind), .compare(Self.name("bridge")), .load(.outgoingInterfaceKind), .compare(Self.name("bridge")),
        ]
        var rules = [bridged + isSameInterface + [.verdict(.accept)]]
        for (isGuarded, version) in [(before.isGuarded4, IPAddress.Family.v4), (before.isGuarded6, .v6)] where isGuarded {
            rules.append(family(version) + incoming(isBridge: false) + outgoing(isBridge: false) + [.verdict(.drop)])
        }
        return FilterChain(routed, "forward", FilterTable.Hook(.filter, .forward, priority: 0), rules: rules)
    }

    /// nf_tables before Linux 6.13 cannot compare what it loaded with what else it loaded, but only look pairs up. So four bits at a time of both interfaces' numbers are looked up
    /// among the pairs of equal ones: what is left of them has all 32 in common.
    private var isSameInterface: [Expression] {
        stride(from: UInt32(0), to: 32, by: 4).flatMap { place -> [Expression] in
            [.load(.interfaceIndex, to: 0)] + Self.fourBits(from: place, at: 0) + [.load(.outgoingInterfaceIndex, to: 1)]
                + Self.fourBits(from: place, at: 1) + [.lookUp(equalBits.name)]
        }
    }

    private static func fourBits(from place: UInt32, at word: UInt32) -> [Expression] {
        (place == 0 ? [] : [.shiftRight(by: place, at: word)]) + [.mask(number(15), at: word)]
    }

    var equalBits: FilterSet { FilterSet(routed, "equal_bits", key: [.mark, .mark]) }

    /// 0 and 0, to 15 and 15.
    static var pairs: [FilterSet.Element] {
        (0..<16).map { FilterSet.Element(key: number($0) + number($0), comment: nil) }
    }

    private static func number(_ number: UInt32) -> [UInt8] { withUnsafeBytes(of: number) { Array($0) } }

    private func translationChains() -> [FilterChain] {
        var chains = [FilterChain(routed, "host_ports", rules: hostPortRules())]
        for (chain, place) in [("prerouting", FilterTable.Hook.Place.prerouting), ("output", .output)] {
            chains.append(
                FilterChain(
                    routed, chain, FilterTable.Hook(.nat, place, priority: -100),
                    rules: [[.destinationKind, .compare([2, 0, 0, 0]), .verdict(.jump("host_ports"))]]))
        }
        // A connection of the host to 127.0.0.1, led to a pod: the pod could not answer to that address.
        let fromLoopback: [Expression] = [
            .payload(.network, offset: 12, length: 4), .mask([255, 0, 0, 0]), .compare([127, 0, 0, 0]),
        ]
        var rules = [family(.v4) + outgoing(isBridge: true) + fromLoopback + [.masquerade]]
        for subnet in configuration.subnets {
            let fromPod = family(subnet.family) + source(in: subnet)
            // From pod to pod by a host port: the answer must come back the same way, and not straight over the bridge.
            rules.append(
                fromPod + outgoing(isBridge: true) + [.connectionStatus, .mask([0x20, 0, 0, 0])]
                    + [.compare([0, 0, 0, 0], isEqual: false), .masquerade])
            rules.append(fromPod + outgoing(isBridge: false) + [.masquerade])
        }
        chains.append(
            FilterChain(routed, "postrouting", FilterTable.Hook(.nat, .postrouting, priority: 100), rules: rules))
        return chains
    }

    /// The pod's address and port come out of the map into the words from 8 on.
    private func hostPortRules() -> [[Expression]] {
        // ::1 is an address of the host, but from it nothing gets out.
        let loopback6 = [UInt8](repeating: 0, count: 15) + [1]
        var rules = [family(.v6) + [.payload(.network, offset: 24, length: 16), .compare(loopback6), .verdict(.return)]]
        for version in [IPAddress.Family.v4, .v6] {
            let isV4 = version == .v4
            let words: UInt32 = isV4 ? 1 : 4
            let translation = Expression.translateDestination(version, address: 8, port: 8 + words)
            let at = portsSet(version, hasAddress: true)
            rules.append(
                family(version) + [
                    .payload(.network, offset: isV4 ? 16 : 24, length: words * 4, to: 0), .load(.transportProtocol, to: words),
                    .payload(.transport, offset: 2, length: 2, to: words + 1), .lookUp(at.name, valueTo: 8), translation,
                ])
            let everywhere = portsSet(version, hasAddress: false)
            rules.append(
                family(version) + [
                    .load(.transportProtocol, to: 0), .payload(.transport, offset: 2, length: 2, to: 1),
                    .lookUp(everywhere.name, valueTo: 8), translation,
                ])
        }
        return rules
    }

    private func family(_ family: IPAddress.Family) -> [Expression] { [.load(.networkProtocol), .compare([family.rawValue])] }

    private func incoming(isBridge: Bool) -> [Expression] {
        [.load(.interfaceName), .compare(configuration.bridge.padded, isEqual: isBridge)]
    }

    private func outgoing(isBridge: Bool) -> [Expression] {
        [.load(.outgoingInterfaceName), .compare(configuration.bridge.padded, isEqual: isBridge)]
    }

    private func source(in subnet: IPSubnet) -> [Expression] {
        let length = subnet.family == .v4 ? UInt32(4) : 16
        return [
            .payload(.network, offset: subnet.family == .v4 ? 12 : 8, length: length), .mask(subnet.mask),
            .compare(subnet.address.bytes),
        ]
    }

    private static func name(_ name: String) -> [UInt8] { Array(name.utf8) + [UInt8](repeating: 0, count: 16 - name.utf8.count) }
}
