import CLinux
import Glibc

/// Brings the loopback interface of the caller's network namespace up, `netdevice(7)` `SIOCSIFFLAGS`. Needs `CAP_NET_ADMIN` in the namespace's owner.
public func bringLoopbackUp() throws(KernelError) {
    let type = Int(SOCK_DGRAM.rawValue) | Int(O_CLOEXEC)
    let socket = OwnedDescriptor(try check("socket", "lo", systemCall(__NR_socket, Int(AF_INET), type, 0)))
    // struct ifreq: the name in 16 bytes, then the flags in a 16-bit word; 40 bytes in all.
    try withUnsafeTemporaryAllocation(byteCount: 40, alignment: 8) { (request) throws(KernelError) in
        request.initializeMemory(as: UInt8.self, repeating: 0)
        request[0] = UInt8(ascii: "l")
        request[1] = UInt8(ascii: "o")
        let argument = address(request.baseAddress)
        try check("ioctl", "SIOCGIFFLAGS lo", systemCall(__NR_ioctl, socket.descriptor.argument, 0x8913, argument))
        let flags = request.loadUnaligned(fromByteOffset: 16, as: UInt16.self)
        request.storeBytes(of: flags | UInt16(IFF_UP), toByteOffset: 16, as: UInt16.self)
        try check("ioctl", "SIOCSIFFLAGS lo", systemCall(__NR_ioctl, socket.descriptor.argument, 0x8914, argument))
    }
}
