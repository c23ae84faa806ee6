import CLinux
import Glibc
import LinuxTypes

extension FileDescriptor {
    /// `write(2)` until all bytes are written.
    public func writeAll(_ bytes: UnsafeRawBufferPointer, subject: @autoclosure () -> String = "") throws(KernelError) {
        var done = 0
        while done < bytes.count {
            done += try checkRetrying("write", subject()) {
                systemCall(__NR_write, argument, address(bytes.baseAddress) + done, bytes.count - done)
            }
        }
    }

    /// `ioctl_ficlone(2)`: this empty file shares the bytes of another one of its file system. false where the file system cannot.
    public func clone(_ source: FileDescriptor) throws(KernelError) -> Bool {
        let result = systemCall(__NR_ioctl, argument, 0x4004_9409, source.argument)
        if result >= 0 { return true }
        switch Errno(rawValue: Int32(truncatingIfNeeded: -result)) {
        case .ENOTSUP, .ENOTTY, .EXDEV, .EINVAL, .ENOSYS, .EPERM, .ETXTBSY: return false
        default:
            try check("ioctl", "FICLONE", result)
            return false
        }
    }

    /// `copy_file_range(2)` between the files' positions: the number of bytes copied, 0 at the end; nil where this pair of files cannot.
    public func copyRange(from source: FileDescriptor, count: Int) throws(KernelError) -> Int? {
        let result = systemCall(__NR_copy_file_range, source.argument, 0, argument, 0, count, 0)
        switch Errno(rawValue: Int32(truncatingIfNeeded: result < 0 ? -result : 0)) {
        case .EXDEV, .ENOTSUP, .ENOSYS, .EINVAL: return nil
        case .EINTR: return try copyRange(from: source, count: count)
        default: return try check("copy_file_range", "", result)
        }
    }

    /// `lseek(2)` to an offset in bytes.
    public func seek(to offset: Int64) throws(KernelError) {
        try check("lseek", "", systemCall(__NR_lseek, argument, Int(offset), 0))
    }

    /// `lseek(2)` with `SEEK_DATA`: where the next bytes after a hole begin; nil where only a hole is left.
    public func seekData(from offset: Int64) throws(KernelError) -> Int64? {
        let result = systemCall(__NR_lseek, argument, Int(offset), 3)
        if result == -Int(Errno.ENXIO.rawValue) { return nil }
        return Int64(try check("lseek", "SEEK_DATA", result))
    }

    /// `lseek(2)` with `SEEK_HOLE`: where the bytes from `offset` on end.
    public func seekHole(from offset: Int64) throws(KernelError) -> Int64 {
        Int64(try check("lseek", "SEEK_HOLE", systemCall(__NR_lseek, argument, Int(offset), 4)))
    }

    /// `openat(2)` with `O_TMPFILE`: an empty file without a name in the file system of this directory. `ENOTSUP` where it has none.
    public func openUnnamed() throws(KernelError) -> OwnedDescriptor {
        let flags = Int(O_RDWR | O_CLOEXEC | O_DIRECTORY) | 0o20000000
        let result = ".".withCString { systemCall(__NR_openat, argument, address($0), flags, 0o600) }
        return OwnedDescriptor(try check("openat", "O_TMPFILE", result))
    }
}
