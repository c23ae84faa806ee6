/// A chain of any table that the kernel calls for packets which this host forwards.
public struct ForwardChain: Hashable, Sendable {
    public let table: FilterTable
    public let name: String
    /// Whether packets that no rule decides are dropped.
    public let dropsByDefault: Bool
}

extension NetlinkSocket {
    /// The chains of all tables at the forward hook, of `inet`, `ip` and `ip6`.
    public mutating func forwardChains() throws(NetlinkError) -> [ForwardChain] {
        let message = Batch.message(NFT_MSG.GETCHAIN, family: 0, purpose: "list chains")
        return try list(message) { reply throws(NetlinkError) in
            guard let attributes = reply.attributes(after: Batch.fixed) else {
                throw .malformed(request: message.purpose, what: "no chain")
            }
            guard let byte = reply.payload.first, let family = FilterTable.Family(rawValue: byte),
                [.inet, .ip, .ip6].contains(family), let hook = attributes.nested(NFTA.CHAIN_HOOK),
                hook.bigEndian(NFTA.HOOK_HOOKNUM, as: UInt32.self) == FilterTable.Hook.Place.forward.rawValue,
                let table = attributes.text(NFTA.CHAIN_TABLE), let name = attributes.text(NFTA.CHAIN_NAME)
            else { return nil }
            let drops = attributes.bigEndian(NFTA.CHAIN_POLICY, as: UInt32.self) == 0
            return ForwardChain(table: FilterTable(family, table), name: name, dropsByDefault: drops)
        }
    }

    /// Whether a rule of a table compares an interface's name with this one, as one that lets its packets pass must; and whether the last rule of the
    /// chain ends what comes that far.
    public mutating func examine(
        _ chain: ForwardChain, interface: InterfaceName
    ) throws(NetlinkError) -> (
        names: Bool, endsWithDrop: Bool
    ) {
        var message = chain.table.message(NFT_MSG.GETRULE, "list rules of table")
        message.put(NFTA.RULE_TABLE, chain.table.name)
        let rules = try list(message) { reply throws(NetlinkError) -> (names: Bool, isInChain: Bool, isDrop: Bool) in
            guard let attributes = reply.attributes(after: Batch.fixed),
                let expressions = attributes.nested(NFTA.RULE_EXPRESSIONS)
            else { throw .malformed(request: message.purpose, what: "a rule that is none") }
            let rule = expressions.compactMap { Attributes($0.value) }
            return (
                rule.contains { Self.compares($0, with: interface) }, attributes.text(NFTA.RULE_CHAIN) == chain.name,
                Self.isDrop(rule)
            )
        }
        return (rules.contains(where: \.names), rules.last(where: \.isInChain)?.isDrop ?? false)
    }

    /// A comparison, or a match of iptables, whose bytes are the name's.
    private static func compares(_ expression: Attributes, with interface: InterfaceName) -> Bool {
        guard let payload = expression[NFTA.EXPR_DATA] else { return false }
        let wanted = Array(interface.string.utf8) + [0]
        let bytes = Array(payload)
        guard bytes.count >= wanted.count else { return false }
        return (0...(bytes.count - wanted.count)).contains { bytes[$0..<($0 + wanted.count)].elementsEqual(wanted) }
    }

    /// Nothing but counters and logs before a drop or a reject.
    private static func isDrop(_ rule: some Sequence<Attributes>) -> Bool {
        for expression in rule {
            switch expression.text(NFTA.EXPR_NAME) {
            case "counter", "log": continue
            case "reject": return true
            case "immediate":
                let verdict = expression.nested(NFTA.EXPR_DATA)?.nested(2)?.nested(NFTA.DATA_VERDICT)
                return verdict?.bigEndian(NFTA.VERDICT_CODE, as: UInt32.self) == 0
            default: return false
            }
        }
        return false
    }

    /// Whether some rule of a chain drops what it matches.
    public mutating func drops(_ chain: ForwardChain) throws(NetlinkError) -> Bool {
        var message = chain.table.message(NFT_MSG.GETRULE, "list rules of table")
        message.put(NFTA.RULE_TABLE, chain.table.name)
        let rules = try list(message) { reply throws(NetlinkError) -> Bool? in
            guard let attributes = reply.attributes(after: Batch.fixed),
                let expressions = attributes.nested(NFTA.RULE_EXPRESSIONS)
            else { throw .malformed(request: message.purpose, what: "a rule that is none") }
            guard attributes.text(NFTA.RULE_CHAIN) == chain.name else { return nil }
            return Self.isDrop(expressions.compactMap { Attributes($0.value) }.suffix(1))
        }
        return rules.contains(true)
    }
}
