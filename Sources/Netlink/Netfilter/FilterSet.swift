import LinuxTypes

/// A set of a table, or a map, whose keys and values are fields one behind the other, each padded to 4 bytes.
public struct FilterSet: Hashable, Sendable {
    /// Types as `nft` numbers them, with the bytes that each takes.
    public enum Field: UInt32, Sendable {
        case ipv4Address = 7
        case ipv6Address = 8
        case hardwareAddress = 9
        case transportProtocol = 12
        case port = 13
        /// Any number, in the host's order.
        case mark = 19
        case interfaceName = 41

        var length: Int {
            switch self {
            case .ipv4Address, .transportProtocol, .port, .mark: 4
            case .hardwareAddress: 8
            case .ipv6Address, .interfaceName: 16
            }
        }
    }

    public let table: FilterTable
    public let name: String
    public let key: [Field]
    /// nil for a set.
    public let value: [Field]?

    public init(_ table: FilterTable, _ name: String, key: [Field], value: [Field]? = nil) {
        self.table = table
        self.name = name
        self.key = key
        self.value = value
    }

    /// Makes the set; `id` is another one for each set of a transaction.
    public func add(id: UInt32) -> NetlinkMessage {
        var message = table.message(NFT_MSG.NEWSET, flags: NLM.CREATE, "add set '\(name)' to table")
        message.put(NFTA.SET_TABLE, table.name)
        message.put(NFTA.SET_NAME, name)
        // NFT_SET_MAP 8.
        message.put(NFTA.SET_FLAGS, bigEndian: UInt32(value == nil ? 0 : 8))
        message.put(NFTA.SET_KEY_TYPE, bigEndian: Self.type(key))
        message.put(NFTA.SET_KEY_LEN, bigEndian: UInt32(Self.length(key)))
        if let value {
            message.put(NFTA.SET_DATA_TYPE, bigEndian: Self.type(value))
            message.put(NFTA.SET_DATA_LEN, bigEndian: UInt32(Self.length(value)))
        }
        message.put(NFTA.SET_ID, bigEndian: id)
        return message
    }

    /// `nft` has six bits for each field of a concatenation.
    private static func type(_ fields: [Field]) -> UInt32 { fields.reduce(0) { $0 << 6 | $1.rawValue } }

    static func length(_ fields: [Field]) -> Int { fields.reduce(0) { $0 + $1.length } }

    /// One member of a set or map, with a comment that says whose it is.
    public struct Element: Hashable, Sendable {
        /// The fields' bytes with their padding.
        public let key: [UInt8]
        public let value: [UInt8]?
        public let comment: String?

        public init(key: [UInt8], value: [UInt8]? = nil, comment: String?) {
            self.key = key
            self.value = value
            self.comment = comment
        }
    }

    /// Bytes of one field, padded.
    public static func field(_ bytes: [UInt8]) -> [UInt8] { bytes + [UInt8](repeating: 0, count: -bytes.count & 3) }

    /// Puts elements; one that is there with the same value is kept, with another value it is `EEXIST`.
    public func add(_ elements: [Element]) -> NetlinkMessage {
        change(NFT_MSG.NEWSETELEM, flags: NLM.CREATE, elements, "add elements to set '\(name)' of table")
    }

    /// Takes elements out by their keys. `ENOENT`, for the whole transaction, where one is not there.
    public func delete(_ elements: [Element]) -> NetlinkMessage {
        change(NFT_MSG.DELSETELEM, flags: 0, elements, "delete elements of set '\(name)' of table")
    }

    private func change(_ type: UInt16, flags: UInt16, _ elements: [Element], _ act: String) -> NetlinkMessage {
        var message = table.message(type, flags: flags, act)
        message.put(NFTA.SET_ELEM_LIST_TABLE, table.name)
        message.put(NFTA.SET_ELEM_LIST_SET, name)
        message.nest(NFTA.SET_ELEM_LIST_ELEMENTS) { list in
            for element in elements {
                list.nest(NFTA.LIST_ELEM) { put(element, withValue: type == NFT_MSG.NEWSETELEM, &$0) }
            }
        }
        return message
    }

    private func put(_ element: Element, withValue: Bool, _ message: inout NetlinkMessage) {
        message.nest(NFTA.SET_ELEM_KEY) { $0.put(NFTA.DATA_VALUE, element.key) }
        guard withValue else { return }
        if let value = element.value { message.nest(NFTA.SET_ELEM_DATA) { $0.put(NFTA.DATA_VALUE, value) } }
        if let comment = element.comment { message.put(NFTA.SET_ELEM_USERDATA, FilterComment.encoded(comment)) }
    }

    static func elements(in reply: NetlinkReply) -> [Element]? {
        guard let attributes = reply.attributes(after: Batch.fixed) else { return nil }
        guard let list = attributes.nested(NFTA.SET_ELEM_LIST_ELEMENTS) else { return [] }
        var found: [Element] = []
        for item in list {
            guard let element = Attributes(item.value), let key = element.nested(NFTA.SET_ELEM_KEY)?[NFTA.DATA_VALUE] else {
                return nil
            }
            found.append(
                Element(
                    key: Array(key), value: element.nested(NFTA.SET_ELEM_DATA)?[NFTA.DATA_VALUE].map { Array($0) },
                    comment: element[NFTA.SET_ELEM_USERDATA].flatMap(FilterComment.decoded)))
        }
        return found
    }
}

extension NetlinkSocket {
    /// All elements of a set; nil where the set is not there.
    public mutating func elements(of set: FilterSet) throws(NetlinkError) -> [FilterSet.Element]? {
        var message = set.table.message(NFT_MSG.GETSETELEM, "list set '\(set.name)' of table")
        message.put(NFTA.SET_ELEM_LIST_TABLE, set.table.name)
        message.put(NFTA.SET_ELEM_LIST_SET, set.name)
        do throws(NetlinkError) {
            let parts = try list(message) { reply throws(NetlinkError) in
                guard let elements = FilterSet.elements(in: reply) else {
                    throw .malformed(request: message.purpose, what: "an element that is none")
                }
                return elements
            }
            return parts.flatMap { $0 }
        } catch {
            if error.errno == .ENOENT { return nil }
            throw error
        }
    }
}
