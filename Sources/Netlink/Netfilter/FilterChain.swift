/// A chain as it is to be: where the kernel calls it, and its rules in their order.
public struct FilterChain: Sendable {
    public let table: FilterTable
    public let name: String
    /// nil for a chain that others jump to.
    public let hook: FilterTable.Hook?
    public let rules: [[Expression]]

    public init(_ table: FilterTable, _ name: String, _ hook: FilterTable.Hook? = nil, rules: [[Expression]]) {
        self.table = table
        self.name = name
        self.hook = hook
        self.rules = rules
    }

    /// Makes the chain and its rules. Order: chains and sets that they name come before.
    public func add() -> [NetlinkMessage] { [table.addChain(name, hook)] + rules.map { table.addRule(name, $0) } }
}

extension NetlinkSocket {
    /// What the kernel has of a table's chains and rules that is not as it is to be, one phrase each; empty where all is. A table that is not there has nothing.
    public mutating func differences(
        of table: FilterTable, from wanted: [FilterChain]
    ) throws(NetlinkError) -> [String] {
        let chains = try chains(of: table)
        let rules = try rules(of: table)
        var found: [String] = []
        for chain in wanted {
            guard let there = chains.first(where: { $0.name == chain.name }) else {
                found.append("the chain '\(chain.name)' is gone")
                continue
            }
            if there.hook != chain.hook || !there.accepts {
                found.append("the chain '\(chain.name)' is not called where it should be, or drops by default")
            }
            let own = rules.filter { $0.chain == chain.name }
            if own.count != chain.rules.count {
                found.append("the chain '\(chain.name)' has \(own.count) rules, not \(chain.rules.count)")
            } else if let index = own.indices.first(where: { !chain.rules[$0].agrees(with: own[$0].expressions) }) {
                found.append("rule \(index + 1) of the chain '\(chain.name)' is another one")
            }
        }
        for chain in chains where !wanted.contains(where: { $0.name == chain.name }) {
            found.append("the chain '\(chain.name)' is not ours")
        }
        return found
    }

    private mutating func chains(
        of table: FilterTable
    ) throws(NetlinkError) -> [(name: String, hook: FilterTable.Hook?, accepts: Bool)] {
        let message = table.message(NFT_MSG.GETCHAIN, "list chains of table")
        return try list(message) { reply throws(NetlinkError) in
            guard let attributes = reply.attributes(after: Batch.fixed), let name = attributes.text(NFTA.CHAIN_NAME) else {
                throw .malformed(request: message.purpose, what: "no chain")
            }
            guard attributes.text(NFTA.CHAIN_TABLE) == table.name else { return nil }
            guard let hook = attributes.nested(NFTA.CHAIN_HOOK) else { return (name, nil, true) }
            // What is of no kind or place of ours is none of ours: nil then differs.
            let kind = attributes.text(NFTA.CHAIN_TYPE).flatMap { FilterTable.Hook.Kind(rawValue: $0) }
            let place = hook.bigEndian(NFTA.HOOK_HOOKNUM, as: UInt32.self).flatMap { FilterTable.Hook.Place(rawValue: $0) }
            let priority = hook.bigEndian(NFTA.HOOK_PRIORITY, as: UInt32.self).map { Int32(bitPattern: $0) }
            let accepts = attributes.bigEndian(NFTA.CHAIN_POLICY, as: UInt32.self) == 1
            guard let kind, let place, let priority else { return (name, nil, false) }
            return (name, FilterTable.Hook(kind, place, priority: priority), accepts)
        }
    }

    private mutating func rules(
        of table: FilterTable
    ) throws(NetlinkError) -> [(chain: String, expressions: [Attributes])] {
        var message = table.message(NFT_MSG.GETRULE, "list rules of table")
        message.put(NFTA.RULE_TABLE, table.name)
        return try list(message) { reply throws(NetlinkError) in
            guard let attributes = reply.attributes(after: Batch.fixed), let chain = attributes.text(NFTA.RULE_CHAIN),
                let expressions = attributes.nested(NFTA.RULE_EXPRESSIONS)
            else { throw .malformed(request: message.purpose, what: "a rule that is none") }
            guard attributes.text(NFTA.RULE_TABLE) == table.name else { return nil }
            return (chain, expressions.compactMap { Attributes($0.value) })
        }
    }
}

extension [Expression] {
    /// Whether a rule of the kernel's is the one that these make: the same steps, each with all that was said of it, and nothing besides that changes what it does.
    func agrees(with found: [Attributes]) -> Bool {
        guard count == found.count else { return false }
        for (expression, there) in zip(self, found) {
            var message = NetlinkMessage(0, purpose: "", fixed: [])
            expression.attributes(&message)
            guard there.text(NFTA.EXPR_NAME) == expression.name, let wanted = Attributes(message.payload[...]),
                let data = Attributes(there[NFTA.EXPR_DATA] ?? []),
                data.isAsSaid(wanted, isTranslation: expression.name == "nat")
            else { return false }
        }
        return true
    }
}

extension Attributes {
    /// The kernel adds what was left out: zeros, and of a translation the ends of ranges, which are their beginnings, and that it has an address and a port.
    fileprivate func isAsSaid(_ wanted: Attributes, isTranslation: Bool) -> Bool {
        for attribute in wanted {
            guard let value = self[attribute.type] else { return false }
            if value.elementsEqual(attribute.value) { continue }
            // Nested ones may differ in the flag that says so.
            guard let inner = Attributes(value), let said = Attributes(attribute.value), said.contains(where: { _ in true }),
                inner.isAsSaid(said, isTranslation: false)
            else { return false }
        }
        for attribute in self where wanted[attribute.type] == nil {
            if attribute.value.allSatisfy({ $0 == 0 }) { continue }
            // NFTA_NAT_FLAGS 7: NF_NAT_RANGE_MAP_IPS 1, NF_NAT_RANGE_PROTO_SPECIFIED 2.
            if isTranslation, attribute.type == 7, attribute.value.elementsEqual([0, 0, 0, 3]) { continue }
            // NFTA_NAT_REG_ADDR_MAX 4 and NFTA_NAT_REG_PROTO_MAX 6, behind their beginnings.
            let isEnd = isTranslation && (attribute.type == 4 || attribute.type == 6)
            guard isEnd, self[attribute.type - 1]?.elementsEqual(attribute.value) == true else { return false }
        }
        return true
    }
}
