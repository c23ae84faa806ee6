public import LinuxKernel
public import LinuxTypes

/// A conversation with one subsystem of the kernel of one network namespace: requests with numbers, acknowledgments with reasons, dumps.
///
/// It is its caller's alone; nothing is asked for while another answer is on its way.
public struct NetlinkSocket: ~Copyable {
    public enum Family: Int32, Sendable {
        case route = 0
        case netfilter = 12
    }

    private let handle: OwnedDescriptor
    var sequence: UInt32 = 0
    private var buffer: [UInt8]

    /// Speaks to the caller's network namespace, or to another one, which the calling thread joins for the moment of the `socket(2)`: a socket belongs to
    /// the namespace in which it was made. Needs `CAP_SYS_ADMIN` for another one.
    public init(_ family: Family, in namespace: FileDescriptor? = nil) throws(NetlinkError) {
        handle = try kernel { () throws(KernelError) in
            guard let namespace else { return try Self.open(family) }
            return try inNetworkNamespace(namespace) { () throws(KernelError) in try Self.open(family) }
        }
        buffer = [UInt8](repeating: 0, count: Self.bufferSize)
    }

    private static func open(_ family: Family) throws(KernelError) -> OwnedDescriptor {
        let socket = try FileDescriptor.netlink(family: family.rawValue)
        try socket.descriptor.setNetlinkOption(NETLINK.EXT_ACK)
        try socket.descriptor.setNetlinkOption(NETLINK.CAP_ACK)
        return socket
    }

    /// What the kernel puts into one datagram of a dump at most, and more than any acknowledgment.
    private static let bufferSize = 64 << 10

    /// Sends one request and waits until the kernel has done it.
    public mutating func perform(_ message: NetlinkMessage) throws(NetlinkError) { try perform([message]) }

    /// Sends requests in one datagram, which the kernel carries out one by one, the later ones also where an earlier one fails: `first` failure is
    /// thrown when all are answered, unless `tolerating` accepts it.
    public mutating func perform(
        _ messages: [NetlinkMessage], tolerating isHarmless: (Errno, Int) -> Bool = { _, _ in false }
    ) throws(NetlinkError) {
        guard !messages.isEmpty else { return }
        let first = sequence &+ 1
        var bytes: [UInt8] = []
        for message in messages {
            sequence &+= 1
            bytes += try message.encoded(sequence: sequence, adding: NLM.ACK)
        }
        try send(bytes, messages[0].purpose)
        var failure: NetlinkError?
        var pending = messages.count
        while pending > 0 {
            for reply in try receive(messages[0].purpose) {
                let index = Int(reply.sequence &- first)
                guard messages.indices.contains(index) else { continue }
                guard reply.type == NLMSG.ERROR else { continue }
                let purpose = messages[index].purpose
                guard let acknowledgment = Acknowledgment(reply) else {
                    throw .malformed(request: purpose, what: "an acknowledgment without a result")
                }
                pending -= 1
                guard let refusal = Self.refusal(acknowledgment, purpose), failure == nil else { continue }
                if let errno = refusal.errno, isHarmless(errno, index) { continue }
                failure = refusal
            }
        }
        if let failure { throw failure }
    }

    /// Asks for one object: the answers that came before the acknowledgment.
    public mutating func fetch(_ message: NetlinkMessage) throws(NetlinkError) -> [NetlinkReply] {
        sequence &+= 1
        try send(try message.encoded(sequence: sequence, adding: NLM.ACK), message.purpose)
        var answers: [NetlinkReply] = []
        while true {
            for reply in try receive(message.purpose) where reply.sequence == sequence {
                guard reply.type == NLMSG.ERROR else {
                    answers.append(reply)
                    continue
                }
                guard let acknowledgment = Acknowledgment(reply) else {
                    throw .malformed(request: message.purpose, what: "an acknowledgment without a result")
                }
                if let refusal = Self.refusal(acknowledgment, message.purpose) { throw refusal }
                return answers
            }
        }
    }

    /// Asks for all objects of a kind and reads each; nil leaves one out, so that nobody has to hold a full table in memory. What changed meanwhile
    /// (`NLM_F_DUMP_INTR`) is asked for again, a few times.
    public mutating func list<Object>(
        _ message: NetlinkMessage, _ read: (NetlinkReply) throws(NetlinkError) -> Object?
    ) throws(NetlinkError) -> [Object] {
        for _ in 0..<Self.attempts {
            if let found = try listOnce(message, read) { return found }
        }
        throw .refused(request: message.purpose, errno: .EINTR, reason: "it changes faster than it can be read")
    }

    private static let attempts = 16

    /// nil where the kernel says that what it gave is not of one moment.
    private mutating func listOnce<Object>(
        _ message: NetlinkMessage, _ read: (NetlinkReply) throws(NetlinkError) -> Object?
    ) throws(NetlinkError) -> [Object]? {
        sequence &+= 1
        try send(try message.encoded(sequence: sequence, adding: NLM.DUMP), message.purpose)
        var found: [Object] = []
        var isConsistent = true
        var failure: NetlinkError?
        while true {
            for reply in try receive(message.purpose) where reply.sequence == sequence {
                if reply.flags & NLM.DUMP_INTR != 0 { isConsistent = false }
                guard reply.type == NLMSG.DONE || reply.type == NLMSG.ERROR else {
                    // Order: the answer is read to its end whatever the reader thinks, so that the next request finds its own.
                    do throws(NetlinkError) { if let object = try read(reply) { found.append(object) } } catch {
                        if failure == nil { failure = error }
                    }
                    continue
                }
                guard let acknowledgment = Acknowledgment(reply) else {
                    throw .malformed(request: message.purpose, what: "an end without a result")
                }
                if let refusal = Self.refusal(acknowledgment, message.purpose) { throw refusal }
                if let failure { throw failure }
                return isConsistent ? found : nil
            }
        }
    }

    static func refusal(_ acknowledgment: Acknowledgment, _ purpose: String) -> NetlinkError? {
        guard acknowledgment.result != 0 else { return nil }
        let errno = Errno(rawValue: 0 &- acknowledgment.result)
        return .refused(request: purpose, errno: errno, reason: acknowledgment.reason)
    }

    func send(_ bytes: [UInt8], _ purpose: String) throws(NetlinkError) {
        try kernel { () throws(KernelError) in try handle.descriptor.sendToKernel(bytes, subject: purpose) }
    }

    mutating func receive(_ purpose: String) throws(NetlinkError) -> [NetlinkReply] {
        let descriptor = handle.descriptor
        let count = try kernel { () throws(KernelError) in
            try buffer.withMutableBytes { bytes throws(KernelError) in
                try descriptor.receiveFromKernel(into: bytes, subject: purpose)
            }
        }
        guard let messages = NetlinkReply.messages(in: buffer[..<count]) else {
            throw .malformed(request: purpose, what: "a message's length is not that of the datagram")
        }
        return messages
    }
}
