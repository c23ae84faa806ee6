/// The frame of an nf_tables transaction, and the fixed part of every message of netfilter.
enum Batch {
    /// Bytes of `struct nfgenmsg`.
    static let fixed = 4

    static var begin: NetlinkMessage { frame(NFNL.BATCH_BEGIN) }
    static var end: NetlinkMessage { frame(NFNL.BATCH_END) }

    private static func frame(_ type: UInt16) -> NetlinkMessage {
        NetlinkMessage(type, purpose: "change nf_tables", fixed: [0, 0] + hostBytes((NFNL.NFTABLES >> 8).bigEndian))
    }

    static func message(_ type: UInt16, flags: UInt16 = 0, family: UInt8, purpose: String) -> NetlinkMessage {
        NetlinkMessage(type, flags: flags, purpose: purpose, fixed: [family, 0, 0, 0])
    }
}
