public import LinuxKernel

/// Requests about interfaces: `rtnetlink(7)` `RTM_NEWLINK` and its kin.
public enum LinkMessage {
    /// Bytes of `struct ifinfomsg`.
    static let fixed = 16

    static func make(
        _ type: UInt16, flags: UInt16 = 0, family: UInt8 = AF.UNSPEC, index: Int32 = 0, up: Bool? = nil, purpose: String
    ) -> NetlinkMessage {
        NetlinkMessage(type, flags: flags, purpose: purpose, fixed: header(family: family, index: index, up: up))
    }

    private static func header(family: UInt8 = AF.UNSPEC, index: Int32 = 0, up: Bool? = nil) -> [UInt8] {
        // family, padding, device type, index, flags, mask of the flags to change.
        [family, 0, 0, 0] + hostBytes(index) + hostBytes(up == true ? IFF.UP : 0) + hostBytes(up == nil ? 0 : IFF.UP)
    }

    /// Makes a bridge that neither speaks STP nor snoops multicast, with a fixed address of its own: otherwise it takes the lowest of its ports'.
    /// It is down; `EEXIST` where the name is taken.
    public static func addBridge(_ name: InterfaceName, address: HardwareAddress, mtu: UInt32) -> NetlinkMessage {
        var message = make(RTM.NEWLINK, flags: NLM.CREATE | NLM.EXCL, purpose: "add bridge '\(name)'")
        message.put(IFLA.IFNAME, name.string)
        message.put(IFLA.ADDRESS, address.bytes)
        message.put(IFLA.MTU, mtu)
        message.nest(IFLA.LINKINFO) { link in
            link.put(IFLA.INFO_KIND, "bridge")
            link.nest(IFLA.INFO_DATA) { bridge in
                bridge.put(IFLA.BR_STP_STATE, UInt32(0))
                bridge.put(IFLA.BR_MCAST_SNOOPING, UInt8(0))
            }
        }
        return message
    }

    /// One end of a virtual cable.
    public struct Port: Sendable {
        public let name: InterfaceName
        public let address: HardwareAddress?

        public init(_ name: InterfaceName, _ address: HardwareAddress?) {
            self.name = name
            self.address = address
        }
    }

    /// Makes a veth pair: `port` here, as a port of the bridge with the index `master`, and `peer` in another network namespace, each with one queue. Both
    /// are down. `EEXIST` where a name is taken on its side.
    public static func addVeth(
        _ port: Port, master: Int32, mtu: UInt32, peer: Port, in namespace: FileDescriptor
    ) -> NetlinkMessage {
        var message = make(
            RTM.NEWLINK, flags: NLM.CREATE | NLM.EXCL, purpose: "add link '\(port.name)' with its peer '\(peer.name)'")
        end(port, mtu, &message)
        if master != 0 { message.put(IFLA.MASTER, UInt32(bitPattern: master)) }
        message.nest(IFLA.LINKINFO) { link in
            link.put(IFLA.INFO_KIND, "veth")
            link.nest(IFLA.INFO_DATA) { veth in
                veth.nest(IFLA.VETH_INFO_PEER) { other in
                    other.append(fixed: header())
                    end(peer, mtu, &other)
                    other.put(IFLA.NET_NS_FD, UInt32(bitPattern: namespace.number))
                }
            }
        }
        return message
    }

    private static func end(_ port: Port, _ mtu: UInt32, _ message: inout NetlinkMessage) {
        message.put(IFLA.IFNAME, port.name.string)
        if let address = port.address { message.put(IFLA.ADDRESS, address.bytes) }
        message.put(IFLA.MTU, mtu)
        // A queue each for transmission and receipt: the kernel would make one per processor.
        message.put(IFLA.NUM_TX_QUEUES, UInt32(1))
        message.put(IFLA.NUM_RX_QUEUES, UInt32(1))
    }

    /// Keeps the kernel from making link-local IPv6 addresses of its own on an interface. Order: before it is set up.
    public static func disableAddressGeneration(_ name: InterfaceName) -> NetlinkMessage {
        var message = make(RTM.NEWLINK, purpose: "set the address generation of link '\(name)'")
        message.put(IFLA.IFNAME, name.string)
        message.nest(IFLA.AF_SPEC) { families in
            families.nest(UInt16(AF.INET6)) { $0.put(IFLA.INET6_ADDR_GEN_MODE, UInt8(1)) }
        }
        return message
    }

    /// Sets an interface up or down.
    public static func set(_ name: InterfaceName, up: Bool) -> NetlinkMessage {
        var message = make(RTM.NEWLINK, up: up, purpose: "set link '\(name)' \(up ? "up" : "down")")
        message.put(IFLA.IFNAME, name.string)
        return message
    }

    /// Makes an interface a port of the bridge with the index `master`, and of no other any more.
    public static func set(_ name: InterfaceName, master: Int32) -> NetlinkMessage {
        var message = make(RTM.NEWLINK, purpose: "make link '\(name)' a port of the bridge")
        message.put(IFLA.IFNAME, name.string)
        message.put(IFLA.MASTER, UInt32(bitPattern: master))
        return message
    }

    /// Gives the interface with an index another name. `EBUSY` on older kernels while it is up, `EEXIST` where the name is taken.
    public static func rename(_ index: Int32, to name: InterfaceName) -> NetlinkMessage {
        var message = make(RTM.NEWLINK, index: index, purpose: "give a link its name '\(name)' again")
        message.put(IFLA.IFNAME, name.string)
        return message
    }

    /// Gives an interface a text that stays with it whatever it is called, as `ip link` shows it: at most 255 bytes. The kernel takes none with the request that makes the
    /// interface.
    public static func set(_ name: InterfaceName, alias: String) -> NetlinkMessage {
        var message = make(RTM.NEWLINK, purpose: "set the alias of link '\(name)'")
        message.put(IFLA.IFNAME, name.string)
        message.put(IFLA.IFALIAS, Array(alias.utf8))
        return message
    }

    /// Lets a bridge port send a frame back where it came from: with `br_netfilter`, a pod's connection to itself through a host port is such a frame.
    public static func setHairpin(_ name: InterfaceName) -> NetlinkMessage {
        var message = make(RTM.NEWLINK, purpose: "set hairpin mode of port '\(name)'")
        message.put(IFLA.IFNAME, name.string)
        message.nest(IFLA.LINKINFO) { link in
            link.put(IFLA.INFO_SLAVE_KIND, "bridge")
            link.nest(IFLA.INFO_SLAVE_DATA) { $0.put(IFLA.BRPORT_MODE, UInt8(1)) }
        }
        return message
    }

    /// Removes an interface, and the other end of a veth. `ENODEV` where there is none.
    public static func delete(_ name: InterfaceName) -> NetlinkMessage {
        var message = make(RTM.DELLINK, purpose: "delete link '\(name)'")
        message.put(IFLA.IFNAME, name.string)
        return message
    }
}
