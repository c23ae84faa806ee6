/// A table of nf_tables, and the messages that make and change it. Send them with `NetlinkSocket.transact`.
public struct FilterTable: Hashable, Sendable, CustomStringConvertible {
    public enum Family: UInt8, Sendable {
        case inet = 1
        case ip = 2
        case arp = 3
        case netdev = 5
        case bridge = 7
        case ip6 = 10
    }

    public let family: Family
    public let name: String

    public init(_ family: Family, _ name: String) {
        self.family = family
        self.name = name
    }

    /// As `nft` writes it: `inet hull0`.
    public var description: String { "\(family) \(name)" }

    /// Makes the table; one that is there is kept, with the comment that it has. Before Linux 5.10 tables have none.
    public func add(comment: String? = nil) -> NetlinkMessage {
        var message = message(NFT_MSG.NEWTABLE, flags: NLM.CREATE, "add table")
        message.put(NFTA.TABLE_NAME, name)
        if let comment { message.put(NFTA.TABLE_USERDATA, FilterComment.encoded(comment)) }
        return message
    }

    /// Removes the table with all that is in it. `ENOENT` where it is not there: `add()` before makes it sure that it is.
    public func delete() -> NetlinkMessage {
        var message = message(NFT_MSG.DELTABLE, "delete table")
        message.put(NFTA.TABLE_NAME, name)
        return message
    }

    /// Where in the kernel a chain is called.
    public struct Hook: Hashable, Sendable {
        public enum Kind: String, Sendable {
            case filter
            case nat
        }

        public enum Place: UInt32, Sendable {
            case prerouting = 0
            case input = 1
            case forward = 2
            case output = 3
            case postrouting = 4
        }

        public let kind: Kind
        public let place: Place
        /// Chains of one place are called in the order of these.
        public let priority: Int32

        public init(_ kind: Kind, _ place: Place, priority: Int32) {
            self.kind = kind
            self.place = place
            self.priority = priority
        }
    }

    /// Makes a chain: with a hook one that the kernel calls and that lets pass what no rule decides, without one a chain to jump to.
    public func addChain(_ chain: String, _ hook: Hook? = nil) -> NetlinkMessage {
        var message = message(NFT_MSG.NEWCHAIN, flags: NLM.CREATE, "add chain '\(chain)' to table")
        message.put(NFTA.CHAIN_TABLE, name)
        message.put(NFTA.CHAIN_NAME, chain)
        guard let hook else { return message }
        message.put(NFTA.CHAIN_TYPE, hook.kind.rawValue)
        message.nest(NFTA.CHAIN_HOOK) {
            $0.put(NFTA.HOOK_HOOKNUM, bigEndian: hook.place.rawValue)
            $0.put(NFTA.HOOK_PRIORITY, bigEndian: UInt32(bitPattern: hook.priority))
        }
        return message
    }

    /// Appends a rule to a chain.
    public func addRule(_ chain: String, _ expressions: [Expression]) -> NetlinkMessage {
        var message = message(NFT_MSG.NEWRULE, flags: NLM.CREATE | NLM.APPEND, "add a rule to chain '\(chain)' of table")
        message.put(NFTA.RULE_TABLE, name)
        message.put(NFTA.RULE_CHAIN, chain)
        message.nest(NFTA.RULE_EXPRESSIONS) { list in
            for expression in expressions { expression.put(&list) }
        }
        return message
    }

    func message(_ type: UInt16, flags: UInt16 = 0, _ act: String) -> NetlinkMessage {
        Batch.message(type, flags: flags, family: family.rawValue, purpose: "\(act) '\(self)'")
    }
}
