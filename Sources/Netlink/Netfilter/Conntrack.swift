import LinuxTypes

/// Which address of a connection that the kernel follows is meant.
public enum ConnectionSide: Sendable {
    /// Who opened it.
    case originalSource
    /// Who answers: of a connection through a host port, the pod.
    case replySource

    var tuple: UInt16 { self == .originalSource ? CTA.TUPLE_ORIG : CTA.TUPLE_REPLY }
}

extension NetlinkSocket {
    /// Makes the kernel forget the connections that have an address on a side, so that their next packet is judged anew; returns how many there were.
    ///
    /// Since Linux 5.8 the kernel shows only those that are asked for; an older one shows all, which are sorted out here.
    @discardableResult
    public mutating func forgetConnections(of address: IPAddress, as side: ConnectionSide) throws(NetlinkError) -> Int {
        let family = address.family
        let source = family == .v4 ? CTA.IP_V4_SRC : CTA.IP_V6_SRC
        var message = Batch.message(CTA.MSG_GET, family: family.rawValue, purpose: "list connections of \(address)")
        message.nest(side.tuple) { $0.nest(CTA.TUPLE_IP) { $0.put(source, address.bytes) } }
        message.nest(CTA.FILTER) {
            $0.put(CTA.FILTER_ORIG_FLAGS, side == .originalSource ? CTA.FILTER_F_IP_SRC : UInt32(0))
            $0.put(CTA.FILTER_REPLY_FLAGS, side == .replySource ? CTA.FILTER_F_IP_SRC : UInt32(0))
        }
        let purpose = "forget a connection of \(address)"
        return try forget(message, purpose, family) { attributes in
            attributes.nested(side.tuple)?.nested(CTA.TUPLE_IP)?[source].map { Array($0) } == address.bytes
        }
    }

    /// Makes the kernel forget the connections of a protocol (`IPPROTO_…`) that meet a condition; returns how many there were.
    ///
    /// Since Linux 5.8 the kernel shows only those of the protocol; an older one shows all, which are sorted out here.
    @discardableResult
    public mutating func forgetConnections(
        _ family: IPAddress.Family, of transport: UInt8, where isMeant: (FollowedConnection) -> Bool
    ) throws(NetlinkError) -> Int {
        var message = Batch.message(CTA.MSG_GET, family: family.rawValue, purpose: "list connections of protocol \(transport)")
        message.nest(CTA.TUPLE_ORIG) { $0.nest(CTA.TUPLE_PROTO) { $0.put(CTA.PROTO_NUM, transport) } }
        message.nest(CTA.FILTER) {
            $0.put(CTA.FILTER_ORIG_FLAGS, CTA.FILTER_F_PROTO_NUM)
            $0.put(CTA.FILTER_REPLY_FLAGS, UInt32(0))
        }
        return try forget(message, "forget a connection of protocol \(transport)", family) { attributes in
            guard let connection = FollowedConnection(attributes, family), connection.transport == transport else { return false }
            return isMeant(connection)
        }
    }

    /// Deletes those that a request lists and that are meant.
    private mutating func forget(
        _ request: NetlinkMessage, _ purpose: String, _ family: IPAddress.Family, where isMeant: (Attributes) -> Bool
    ) throws(NetlinkError) -> Int {
        let deletions = try list(request) { reply throws(NetlinkError) -> NetlinkMessage? in
            guard let attributes = reply.attributes(after: Batch.fixed), let original = attributes[CTA.TUPLE_ORIG] else {
                throw .malformed(request: request.purpose, what: "no connection")
            }
            guard isMeant(attributes) else { return nil }
            var deletion = Batch.message(CTA.MSG_DELETE, family: family.rawValue, purpose: purpose)
            deletion.nest(CTA.TUPLE_ORIG) { $0.append(fixed: Array(original)) }
            // Its id, so that a later connection between the same ends is left alone.
            if let id = attributes[CTA.ID] { deletion.put(CTA.ID, id) }
            return deletion
        }
        for start in stride(from: 0, to: deletions.count, by: Self.deletionsPerDatagram) {
            let part = Array(deletions[start..<min(start + Self.deletionsPerDatagram, deletions.count)])
            try perform(part) { errno, _ in errno == .ENOENT }
        }
        return deletions.count
    }

    private static let deletionsPerDatagram = 128
}

/// A connection that the kernel follows, of a protocol with ports.
public struct FollowedConnection: Hashable, Sendable {
    /// `IPPROTO_…`.
    public let transport: UInt8
    /// What its first packet was sent to, before any translation.
    public let destination: IPAddress
    public let port: UInt16
    /// Who answers: where the destination was translated, another than that.
    public let answerer: IPAddress

    /// nil where the kernel shows it without these.
    init?(_ attributes: Attributes, _ family: IPAddress.Family) {
        let (source, target) =
            family == .v4 ? (CTA.IP_V4_SRC, CTA.IP_V4_DST) : (CTA.IP_V6_SRC, CTA.IP_V6_DST)
        guard let original = attributes.nested(CTA.TUPLE_ORIG), let proto = original.nested(CTA.TUPLE_PROTO),
            let transport = proto[CTA.PROTO_NUM]?.first, let ports = proto[CTA.PROTO_DST_PORT].map({ Array($0) }),
            ports.count == 2,
            let destination = original.nested(CTA.TUPLE_IP)?[target].flatMap({ IPAddress(bytes: $0) }),
            let answerer = attributes.nested(CTA.TUPLE_REPLY)?.nested(CTA.TUPLE_IP)?[source].flatMap({ IPAddress(bytes: $0) })
        else { return nil }
        self.transport = transport
        self.destination = destination
        port = UInt16(ports[0]) << 8 | UInt16(ports[1])
        self.answerer = answerer
    }
}
