import CLinux
import Glibc
import LinuxTypes

/// Two connected unix sockets.
public struct SocketPair: ~Copyable, Sendable {
    public let first: OwnedDescriptor
    public let second: OwnedDescriptor

    /// `socketpair(2)`.
    public init(_ kind: SocketKind = .stream) throws(KernelError) {
        var numbers: (Int32, Int32) = (-1, -1)
        let type = kind.type | closeOnExecType
        try check("socketpair", "", systemCall(__NR_socketpair, Int(AF_UNIX), type, 0, address(&numbers)))
        first = OwnedDescriptor(Int(numbers.0))
        second = OwnedDescriptor(Int(numbers.1))
    }

    /// One end; the other is closed.
    public consuming func keepFirst() -> OwnedDescriptor { first }
}

/// What a unix socket carries.
public enum SocketKind: Sendable {
    /// Bytes without borders, `SOCK_STREAM`.
    case stream
    /// Messages that arrive whole or not at all, in order, `SOCK_SEQPACKET`.
    case sequencedPackets

    var type: Int {
        switch self {
        case .stream: Int(SOCK_STREAM.rawValue)
        case .sequencedPackets: Int(SOCK_SEQPACKET.rawValue)
        }
    }
}

/// `pipe2(2)`: the end to read and the end to write.
public struct Pipe: ~Copyable, Sendable {
    public let readEnd: OwnedDescriptor
    public let writeEnd: OwnedDescriptor

    public init() throws(KernelError) {
        var numbers: (Int32, Int32) = (-1, -1)
        try check("pipe2", "", systemCall(__NR_pipe2, address(&numbers), Int(O_CLOEXEC)))
        readEnd = OwnedDescriptor(Int(numbers.0))
        writeEnd = OwnedDescriptor(Int(numbers.1))
    }

    /// The end to read; the other is closed.
    public consuming func keepReadEnd() -> OwnedDescriptor { readEnd }

    /// The end to write; the other is closed.
    public consuming func keepWriteEnd() -> OwnedDescriptor { writeEnd }
}

/// What one `recvmsg(2)` brought. Empty bytes are the end of the stream.
public struct ReceivedMessage: ~Copyable, Sendable {
    public let bytes: [UInt8]
    public let descriptors: DescriptorList

    /// The descriptors alone.
    public consuming func takeDescriptors() -> DescriptorList { descriptors }
}

extension FileDescriptor {
    /// A listening unix socket bound to a name in this directory. The name's length does not matter: it is reached through
    /// `/proc/self/fd`. The file's mode follows the umask.
    public func listen(
        name: String, kind: SocketKind = .stream, backlog: Int32 = 8
    ) throws(KernelError) -> OwnedDescriptor {
        let socket = try newUnixSocket(kind)
        let result = withAddress(of: name) { address, length in
            systemCall(__NR_bind, socket.descriptor.argument, address, length)
        }
        try check("bind", name, result)
        try check("listen", name, systemCall(__NR_listen, socket.descriptor.argument, Int(backlog)))
        return socket
    }

    /// A unix socket connected to a name in this directory. `ECONNREFUSED` where nobody listens any more; not `blocking`, `EAGAIN` where
    /// the listener's queue is full.
    public func connect(
        name: String, kind: SocketKind = .stream, blocking: Bool = true
    ) throws(KernelError) -> OwnedDescriptor {
        let socket = try newUnixSocket(kind)
        if !blocking { try socket.descriptor.setNonblocking(true) }
        try checkRetrying("connect", name) {
            withAddress(of: name) { address, length in
                systemCall(__NR_connect, socket.descriptor.argument, address, length)
            }
        }
        return socket
    }

    /// `accept4(2)`.
    public func accept() throws(KernelError) -> OwnedDescriptor {
        OwnedDescriptor(
            try checkRetrying("accept4", "") { systemCall(__NR_accept4, argument, 0, 0, closeOnExecType) })
    }

    private func withAddress(of name: String, _ body: (Int, Int) -> Int) -> Int {
        var address = sockaddr_un()
        address.sun_family = UInt16(AF_UNIX)
        let path = self == .workingDirectory ? name : "/proc/self/fd/\(number)/\(name)"
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard path.utf8.count < room else { return -Int(Errno.ENAMETOOLONG.rawValue) }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let length = MemoryLayout<sockaddr_un>.size
        return withUnsafePointer(to: &address) { body(LinuxKernel.address($0), length) }
    }

    /// `sendmsg(2)` of bytes with descriptors by `SCM_RIGHTS`, until all bytes are sent; the descriptors go with the first part. At most 253
    /// descriptors. A closed peer is `EPIPE`, never a signal.
    public func send(_ bytes: [UInt8], descriptors: [FileDescriptor] = [], subject: String = "") throws(KernelError) {
        precondition(descriptors.count <= 253, "SCM_MAX_FD")
        var offset = 0
        var pending = descriptors
        repeat {
            offset += try sendOnce(bytes, from: offset, descriptors: pending, subject: subject)
            pending = []
        } while offset < bytes.count
    }

