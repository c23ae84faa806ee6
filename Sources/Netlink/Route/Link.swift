import LinuxTypes

/// A network interface as the kernel shows it.
public struct Link: Hashable, Sendable {
    public let index: Int32
    public let name: String
    public let isUp: Bool
    /// Whether packets go through: it is up, and so is the other end of its cable (`IF_OPER_UP`). The kernel notices a little later than it happens.
    public let isOperational: Bool
    public let mtu: UInt32
    /// nil for an interface without an Ethernet address.
    public let hardwareAddress: HardwareAddress?
    /// The index of the bridge that it is a port of; 0 for none.
    public let master: Int32
    /// As `bridge` and `veth`; nil for a device that is real.
    public let kind: String?
    /// A text that somebody gave it; nil for none.
    public let alias: String?
    /// Whether, as a port of a bridge, it sends frames back where they came from.
    public let isHairpin: Bool

    init(_ reply: NetlinkReply, _ purpose: String) throws(NetlinkError) {
        guard reply.type == RTM.NEWLINK, let attributes = reply.attributes(after: LinkMessage.fixed),
            let name = attributes.text(IFLA.IFNAME)
        else { throw .malformed(request: purpose, what: "no interface") }
        index = reply.payload.number(Int32.self, at: 4)
        isUp = reply.payload.number(UInt32.self, at: 8) & IFF.UP != 0
        isOperational = attributes.number(IFLA.OPERSTATE, as: UInt8.self) == 6
        self.name = name
        mtu = attributes.number(IFLA.MTU) ?? 0
        hardwareAddress = attributes[IFLA.ADDRESS].flatMap { HardwareAddress($0) }
        master = attributes.number(IFLA.MASTER) ?? 0
        let information = attributes.nested(IFLA.LINKINFO)
        kind = information?.text(IFLA.INFO_KIND)
        alias = attributes.text(IFLA.IFALIAS)
        let isPort = information?.text(IFLA.INFO_SLAVE_KIND) == "bridge"
        isHairpin = isPort && information?.nested(IFLA.INFO_SLAVE_DATA)?.number(IFLA.BRPORT_MODE, as: UInt8.self) == 1
    }
}

extension NetlinkSocket {
    /// An interface by its name; nil where there is none.
    public mutating func link(_ name: InterfaceName) throws(NetlinkError) -> Link? {
        var message = LinkMessage.make(RTM.GETLINK, purpose: "look for link '\(name)'")
        message.put(IFLA.IFNAME, name.string)
        do throws(NetlinkError) {
            return try fetch(message).first.map { reply throws(NetlinkError) in try Link(reply, message.purpose) }
        } catch {
            if error.errno == .ENODEV { return nil }
            throw error
        }
    }

    /// All interfaces of the namespace.
    public mutating func links() throws(NetlinkError) -> [Link] {
        let message = LinkMessage.make(RTM.GETLINK, purpose: "list links")
        return try list(message) { reply throws(NetlinkError) in try Link(reply, message.purpose) }
    }
}
