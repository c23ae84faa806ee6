// Calls on one name in an open directory. A `FileName` has no slash and is no `..`, and none of these follows a symbolic link: whatever they
// do, they do in this directory. All work on `O_PATH` handles of the directory.

import CLinux
import Glibc
public import LinuxTypes

extension FileDescriptor {
    /// `openat(2)` with close-on-exec and `O_NOFOLLOW`: a link is `ELOOP`, or itself where `flags` has `pathOnly`.
    public func open(_ name: FileName, _ flags: OpenFlags, permissions: UInt32 = 0) throws(KernelError) -> OwnedDescriptor {
        let raw = Int(flags.union([.closeOnExec, .noFollow]).rawValue)
        return OwnedDescriptor(
            try checkRetrying("openat", "\(name)") {
                name.withCString { systemCall(__NR_openat, argument, address($0), raw, Int(permissions)) }
            })
    }

    /// `newfstatat(2)`.
    public func status(of name: FileName) throws(KernelError) -> FileStatus {
        var raw = stat()
        let result = name.withCString { readStatus(of: $0, flags: Int(AT_SYMLINK_NOFOLLOW), into: &raw) }
        try check("fstatat", "\(name)", result)
        return FileStatus(raw)
    }

    /// `mkdirat(2)`. The process's umask applies.
    public func makeDirectory(_ name: FileName, permissions: UInt32) throws(KernelError) {
        try check("mkdirat", "\(name)", name.withCString { systemCall(__NR_mkdirat, argument, address($0), Int(permissions)) })
    }

    /// `mknodat(2)`. The process's umask applies.
    public func makeNode(
        _ name: FileName, type: FileType, permissions: UInt32, device: DeviceNumber
    ) throws(KernelError) {
        let mode = Int(type.rawValue | permissions)
        let number = Int(truncatingIfNeeded: device.encoded)
        try check("mknodat", "\(name)", name.withCString { systemCall(__NR_mknodat, argument, address($0), mode, number) })
    }

    /// `symlinkat(2)`. The target is any bytes; a NUL in them is `EINVAL`.
    public func makeSymbolicLink(_ name: FileName, to target: [UInt8]) throws(KernelError) {
        if target.contains(0) { throw KernelError(call: "symlinkat", errno: .EINVAL, subject: "\(name)") }
        let result = (target + [0]).withUnsafeBytes { target in
            name.withCString { systemCall(__NR_symlinkat, address(target.baseAddress), argument, address($0)) }
        }
        try check("symlinkat", "\(name)", result)
    }

    /// `readlinkat(2)`: the target's bytes.
    public func readLink(_ name: FileName) throws(KernelError) -> [UInt8] {
        var result = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
            result = name.withCString {
                systemCall(__NR_readlinkat, argument, address($0), address(buffer.baseAddress), buffer.count)
            }
            count = max(result, 0)
        }
        try check("readlinkat", "\(name)", result)
        return bytes
    }

    /// `linkat(2)`: `name` here becomes another name of what `source` names in its directory, of a symbolic link too.
    public func makeLink(_ name: FileName, to source: FileName, in directory: FileDescriptor) throws(KernelError) {
        let result = source.withCString { source in
            name.withCString { systemCall(__NR_linkat, directory.argument, address(source), argument, address($0), 0) }
        }
        try check("linkat", "\(name)", result)
    }

    /// `unlinkat(2)` of anything but a directory, which is `EISDIR`.
    public func unlink(_ name: FileName) throws(KernelError) {
        try check("unlinkat", "\(name)", name.withCString { systemCall(__NR_unlinkat, argument, address($0), 0) })
    }

    /// `unlinkat(2)` of an empty directory.
    public func removeDirectory(_ name: FileName) throws(KernelError) {
        let flags = Int(AT_REMOVEDIR)
        try check("unlinkat", "\(name)", name.withCString { systemCall(__NR_unlinkat, argument, address($0), flags) })
    }

    /// `renameat2(2)` with `RENAME_NOREPLACE`, into another directory of the same file system.
    public func move(_ name: FileName, to target: FileName, in directory: FileDescriptor) throws(KernelError) {
        let result = name.withCString { name in
            target.withCString {
                systemCall(__NR_renameat2, argument, address(name), directory.argument, address($0), 1)
            }
        }
        try check("renameat2", "\(name)", result)
    }

    /// `renameat2(2)` in this directory; what the target names is replaced.
    public func rename(_ name: FileName, to target: FileName) throws(KernelError) {
        let result = name.withCString { name in
            target.withCString { systemCall(__NR_renameat2, argument, address(name), argument, address($0), 0) }
        }
        try check("renameat2", "\(name)", result)
    }

    /// `fchownat(2)`.
    public func changeOwner(of name: FileName, uid: UInt32, gid: UInt32) throws(KernelError) {
        let result = name.withCString {
            systemCall(__NR_fchownat, argument, address($0), Int(uid), Int(gid), Int(AT_SYMLINK_NOFOLLOW))
        }
        try check("fchownat", "\(name)", result)
    }

    /// `utimensat(2)` of both times.
    public func changeTimes(of name: FileName, to time: FileTime) throws(KernelError) {
        let result = withTimes(time) { times in
            name.withCString {
                systemCall(__NR_utimensat, argument, address($0), address(times), Int(AT_SYMLINK_NOFOLLOW))
            }
        }
        try check("utimensat", "\(name)", result)
    }

    /// `futimens(3)`: both times of this open file.
    public func changeTimes(to time: FileTime, subject: String = "") throws(KernelError) {
        try check("utimensat", subject, withTimes(time) { systemCall(__NR_utimensat, argument, 0, address($0), 0) })
    }

    /// `fchmodat(2)` of what a name stands for, through a handle of it, which opens neither a device's driver nor a FIFO. A symbolic link has no
    /// permissions: `EOPNOTSUPP`.
    public func changePermissions(of name: FileName, to permissions: UInt32) throws(KernelError) {
        let handle = try open(name, .pathOnly)
        try handle.descriptor.changePermissionsOfHandle(permissions, subject: "\(name)")
    }

    /// `fchmodat(2)` of what a handle (`O_PATH`) stands for. A symbolic link has no permissions: `EOPNOTSUPP`.
    public func changePermissionsOfHandle(_ permissions: UInt32, subject: String = "") throws(KernelError) {
        let result = "/proc/self/fd/\(number)".withCString {
            systemCall(__NR_fchmodat, FileDescriptor.workingDirectory.argument, address($0), Int(permissions))
        }
        try check("fchmodat", subject, result)
    }

    private func withTimes(_ time: FileTime, _ body: (UnsafeRawPointer) -> Int) -> Int {
        let both = (time.seconds, Int64(time.nanoseconds), time.seconds, Int64(time.nanoseconds))
        return withUnsafePointer(to: both) { body($0) }
    }
}
