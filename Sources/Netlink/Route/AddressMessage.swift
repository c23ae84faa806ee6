/// An address of an interface as the kernel shows it.
public struct InterfaceAddress: Hashable, Sendable {
    public let index: Int32
    public let address: IPAddress
    public let prefixLength: Int
    /// IPv6: not usable yet, since the kernel still asks the link whether another has it.
    public let isTentative: Bool

    init(_ reply: NetlinkReply, _ purpose: String) throws(NetlinkError) {
        guard reply.type == RTM.NEWADDR, let attributes = reply.attributes(after: AddressMessage.fixed),
            let bytes = attributes[IFA.LOCAL] ?? attributes[IFA.ADDRESS], let address = IPAddress(bytes: bytes)
        else { throw .malformed(request: purpose, what: "no address") }
        self.address = address
        let payload = Array(reply.payload.prefix(AddressMessage.fixed))
        prefixLength = Int(payload[1])
        index = reply.payload.number(Int32.self, at: 4)
        isTentative = (attributes.number(IFA.FLAGS) ?? UInt32(payload[2])) & IFA.F_TENTATIVE != 0
    }
}

/// Requests about addresses: `rtnetlink(7)` `RTM_NEWADDR` and its kin.
public enum AddressMessage {
    /// Bytes of `struct ifaddrmsg`.
    static let fixed = 8

    /// Gives an interface an address, or keeps the one it has. An IPv6 address is usable at once: nobody else can have it, so nobody is asked
    /// (`IFA_F_NODAD`).
    public static func add(_ address: IPAddress, prefixLength: Int, to index: Int32) -> NetlinkMessage {
        var message = make(
            RTM.NEWADDR, flags: NLM.CREATE | NLM.REPLACE, address, prefixLength, index,
            purpose: "add address \(address)/\(prefixLength) to link \(index)")
        message.put(IFA.LOCAL, address.bytes)
        message.put(IFA.ADDRESS, address.bytes)
        if address.family == .v6 { message.put(IFA.FLAGS, IFA.F_NODAD) }
        return message
    }

    /// Takes an address away. `EADDRNOTAVAIL` where the interface has it not.
    public static func delete(_ address: IPAddress, prefixLength: Int, from index: Int32) -> NetlinkMessage {
        var message = make(
            RTM.DELADDR, flags: 0, address, prefixLength, index,
            purpose: "delete address \(address)/\(prefixLength) of link \(index)")
        message.put(IFA.LOCAL, address.bytes)
        message.put(IFA.ADDRESS, address.bytes)
        return message
    }

    private static func make(
        _ type: UInt16, flags: UInt16, _ address: IPAddress, _ prefixLength: Int, _ index: Int32, purpose: String
    ) -> NetlinkMessage {
        let fixed = [address.family.rawValue, UInt8(truncatingIfNeeded: prefixLength), 0, RTA.SCOPE_UNIVERSE] + hostBytes(index)
        return NetlinkMessage(type, flags: flags, purpose: purpose, fixed: fixed)
    }
}

extension NetlinkSocket {
    /// All addresses of the namespace.
    public mutating func addresses() throws(NetlinkError) -> [InterfaceAddress] {
        let message = NetlinkMessage(
            RTM.GETADDR, purpose: "list addresses", fixed: [UInt8](repeating: 0, count: AddressMessage.fixed))
        return try list(message) { reply throws(NetlinkError) in try InterfaceAddress(reply, message.purpose) }
    }
}
