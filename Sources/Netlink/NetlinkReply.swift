/// One message of the kernel, cut out of a datagram.
public struct NetlinkReply: Sendable {
    public let type: UInt16
    public let flags: UInt16
    let sequence: UInt32
    /// What follows the header.
    public let payload: ArraySlice<UInt8>

    /// The attributes behind a fixed part of a length; nil where either is broken.
    public func attributes(after fixed: Int) -> Attributes? {
        let aligned = (fixed + 3) & ~3
        guard payload.count >= fixed else { return nil }
        return Attributes(payload.dropFirst(aligned))
    }

    /// The messages of one datagram; nil where a length is smaller than a header or reaches behind the end.
    public static func messages(in datagram: ArraySlice<UInt8>) -> [NetlinkReply]? {
        var found: [NetlinkReply] = []
        var rest = datagram
        while !rest.isEmpty {
            guard rest.count >= NetlinkMessage.header else { return nil }
            let length = Int(rest.number(UInt32.self, at: 0))
            guard length >= NetlinkMessage.header, length <= rest.count else { return nil }
            let start = rest.startIndex
            found.append(
                NetlinkReply(
                    type: rest.number(UInt16.self, at: 4), flags: rest.number(UInt16.self, at: 6),
                    sequence: rest.number(UInt32.self, at: 8),
                    payload: rest[(start + NetlinkMessage.header)..<(start + length)]))
            rest = rest.dropFirst((length + 3) & ~3)
        }
        return found
    }
}

/// What an `NLMSG_ERROR` or `NLMSG_DONE` says: 0 or a negated error number, with the kernel's words.
struct Acknowledgment {
    let result: Int32
    let reason: String?

    /// nil where it is too short to say anything.
    init?(_ reply: NetlinkReply) {
        guard reply.payload.count >= 4 else {
            // A dump's end may come without a result.
            guard reply.type == NLMSG.DONE else { return nil }
            result = 0
            reason = nil
            return
        }
        result = reply.payload.number(Int32.self, at: 0)
        reason = Self.reason(reply)
    }

    /// Behind the result stands the header of the request, behind that, where it is not capped, the whole request, then attributes.
    private static func reason(_ reply: NetlinkReply) -> String? {
        guard reply.flags & NLM.ACK_TLVS != 0 else { return nil }
        var offset = 4
        if reply.type == NLMSG.ERROR {
            guard reply.payload.count >= 4 + NetlinkMessage.header else { return nil }
            let length = Int(reply.payload.number(UInt32.self, at: 4))
            let isCapped = reply.flags & NLM.CAPPED != 0
            offset += isCapped ? NetlinkMessage.header : Swift.max(NetlinkMessage.header, (length + 3) & ~3)
        }
        guard offset <= reply.payload.count, let attributes = Attributes(reply.payload.dropFirst(offset)) else { return nil }
        return attributes.text(NLMSG.ERR_ATTR_MSG)
    }
}
