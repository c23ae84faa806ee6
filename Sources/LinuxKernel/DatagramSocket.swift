import CLinux
import Glibc
import LinuxTypes

/// Sends one datagram to a unix socket by path, `sendto(2)`, without waiting: `EAGAIN` where its queue is full. The path has at most 107 bytes.
public func sendDatagram(_ bytes: [UInt8], to path: String) throws(KernelError) {
    let type = Int(SOCK_DGRAM.rawValue) | Int(O_CLOEXEC)
    let socket = OwnedDescriptor(try check("socket", path, systemCall(__NR_socket, Int(AF_UNIX), type, 0)))
    var destination = sockaddr_un()
    destination.sun_family = UInt16(AF_UNIX)
    guard path.utf8.count < MemoryLayout.size(ofValue: destination.sun_path) else {
        throw KernelError(call: "sendto", errno: .ENAMETOOLONG, subject: path)
    }
    withUnsafeMutableBytes(of: &destination.sun_path) { $0.copyBytes(from: path.utf8) }
    // MSG_DONTWAIT 0x40, MSG_NOSIGNAL 0x4000.
    let result = bytes.withUnsafeBytes { buffer in
        withUnsafePointer(to: &destination) {
            systemCall(
                __NR_sendto, socket.descriptor.argument, address(buffer.baseAddress), buffer.count, 0x4040, address($0),
                MemoryLayout<sockaddr_un>.size)
        }
    }
    try check("sendto", path, result)
}
