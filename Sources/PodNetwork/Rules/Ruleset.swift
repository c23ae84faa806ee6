import Netlink

/// The tables of nf_tables that a network has, both named like its bridge: `inet`, for what the host routes, and `bridge`, for what its ports send. One
/// table cannot be both: a packet from pod to pod never comes by an `inet` chain.
///
/// docs/networking.md has the whole rule set as `nft` shows it, with the reason for each rule.
struct Ruleset {
    let configuration: NetworkConfiguration
    let before: ForwardingBefore

    var routed: FilterTable { FilterTable(.inet, configuration.bridge.string) }
    var bridged: FilterTable { FilterTable(.bridge, configuration.bridge.string) }

    /// Whether there is anything to say about what the host routes.
    private var hasRouted: Bool { configuration.translatesAddresses || isGuarded }

    /// Whether nobody but us wants the host to forward.
    var isGuarded: Bool { before.isGuarded4 || before.isGuarded6 }

    /// The tables that the network has.
    var tables: [FilterTable] { hasRouted ? [routed, bridged] : [bridged] }

    /// The sets in the order of their ids.
    var sets: [FilterSet] {
        let senders = [sendersSet(.v4), sendersSet(.v6)]
        guard configuration.translatesAddresses else { return senders }
        return senders + [portsSet(.v4, hasAddress: false), portsSet(.v4, hasAddress: true)]
            + [portsSet(.v6, hasAddress: false), portsSet(.v6, hasAddress: true)]
    }

    /// The sets whose elements are always the same ones.
    var constants: [(set: FilterSet, elements: [FilterSet.Element])] {
        isGuarded ? [(equalBits, Self.pairs)] : []
    }

    /// Who may send from which port of the bridge: interface, hardware address, address.
    func sendersSet(_ family: IPAddress.Family) -> FilterSet {
        FilterSet(
            bridged, family == .v4 ? "senders4" : "senders6",
            key: [.interfaceName, .hardwareAddress, Self.field(family)])
    }

    /// Where host ports lead: protocol and port, with the host's address before them where one is given, to the pod's address and port.
    func portsSet(_ family: IPAddress.Family, hasAddress: Bool) -> FilterSet {
        let suffix = family == .v4 ? "4" : "6"
        return FilterSet(
            routed, hasAddress ? "ports_at\(suffix)" : "ports\(suffix)",
            key: (hasAddress ? [Self.field(family)] : []) + [.transportProtocol, .port], value: [Self.field(family), .port])
    }

    private static func field(_ family: IPAddress.Family) -> FilterSet.Field {
        family == .v4 ? .ipv4Address : .ipv6Address
    }

    /// All chains, each behind those that it jumps to.
    var chains: [FilterChain] { bridgedChains() + (hasRouted ? routedChains() : []) }

    /// Makes the tables anew in place of those that are there; pods' elements are put behind it in the same transaction.
    func install(replacing old: [FilterTable], comment: String) -> [NetlinkMessage] {
        var messages = old.map { $0.delete() } + tables.map { $0.add(comment: comment) }
        for (index, set) in (sets + constants.map(\.set)).enumerated() { messages.append(set.add(id: UInt32(index + 1))) }
        messages += constants.map { $0.set.add($0.elements) }
        return messages + chains.flatMap { $0.add() }
    }
}
