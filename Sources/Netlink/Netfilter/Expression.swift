/// One step of a rule of nf_tables: it loads, compares, looks up or decides. Registers are numbered in words of 4 bytes from 0.
public struct Expression: Sendable {
    let name: String
    let attributes: @Sendable (inout NetlinkMessage) -> Void

    init(_ name: String, _ attributes: @escaping @Sendable (inout NetlinkMessage) -> Void = { _ in }) {
        self.name = name
        self.attributes = attributes
    }

    func put(_ message: inout NetlinkMessage) {
        message.nest(NFTA.LIST_ELEM) { element in
            element.put(NFTA.EXPR_NAME, name)
            element.nest(NFTA.EXPR_DATA, attributes)
        }
    }

    /// As the kernel shows them: `NFT_REG_1` and on at every fourth word, `NFT_REG32_00` and on between.
    private static func register(_ word: UInt32) -> UInt32 { word % 4 == 0 ? 1 + word / 4 : 8 + word }

    // MARK: loads

    public enum Meta: UInt32, Sendable {
        /// In the host's order.
        case interfaceIndex = 4
        case outgoingInterfaceIndex = 5
        case interfaceName = 6
        case outgoingInterfaceName = 7
        case networkProtocol = 15
        case transportProtocol = 16
        /// The EtherType.
        case etherType = 1
        /// What kind of link it is, as `bridge`.
        case interfaceKind = 26
        case outgoingInterfaceKind = 27
    }

    /// Names take 4 words, numbers one.
    public static func load(_ key: Meta, to word: UInt32 = 0) -> Expression {
        Expression("meta") {
            $0.put(1, bigEndian: register(word))
            $0.put(2, bigEndian: key.rawValue)
        }
    }

    public enum Header: UInt32, Sendable {
        case link = 0
        case network = 1
        case transport = 2
    }

    /// Bytes of the packet; they take as many words as they need, zeros behind.
    public static func payload(_ header: Header, offset: UInt32, length: UInt32, to word: UInt32 = 0) -> Expression {
        Expression("payload") {
            $0.put(1, bigEndian: register(word))
            $0.put(2, bigEndian: header.rawValue)
            $0.put(3, bigEndian: offset)
            $0.put(4, bigEndian: length)
        }
    }

    /// `ct status`, in the host's order.
    public static let connectionStatus = Expression("ct") {
        $0.put(1, bigEndian: register(0))
        $0.put(2, bigEndian: UInt32(2))
    }

    /// What kind of address the destination is to this host: `RTN_LOCAL` is 2.
    public static let destinationKind = Expression("fib") {
        $0.put(1, bigEndian: register(0))
        $0.put(2, bigEndian: UInt32(3))
        $0.put(3, bigEndian: UInt32(2))
    }

    // MARK: comparisons

    /// Goes on where the words hold these bytes, or hold others.
    public static func compare(_ bytes: [UInt8], isEqual: Bool = true, at word: UInt32 = 0) -> Expression {
        Expression("cmp") {
            $0.put(1, bigEndian: register(word))
            $0.put(2, bigEndian: UInt32(isEqual ? 0 : 1))
            $0.nest(3) { $0.put(NFTA.DATA_VALUE, bytes) }
        }
    }

    /// A word, or those from it on, and these bits, in place.
    public static func mask(_ mask: [UInt8], at word: UInt32 = 0) -> Expression {
        Expression("bitwise") {
            $0.put(1, bigEndian: register(word))
            $0.put(2, bigEndian: register(word))
            $0.put(3, bigEndian: UInt32(mask.count))
            $0.nest(4) { $0.put(NFTA.DATA_VALUE, mask) }
            $0.nest(5) { $0.put(NFTA.DATA_VALUE, [UInt8](repeating: 0, count: mask.count)) }
        }
    }

    /// A word, as a number in the host's order, without its lowest bits, in place.
    public static func shiftRight(by bits: UInt32, at word: UInt32 = 0) -> Expression {
        Expression("bitwise") {
            $0.put(1, bigEndian: register(word))
            $0.put(2, bigEndian: register(word))
            $0.put(3, bigEndian: UInt32(4))
            // NFT_BITWISE_RSHIFT 2, by NFTA_BITWISE_DATA.
            $0.put(6, bigEndian: UInt32(2))
            $0.nest(7) { $0.put(NFTA.DATA_VALUE, hostBytes(bits)) }
        }
    }

    /// Goes on where a set has the words from 0 on; a map's value goes to the words from `word` on.
    public static func lookUp(_ set: String, valueTo word: UInt32? = nil) -> Expression {
        Expression("lookup") {
            $0.put(1, set)
            $0.put(2, bigEndian: register(0))
            if let word { $0.put(3, bigEndian: register(word)) }
        }
    }

    // MARK: decisions

    public enum Verdict: Sendable {
        case drop
        case accept
        case jump(String)
        case `return`
    }

    public static func verdict(_ verdict: Verdict) -> Expression {
        let code: Int32 =
            switch verdict {
            case .drop: 0
            case .accept: 1
            case .jump: -3
            case .return: -5
            }
        return Expression("immediate") {
            $0.put(1, bigEndian: UInt32(0))
            $0.nest(2) {
                $0.nest(NFTA.DATA_VERDICT) {
                    $0.put(NFTA.VERDICT_CODE, bigEndian: UInt32(bitPattern: code))
                    if case .jump(let chain) = verdict { $0.put(NFTA.VERDICT_CHAIN, chain) }
                }
            }
        }
    }

    public static let masquerade = Expression("masq")

    /// Rewrites the destination to the address at a word and the port at another.
    public static func translateDestination(_ family: IPAddress.Family, address word: UInt32, port: UInt32) -> Expression {
        Expression("nat") {
            $0.put(1, bigEndian: UInt32(1))
            $0.put(2, bigEndian: UInt32(family.rawValue))
            $0.put(3, bigEndian: register(word))
            $0.put(5, bigEndian: register(port))
        }
    }
}
