// Numbers of <linux/netfilter/nfnetlink.h>, <linux/netfilter/nf_tables.h> and <linux/netfilter/nfnetlink_conntrack.h>, under their own names.

/// `NFNL_…`
enum NFNL {
    static let BATCH_BEGIN: UInt16 = 16
    static let BATCH_END: UInt16 = 17
    static let NFTABLES: UInt16 = 10 << 8
    static let CTNETLINK: UInt16 = 1 << 8
}

/// `NFT_MSG_…` with their subsystem.
enum NFT_MSG {
    static let NEWTABLE = NFNL.NFTABLES | 0
    static let GETTABLE = NFNL.NFTABLES | 1
    static let DELTABLE = NFNL.NFTABLES | 2
    static let NEWCHAIN = NFNL.NFTABLES | 3
    static let GETCHAIN = NFNL.NFTABLES | 4
    static let NEWRULE = NFNL.NFTABLES | 6
    static let GETRULE = NFNL.NFTABLES | 7
    static let NEWSET = NFNL.NFTABLES | 9
    static let NEWSETELEM = NFNL.NFTABLES | 12
    static let GETSETELEM = NFNL.NFTABLES | 13
    static let DELSETELEM = NFNL.NFTABLES | 14
}

/// `NFTA_…`
enum NFTA {
    static let TABLE_NAME: UInt16 = 1
    static let TABLE_FLAGS: UInt16 = 2
    static let TABLE_USERDATA: UInt16 = 6
    static let CHAIN_TABLE: UInt16 = 1
    static let CHAIN_NAME: UInt16 = 3
    static let CHAIN_HOOK: UInt16 = 4
    static let CHAIN_POLICY: UInt16 = 5
    static let CHAIN_TYPE: UInt16 = 7
    static let HOOK_HOOKNUM: UInt16 = 1
    static let HOOK_PRIORITY: UInt16 = 2
    static let RULE_TABLE: UInt16 = 1
    static let RULE_CHAIN: UInt16 = 2
    static let RULE_EXPRESSIONS: UInt16 = 4
    static let LIST_ELEM: UInt16 = 1
    static let EXPR_NAME: UInt16 = 1
    static let EXPR_DATA: UInt16 = 2
    static let SET_TABLE: UInt16 = 1
    static let SET_NAME: UInt16 = 2
    static let SET_FLAGS: UInt16 = 3
    static let SET_KEY_TYPE: UInt16 = 4
    static let SET_KEY_LEN: UInt16 = 5
    static let SET_DATA_TYPE: UInt16 = 6
    static let SET_DATA_LEN: UInt16 = 7
    static let SET_ID: UInt16 = 10
    static let SET_ELEM_LIST_TABLE: UInt16 = 1
    static let SET_ELEM_LIST_SET: UInt16 = 2
    static let SET_ELEM_LIST_ELEMENTS: UInt16 = 3
    static let SET_ELEM_KEY: UInt16 = 1
    static let SET_ELEM_DATA: UInt16 = 2
    static let SET_ELEM_USERDATA: UInt16 = 6
    static let DATA_VALUE: UInt16 = 1
    static let DATA_VERDICT: UInt16 = 2
    static let VERDICT_CODE: UInt16 = 1
    static let VERDICT_CHAIN: UInt16 = 2
}

/// `CTA_…` and `IPCTNL_…`
enum CTA {
    static let MSG_GET = NFNL.CTNETLINK | 1
    static let MSG_DELETE = NFNL.CTNETLINK | 2
    static let TUPLE_ORIG: UInt16 = 1
    static let TUPLE_REPLY: UInt16 = 2
    static let TUPLE_IP: UInt16 = 1
    static let TUPLE_PROTO: UInt16 = 2
    static let IP_V4_SRC: UInt16 = 1
    static let IP_V4_DST: UInt16 = 2
    static let IP_V6_SRC: UInt16 = 3
    static let IP_V6_DST: UInt16 = 4
    static let ID: UInt16 = 12
    static let FILTER: UInt16 = 25
    static let FILTER_ORIG_FLAGS: UInt16 = 1
    static let FILTER_REPLY_FLAGS: UInt16 = 2
    /// `CTA_FILTER_F_CTA_IP_SRC` of the kernel's own header.
    static let FILTER_F_IP_SRC: UInt32 = 1 << 0
    static let FILTER_F_PROTO_NUM: UInt32 = 1 << 3
    static let PROTO_NUM: UInt16 = 1
    static let PROTO_SRC_PORT: UInt16 = 2
    static let PROTO_DST_PORT: UInt16 = 3
}
