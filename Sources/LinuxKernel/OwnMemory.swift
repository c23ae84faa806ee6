import CLinux
import Glibc
import LinuxTypes

/// Zeroed memory of this process, `mmap(2)` `MAP_ANONYMOUS`: addresses for all that it may become, pages only for what is touched. It grows without
/// moving.
public final class OwnMemory {
    public let base: UnsafeMutableRawPointer
    /// Addresses in bytes.
    public let length: Int

    public init(length: Int) throws(KernelError) {
        let access = Int(PROT_READ | PROT_WRITE)
        let flags = Int(MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE)
        let result = systemCall(__NR_mmap, 0, length, access, flags, -1, 0)
        try check("mmap", "\(length) bytes", result)
        guard let address = UnsafeMutableRawPointer(bitPattern: result) else {
            throw KernelError(call: "mmap", errno: .EINVAL, subject: "address 0")
        }
        base = address
        self.length = length
    }

    /// `madvise(2)` `MADV_HUGEPAGE`: what lies behind an offset is worth large pages. Where there are none it is as before.
    public func preferLargePages(from offset: Int) {
        let start = (Int(bitPattern: base) + offset + (2 << 20) - 1) & ~((2 << 20) - 1)
        _ = systemCall(__NR_madvise, start, Int(bitPattern: base) + length - start, 14)
    }

    deinit { _ = systemCall(__NR_munmap, address(base), length) }
}
