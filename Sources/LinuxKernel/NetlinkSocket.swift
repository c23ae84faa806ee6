import CLinux
import Glibc
import LinuxTypes

extension FileDescriptor {
    /// A `netlink(7)` socket of a protocol family (`NETLINK_ROUTE` 0, `NETLINK_NETFILTER` 12), which speaks to the caller's network namespace as
    /// long as it is open. A kernel that owes an answer for ten seconds is `EAGAIN`. `EPROTONOSUPPORT` where the family is not there.
    public static func netlink(family: Int32) throws(KernelError) -> OwnedDescriptor {
        let type = Int(SOCK_RAW.rawValue) | Int(O_CLOEXEC)
        let socket = OwnedDescriptor(
            try check("socket", "netlink family \(family)", systemCall(__NR_socket, Int(AF_NETLINK), type, Int(family))))
        var patience = timeval(tv_sec: 10, tv_usec: 0)
        try check(
            "setsockopt", "SO_RCVTIMEO",
            systemCall(
                __NR_setsockopt, socket.descriptor.argument, Int(SOL_SOCKET), Int(SO_RCVTIMEO), address(&patience),
                MemoryLayout<timeval>.size))
        return socket
    }

    /// `setsockopt(2)` at `SOL_NETLINK`, as `NETLINK_EXT_ACK`.
    public func setNetlinkOption(_ option: Int32) throws(KernelError) {
        var on: Int32 = 1
        try check(
            "setsockopt", "netlink option \(option)", systemCall(__NR_setsockopt, argument, 270, Int(option), address(&on), 4))
    }

    /// `setsockopt(2)` `SO_RCVBUFFORCE`, in bytes: room for what the kernel answers to one large request. Needs `CAP_NET_ADMIN`.
    public func setReceiveBuffer(_ bytes: Int32) throws(KernelError) {
        var bytes = bytes
        try check("setsockopt", "SO_RCVBUFFORCE", systemCall(__NR_setsockopt, argument, Int(SOL_SOCKET), 33, address(&bytes), 4))
    }

    /// `sendto(2)` of one datagram to the kernel.
    public func sendToKernel(_ bytes: [UInt8], subject: String) throws(KernelError) {
        var destination = sockaddr_nl()
        destination.nl_family = sa_family_t(AF_NETLINK)
        try checkRetrying("sendto", subject) {
            bytes.withUnsafeBytes { buffer in
                withUnsafePointer(to: &destination) {
                    systemCall(
                        __NR_sendto, argument, address(buffer.baseAddress), buffer.count, 0, address($0),
                        MemoryLayout<sockaddr_nl>.size)
                }
            }
        }
    }

    /// `recvmsg(2)` of one datagram of the kernel; what another process sent is dropped. A longer one than the buffer is `EMSGSIZE`. Returns its length.
    public func receiveFromKernel(
        into buffer: UnsafeMutableRawBufferPointer, subject: String
    ) throws(KernelError) -> Int {
        while true {
            var sender = sockaddr_nl()
            var flags: Int32 = 0
            let count = try checkRetrying("recvmsg", subject) {
                receiveOnce(into: buffer, sender: &sender, flags: &flags)
            }
            if sender.nl_pid != 0 { continue }
            // MSG_TRUNC 0x20.
            if flags & 0x20 != 0 { throw KernelError(call: "recvmsg", errno: .EMSGSIZE, subject: subject) }
            return count
        }
    }

    private func receiveOnce(into buffer: UnsafeMutableRawBufferPointer, sender: inout sockaddr_nl, flags: inout Int32) -> Int {
        var vector = iovec(iov_base: buffer.baseAddress, iov_len: buffer.count)
        return withUnsafeMutablePointer(to: &vector) { vector in
            withUnsafeMutablePointer(to: &sender) { sender in
                var message = msghdr()
                message.msg_name = UnsafeMutableRawPointer(sender)
                message.msg_namelen = socklen_t(MemoryLayout<sockaddr_nl>.size)
                message.msg_iov = vector
                message.msg_iovlen = 1
                let result = withUnsafeMutablePointer(to: &message) { systemCall(__NR_recvmsg, argument, address($0), 0) }
                flags = message.msg_flags
                return result
            }
        }
    }
}
