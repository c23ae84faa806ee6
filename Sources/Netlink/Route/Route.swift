/// A route as the kernel shows it.
public struct Route: Hashable, Sendable {
    /// A length of 0 is the default route.
    public let destination: IPSubnet
    public let gateway: IPAddress?
    /// The index of the interface; 0 for a route that leads nowhere or to several.
    public let index: Int32
    public let table: UInt32

    /// nil for a family that is neither IPv4 nor IPv6.
    init?(_ reply: NetlinkReply, _ purpose: String) throws(NetlinkError) {
        guard reply.type == RTM.NEWROUTE, let attributes = reply.attributes(after: RouteMessage.fixed) else {
            throw .malformed(request: purpose, what: "no route")
        }
        let fixed = Array(reply.payload.prefix(RouteMessage.fixed))
        guard let family = IPAddress.Family(rawValue: fixed[0]) else { return nil }
        let start = attributes[RTA.DST].flatMap { IPAddress(bytes: $0) } ?? .unspecified(family)
        guard start.family == family, let destination = IPSubnet(containing: start, prefixLength: Int(fixed[1])) else {
            throw .malformed(request: purpose, what: "a destination that is none")
        }
        self.destination = destination
        gateway = attributes[RTA.GATEWAY].flatMap { IPAddress(bytes: $0) }
        index = attributes.number(RTA.OIF) ?? 0
        table = attributes.number(RTA.TABLE) ?? UInt32(fixed[4])
    }

    /// `RT_TABLE_MAIN`: where routes stand that nobody has put elsewhere.
    public static let mainTable: UInt32 = 254
}

/// Requests about routes: `rtnetlink(7)` `RTM_NEWROUTE`.
public enum RouteMessage {
    /// Bytes of `struct rtmsg`.
    static let fixed = 12

    /// A default route through a gateway that the interface reaches; replaces one that is there.
    public static func addDefault(through gateway: IPAddress, index: Int32) -> NetlinkMessage {
        let fixed = [
            gateway.family.rawValue, 0, 0, 0, RTA.TABLE_MAIN, RTA.PROTOCOL_BOOT, RTA.SCOPE_UNIVERSE, RTA.TYPE_UNICAST, 0, 0, 0, 0,
        ]
        var message = NetlinkMessage(
            RTM.NEWROUTE, flags: NLM.CREATE | NLM.REPLACE, purpose: "add the default route through \(gateway)", fixed: fixed)
        message.put(RTA.GATEWAY, gateway.bytes)
        message.put(RTA.OIF, UInt32(bitPattern: index))
        return message
    }
}

extension NetlinkSocket {
    /// Routes of all tables that somebody wants, looked at one by one: a full table of the internet has a million.
    public mutating func routes(
        _ family: IPAddress.Family, where isWanted: (Route) -> Bool
    ) throws(NetlinkError) -> [Route] {
        let fixed = [family.rawValue] + [UInt8](repeating: 0, count: RouteMessage.fixed - 1)
        let message = NetlinkMessage(RTM.GETROUTE, purpose: "list routes", fixed: fixed)
        return try list(message) { reply throws(NetlinkError) in
            guard let route = try Route(reply, message.purpose), isWanted(route) else { return nil }
            return route
        }
    }
}
