import CLinux
import Glibc
import LinuxTypes

// TCP on loopback, `tcp(7)`: all that forwarding a port of a pod needs. A socket belongs to the network namespace that its maker was in.

/// One of the two loopback addresses.
public enum Loopback: CaseIterable, Sendable {
    /// 127.0.0.1
    case v4
    /// ::1
    case v6

    fileprivate var family: Int32 { self == .v4 ? AF_INET : AF_INET6 }

    /// Calls `body` with the address of a `sockaddr` and its length.
    fileprivate func withAddress(port: UInt16, _ body: (Int, Int) -> Int) -> Int {
        switch self {
        case .v4:
            var address = sockaddr_in()
            address.sin_family = UInt16(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
            return withUnsafePointer(to: &address) { body(LinuxKernel.address($0), MemoryLayout<sockaddr_in>.size) }
        case .v6:
            var address = sockaddr_in6()
            address.sin6_family = UInt16(AF_INET6)
            address.sin6_port = port.bigEndian
            withUnsafeMutableBytes(of: &address.sin6_addr) { $0[15] = 1 }
            return withUnsafePointer(to: &address) { body(LinuxKernel.address($0), MemoryLayout<sockaddr_in6>.size) }
        }
    }

    private func socket() throws(KernelError) -> OwnedDescriptor {
        let type = Int(SOCK_STREAM.rawValue) | Int(O_CLOEXEC) | Int(O_NONBLOCK)
        return OwnedDescriptor(try check("socket", "\(self)", systemCall(__NR_socket, Int(family), type, 0)))
    }

    /// A listening socket that does not block; port 0 takes one that is free.
    public func listen(port: UInt16) throws(KernelError) -> OwnedDescriptor {
        let socket = try socket()
        var on: Int32 = 1
        // What has ended a moment ago does not keep the port.
        let result = withUnsafePointer(to: &on) {
            systemCall(__NR_setsockopt, socket.descriptor.argument, Int(SOL_SOCKET), Int(SO_REUSEADDR), address($0), 4)
        }
        try check("setsockopt", "SO_REUSEADDR", result)
        try check("bind", "\(port)", withAddress(port: port) { systemCall(__NR_bind, socket.descriptor.argument, $0, $1) })
        try check("listen", "\(port)", systemCall(__NR_listen, socket.descriptor.argument, 128))
        return socket
    }

    /// A socket that does not block and is connected, or about to be: what becomes of it the first read or write tells. `ECONNREFUSED` where nobody listens.
    public func connect(port: UInt16) throws(KernelError) -> OwnedDescriptor {
        let socket = try socket()
        let result = withAddress(port: port) { systemCall(__NR_connect, socket.descriptor.argument, $0, $1) }
        if result != -Int(Errno.EINPROGRESS.rawValue) { try check("connect", "\(port)", result) }
        return socket
    }
}

extension FileDescriptor {
    /// The port that this socket is bound to, `getsockname(2)`.
    public func boundPort() throws(KernelError) -> UInt16 {
        var address = sockaddr_in6()
        var length = UInt32(MemoryLayout<sockaddr_in6>.size)
        let result = withUnsafeMutablePointer(to: &address) { address in
            withUnsafeMutablePointer(to: &length) { length in
                systemCall(__NR_getsockname, argument, LinuxKernel.address(address), LinuxKernel.address(length))
            }
        }
        try check("getsockname", "", result)
        // The port is at the same place for both families.
        return UInt16(bigEndian: address.sin6_port)
    }
}
