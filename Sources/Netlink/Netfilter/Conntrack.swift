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
        let deletions = try list(message) { reply throws(NetlinkError) -> NetlinkMessage? in
            guard let attributes = reply.attributes(after: Batch.fixed), let original = attributes[CTA.TUPLE_ORIG] else {
                throw .malformed(request: message.purpose, what: "no connection")
            }
            guard let found = attributes.nested(side.tuple)?.nested(CTA.TUPLE_IP)?[source], Array(found) == address.bytes else {
                return nil
            }
            var deletion = Batch.message(CTA.MSG_DELETE, family: family.rawValue, purpose: "forget a connection of \(address)")
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
