import CLinux
import Glibc
import LinuxKernel
import LinuxTypes
import Netlink

/// Sockets for tests, made in a network namespace and used from any.
struct TestSocket: ~Copyable {
    let handle: OwnedDescriptor

    enum Kind: Int32 {
        case tcp = 1
        case udp = 2
        /// ICMPv6 by a raw socket.
        case icmp6 = 3
        /// SCTP by a raw socket: a kernel without SCTP of its own leads it all the same.
        case sctp = 4
    }

    init(_ kind: Kind, _ family: IPAddress.Family, in namespace: FileDescriptor) throws {
        handle = try inNetworkNamespace(namespace) { () throws(KernelError) in
            let isRaw = kind == .icmp6 || kind == .sctp
            let number = socket(
                Int32(family.rawValue), (isRaw ? 3 : kind.rawValue) | Int32(O_CLOEXEC) | Int32(O_NONBLOCK),
                kind == .icmp6 ? 58 : kind == .sctp ? 132 : 0)
            guard number >= 0 else { throw KernelError(call: "socket", errno: .EMFILE, subject: "\(family)") }
            return OwnedDescriptor(owning: FileDescriptor(number))
        }
    }

    /// A TCP socket that listens, or a UDP one that is bound.
    static func bound(_ kind: Kind, at address: IPAddress, port: UInt16, in namespace: FileDescriptor) throws -> TestSocket {
        let socket = try TestSocket(kind, address.family, in: namespace)
        try socket.bind(address, port)
        if kind == .tcp { listen(socket.handle.number, 8) }
        return socket
    }

    func bind(_ address: IPAddress, _ port: UInt16) throws {
        let bytes = Self.socketAddress(address, port)
        let result = bytes.withUnsafeBytes {
            Glibc.bind(handle.number, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), UInt32($0.count))
        }
        try expect(result == 0, "cannot bind to \(address):\(port): error \(Glibc.errno)")
    }

    /// Whether a connection comes about in time.
    func connect(_ address: IPAddress, _ port: UInt16, milliseconds: Int = 1500) throws -> Bool {
        let bytes = Self.socketAddress(address, port)
        let result = bytes.withUnsafeBytes {
            Glibc.connect(handle.number, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), UInt32($0.count))
        }
        if result == 0 { return true }
        guard Glibc.errno == EINPROGRESS else { return false }
        var entries = [PollEntry(handle.descriptor, read: false, write: true)]
        guard try waitUntilReady(&entries, milliseconds: milliseconds) else { return false }
        var error: Int32 = 0
        var length: UInt32 = 4
        getsockopt(handle.number, SOL_SOCKET, SO_ERROR, &error, &length)
        return error == 0
    }

    func send(_ text: String, to address: IPAddress, _ port: UInt16) -> Bool { send(Array(text.utf8), to: address, port) }

    func send(_ data: [UInt8], to address: IPAddress, _ port: UInt16) -> Bool {
        let bytes = Self.socketAddress(address, port)
        return bytes.withUnsafeBytes {
            sendto(handle.number, data, data.count, 0, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), UInt32($0.count))
        } == data.count
    }

    /// What this socket sends by, as `SO_BINDTODEVICE`.
    func bind(to interface: String) {
        _ = setsockopt(handle.number, SOL_SOCKET, 25, interface, UInt32(interface.utf8.count))
    }

    /// The text that comes in time, and from whom; nil where none does.
    func receive(milliseconds: Int = 1500) throws -> (text: String, from: IPAddress, port: UInt16)? {
        var entries = [PollEntry(handle.descriptor)]
        guard try waitUntilReady(&entries, milliseconds: milliseconds) else { return nil }
        var sender = [UInt8](repeating: 0, count: 28)
        var length: UInt32 = 28
        var data = [UInt8](repeating: 0, count: 256)
        let count = sender.withUnsafeMutableBytes {
            recvfrom(handle.number, &data, data.count, 0, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), &length)
        }
        guard count >= 0, let from = Self.address(sender) else { return nil }
        return (String(decoding: data[..<count], as: UTF8.self), from.0, from.1)
    }

    /// The bytes that come in time, as the kernel gives them; nil where none do.
    func receiveBytes(milliseconds: Int = 1500) throws -> [UInt8]? {
        var entries = [PollEntry(handle.descriptor)]
        guard try waitUntilReady(&entries, milliseconds: milliseconds) else { return nil }
        var data = [UInt8](repeating: 0, count: 256)
        let count = recv(handle.number, &data, data.count, 0)
        return count < 0 ? nil : Array(data[..<count])
    }

    /// Who has connected, in time.
    func acceptPeer(milliseconds: Int = 1500) throws -> IPAddress? {
        var entries = [PollEntry(handle.descriptor)]
        guard try waitUntilReady(&entries, milliseconds: milliseconds) else { return nil }
        var sender = [UInt8](repeating: 0, count: 28)
        var length: UInt32 = 28
        let number = sender.withUnsafeMutableBytes {
            Glibc.accept(handle.number, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), &length)
        }
        guard number >= 0 else { return nil }
        close(number)
        return Self.address(sender)?.0
    }

    private static func socketAddress(_ address: IPAddress, _ port: UInt16) -> [UInt8] {
        let head = [address.family.rawValue, 0, UInt8(port >> 8), UInt8(port & 0xff)]
        return address.family == .v4
            ? head + address.bytes + [UInt8](repeating: 0, count: 8) : head + [0, 0, 0, 0] + address.bytes + [0, 0, 0, 0]
    }

    private static func address(_ bytes: [UInt8]) -> (IPAddress, UInt16)? {
        let port = UInt16(bytes[2]) << 8 | UInt16(bytes[3])
        let part = bytes[0] == 2 ? bytes[4..<8] : bytes[8..<24]
        return IPAddress(bytes: part).map { ($0, port) }
    }
}