    private func sendOnce(
        _ bytes: [UInt8], from offset: Int, descriptors: [FileDescriptor], subject: String
    ) throws(KernelError) -> Int {
        let space = descriptors.isEmpty ? 0 : controlSpace(descriptors.count)
        let result = bytes.withUnsafeBytes { buffer in
            withUnsafeTemporaryAllocation(byteCount: max(space, 16), alignment: 8) { control in
                var vector = iovec(
                    iov_base: UnsafeMutableRawPointer(mutating: buffer.baseAddress.map { $0 + offset }),
                    iov_len: buffer.count - offset)
                if space > 0 { writeRights(descriptors, into: control) }
                return withUnsafeMutablePointer(to: &vector) { vector in
                    var message = msghdr()
                    message.msg_iov = vector
                    message.msg_iovlen = 1
                    message.msg_control = space > 0 ? control.baseAddress : nil
                    message.msg_controllen = numericCast(space)
                    return withUnsafePointer(to: &message) { message in
                        while true {
                            let result = systemCall(__NR_sendmsg, argument, address(message), noSignal)
                            if result != -Int(Errno.EINTR.rawValue) { return result }
                        }
                    }
                }
            }
        }
        return try check("sendmsg", subject, result)
    }

    /// One `recvmsg(2)` of at most `capacity` bytes, with the descriptors that came along.
    public func receive(capacity: Int, subject: String = "") throws(KernelError) -> ReceivedMessage {
        var descriptors: [FileDescriptor] = []
        var failure: KernelError?
        let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            let result = withUnsafeTemporaryAllocation(byteCount: controlSpace(253), alignment: 8) { control in
                var vector = iovec(iov_base: buffer.baseAddress, iov_len: buffer.count)
                return withUnsafeMutablePointer(to: &vector) { vector in
                    var message = msghdr()
                    message.msg_iov = vector
                    message.msg_iovlen = 1
                    message.msg_control = control.baseAddress
                    message.msg_controllen = numericCast(control.count)
                    let result = withUnsafeMutablePointer(to: &message) { message in
                        while true {
                            let result = systemCall(__NR_recvmsg, argument, address(message), closeOnExecMessage)
                            if result != -Int(Errno.EINTR.rawValue) { return result }
                        }
                    }
                    if result >= 0 {
                        descriptors = readRights(UnsafeRawBufferPointer(control), length: Int(message.msg_controllen))
                    }
                    return result
                }
            }
            do throws(KernelError) {
                count = try check("recvmsg", subject, result)
            } catch {
                count = 0
                failure = error
            }
        }
        let owned = DescriptorList(owning: descriptors)
        if let failure { throw failure }
        return ReceivedMessage(bytes: bytes, descriptors: owned)
    }

    /// `SO_PEERCRED`: pid, uid and gid of the process that connected or made the pair.
    public func peerCredentials() throws(KernelError) -> (pid: Int32, uid: UInt32, gid: UInt32) {
        var credentials: (pid: Int32, uid: UInt32, gid: UInt32) = (0, 0, 0)
        var length: UInt32 = 12
        try check(
            "getsockopt", "SO_PEERCRED",
            systemCall(__NR_getsockopt, argument, 1, 17, address(&credentials), address(&length)))
        return credentials
    }

    /// `shutdown(2)` of the side that sends.
    public func shutdownSending() throws(KernelError) { try check("shutdown", "", systemCall(__NR_shutdown, argument, 1)) }
}

private func newUnixSocket(_ kind: SocketKind) throws(KernelError) -> OwnedDescriptor {
    let type = kind.type | closeOnExecType
    return OwnedDescriptor(try check("socket", "", systemCall(__NR_socket, Int(AF_UNIX), type, 0)))
}

/// `CMSG_SPACE` of that many descriptors: a header of 16 bytes, the numbers, padded to 8.
private func controlSpace(_ count: Int) -> Int { 16 + (count * 4 + 7) & ~7 }

private func writeRights(_ descriptors: [FileDescriptor], into control: UnsafeMutableRawBufferPointer) {
    control.storeBytes(of: UInt64(16 + descriptors.count * 4), toByteOffset: 0, as: UInt64.self)
    control.storeBytes(of: Int32(SOL_SOCKET), toByteOffset: 8, as: Int32.self)
    control.storeBytes(of: scmRights, toByteOffset: 12, as: Int32.self)
    for (index, descriptor) in descriptors.enumerated() {
        control.storeBytes(of: descriptor.number, toByteOffset: 16 + index * 4, as: Int32.self)
    }
}

private func readRights(_ control: UnsafeRawBufferPointer, length: Int) -> [FileDescriptor] {
    var found: [FileDescriptor] = []
    var at = 0
    while at + 16 <= length {
        let size = Int(control.loadUnaligned(fromByteOffset: at, as: UInt64.self))
        if size < 16 || at + size > length { break }
        let level = control.loadUnaligned(fromByteOffset: at + 8, as: Int32.self)
        let type = control.loadUnaligned(fromByteOffset: at + 12, as: Int32.self)
        if level == Int32(SOL_SOCKET), type == scmRights {
            for index in 0..<((size - 16) / 4) {
                found.append(FileDescriptor(control.loadUnaligned(fromByteOffset: at + 16 + index * 4, as: Int32.self)))
            }
        }
        at += (size + 7) & ~7
    }
    return found
}

private let scmRights: Int32 = 1
private let closeOnExecType = Int(O_CLOEXEC)
/// `MSG_NOSIGNAL`.
private let noSignal = 0x4000
/// `MSG_CMSG_CLOEXEC`.
private let closeOnExecMessage = 0x4000_0000
