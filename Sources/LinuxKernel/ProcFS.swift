import CLinux
import LinuxTypes

/// The procfs at `/proc`, proved to be one. Writes to it go below this directory, on this file system, through no link: a directory, volume or
/// other file system laid over a part of it cannot catch them.
public struct ProcFS: ~Copyable, Sendable {
    private let root: OwnedDescriptor

    /// Throws `EINVAL` where `/proc` is not a procfs.
    public init() throws(KernelError) {
        let directory = try FileDescriptor.workingDirectory.open("/proc", [.pathOnly, .directory])
        guard try directory.descriptor.fileSystemType() == .proc else {
            throw KernelError(call: "fstatfs", errno: .EINVAL, subject: "/proc is not a procfs")
        }
        root = directory
    }

    public var descriptor: FileDescriptor { root.descriptor }

    /// Opens a file beneath `/proc`, as `sys/net/ipv4/ip_forward`. `self` is no name here: use a pid.
    public func open(_ path: String, _ flags: OpenFlags) throws(KernelError) -> OwnedDescriptor {
        var how = open_how()
        how.flags = UInt64(UInt32(bitPattern: flags.union(.closeOnExec).rawValue))
        how.resolve = UInt64(RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS)
        let result = path.withCString { name in
            withUnsafeMutablePointer(to: &how) {
                systemCall(__NR_openat2, root.descriptor.argument, address(name), address($0), MemoryLayout<open_how>.size)
            }
        }
        return OwnedDescriptor(try check("openat2", "/proc/" + path, result))
    }

    /// One write of a small text to a file beneath `/proc`.
    public func write(_ text: String, to path: String) throws(KernelError) {
        let file = try open(path, .writeOnly)
        try file.descriptor.writeOnce(text, subject: "/proc/" + path)
    }

    /// The caller's own pid as this procfs counts: what `/proc/self` points to.
    public func selfPID() throws(KernelError) -> String {
        try root.descriptor.readLink("self")
    }
}