/// Whether a TCP connection comes about between two network namespaces, and whom the listener saw.
func tcpReaches(
    _ from: borrowing NamespaceHandle, _ address: IPAddress, _ port: UInt16, listener: borrowing TestSocket,
    milliseconds: Int = 1500
) throws -> IPAddress? {
    let client = try TestSocket(.tcp, address.family, in: from.descriptor)
    guard try client.connect(address, port, milliseconds: milliseconds) else { return nil }
    return try listener.acceptPeer()
}

/// An SCTP packet with one chunk that begins an association (RFC 9260, 3.3.2 and 3.3.3).
struct SCTPPacket: Equatable {
    enum Chunk: UInt8 {
        case initiation = 1
        case acknowledgement = 2
    }

    var source: UInt16
    var destination: UInt16
    /// 0 in the first packet; then what the other side has said in its chunk.
    var tag: UInt32
    var chunk: Chunk

    /// What the other side is to send as `tag`.
    static let ownTag: UInt32 = 0x0102_0304

    var bytes: [UInt8] {
        var bytes = big(UInt32(source) << 16 | UInt32(destination)) + big(tag) + [0, 0, 0, 0]
        // Chunk, flags, length; own tag, window, streams out and in, first number.
        let isFirst = chunk == .initiation
        bytes += [chunk.rawValue, 0, 0, isFirst ? 20 : 28] + big(Self.ownTag) + big(65_536) + [0, 10, 0, 10] + big(1)
        // A cookie, which only an acknowledgement has.
        if !isFirst { bytes += [0, 7, 0, 8, 1, 2, 3, 4] }
        let sum = Self.checksum(bytes)
        for index in 0..<4 { bytes[8 + index] = UInt8(truncatingIfNeeded: sum >> (8 * index)) }
        return bytes
    }

    init(_ chunk: Chunk, from source: UInt16, to destination: UInt16, tag: UInt32) {
        (self.chunk, self.source, self.destination, self.tag) = (chunk, source, destination, tag)
    }

    /// nil for what is none, or has a wrong checksum.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 32, let chunk = Chunk(rawValue: bytes[12]) else { return nil }
        source = UInt16(bytes[0]) << 8 | UInt16(bytes[1])
        destination = UInt16(bytes[2]) << 8 | UInt16(bytes[3])
        tag = bytes[4..<8].reduce(0) { $0 << 8 | UInt32($1) }
        self.chunk = chunk
        var cleared = bytes
        cleared.replaceSubrange(8..<12, with: [0, 0, 0, 0])
        let sum = bytes[8..<12].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        guard sum == Self.checksum(cleared) else { return nil }
    }

    private func big(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.bigEndian) { Array($0) } }

    /// CRC-32C.
    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var sum = UInt32.max
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0x82f6_3b78 : sum >> 1 }
        }
        return ~sum
    }
}
