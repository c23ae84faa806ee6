// Numbers of <linux/netlink.h> and <linux/rtnetlink.h>, under their own names.

/// `NLM_F_…`
enum NLM {
    static let REQUEST: UInt16 = 0x1
    static let ACK: UInt16 = 0x4
    static let DUMP_INTR: UInt16 = 0x10
    static let DUMP: UInt16 = 0x300
    static let REPLACE: UInt16 = 0x100
    static let EXCL: UInt16 = 0x200
    static let CREATE: UInt16 = 0x400
    static let APPEND: UInt16 = 0x800
    static let CAPPED: UInt16 = 0x100
    static let ACK_TLVS: UInt16 = 0x200
}

/// `NLMSG_…`
enum NLMSG {
    static let NOOP: UInt16 = 1
    static let ERROR: UInt16 = 2
    static let DONE: UInt16 = 3
    static let OVERRUN: UInt16 = 4
    static let ERR_ATTR_MSG: UInt16 = 1
}

/// `NETLINK_…`
enum NETLINK {
    static let CAP_ACK: Int32 = 10
    static let EXT_ACK: Int32 = 11
    static let GET_STRICT_CHK: Int32 = 12
}

/// `RTM_…`
enum RTM {
    static let NEWLINK: UInt16 = 16
    static let DELLINK: UInt16 = 17
    static let GETLINK: UInt16 = 18
    static let SETLINK: UInt16 = 19
    static let NEWADDR: UInt16 = 20
    static let DELADDR: UInt16 = 21
    static let GETADDR: UInt16 = 22
    static let NEWROUTE: UInt16 = 24
    static let GETROUTE: UInt16 = 26
}

/// `IFLA_…`
enum IFLA {
    static let ADDRESS: UInt16 = 1
    static let IFNAME: UInt16 = 3
    static let MTU: UInt16 = 4
    static let MASTER: UInt16 = 10
    static let TXQLEN: UInt16 = 13
    static let OPERSTATE: UInt16 = 16
    static let LINKINFO: UInt16 = 18
    static let IFALIAS: UInt16 = 20
    static let AF_SPEC: UInt16 = 26
    static let NET_NS_FD: UInt16 = 28
    static let NUM_TX_QUEUES: UInt16 = 31
    static let NUM_RX_QUEUES: UInt16 = 32
    static let INFO_KIND: UInt16 = 1
    static let INFO_DATA: UInt16 = 2
    static let INFO_SLAVE_KIND: UInt16 = 4
    static let INFO_SLAVE_DATA: UInt16 = 5
    static let BR_STP_STATE: UInt16 = 5
    static let BR_MCAST_SNOOPING: UInt16 = 23
    static let BRPORT_MODE: UInt16 = 4
    static let INET6_ADDR_GEN_MODE: UInt16 = 8
    static let VETH_INFO_PEER: UInt16 = 1
}

/// `IFF_…` of `netdevice(7)`.
enum IFF {
    static let UP: UInt32 = 0x1
}

/// `IFA_…`
enum IFA {
    static let ADDRESS: UInt16 = 1
    static let LOCAL: UInt16 = 2
    static let BROADCAST: UInt16 = 4
    static let FLAGS: UInt16 = 8
    static let F_NODAD: UInt32 = 0x02
    static let F_TENTATIVE: UInt32 = 0x40
}

/// `RTA_…`, `RT_…` and `RTN_…`
enum RTA {
    static let DST: UInt16 = 1
    static let OIF: UInt16 = 4
    static let GATEWAY: UInt16 = 5
    static let PRIORITY: UInt16 = 6
    static let TABLE: UInt16 = 15
    static let TABLE_MAIN: UInt8 = 254
    static let PROTOCOL_BOOT: UInt8 = 3
    static let SCOPE_UNIVERSE: UInt8 = 0
    static let TYPE_UNICAST: UInt8 = 1
}

/// `AF_…`
enum AF {
    static let UNSPEC: UInt8 = 0
    static let INET: UInt8 = 2
    static let BRIDGE: UInt8 = 7
    static let INET6: UInt8 = 10
}
