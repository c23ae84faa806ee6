/// A table that there is, as the kernel shows it.
public struct ListedTable: Hashable, Sendable {
    public let table: FilterTable
    /// Its chains are not called.
    public let isDormant: Bool
    public let comment: String?
}

extension NetlinkSocket {
    /// The tables of all families.
    public mutating func tables() throws(NetlinkError) -> [FilterTable] { try listTables().map(\.table) }

    /// The tables of all families, with what they say of themselves.
    public mutating func listTables() throws(NetlinkError) -> [ListedTable] {
        let message = Batch.message(NFT_MSG.GETTABLE, family: 0, purpose: "list tables")
        return try list(message) { reply throws(NetlinkError) in
            guard let attributes = reply.attributes(after: Batch.fixed), let name = attributes.text(NFTA.TABLE_NAME) else {
                throw .malformed(request: message.purpose, what: "no table")
            }
            guard let byte = reply.payload.first, let family = FilterTable.Family(rawValue: byte) else { return nil }
            // NFT_TABLE_F_DORMANT 1.
            let flags = attributes.bigEndian(NFTA.TABLE_FLAGS, as: UInt32.self) ?? 0
            return ListedTable(
                table: FilterTable(family, name), isDormant: flags & 1 != 0,
                comment: attributes[NFTA.TABLE_USERDATA].flatMap(FilterComment.decoded))
        }
    }
}
