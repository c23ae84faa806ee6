import CLinux
import Glibc
import LinuxTypes

/// A file mapped into memory, `mmap(2)` `MAP_SHARED`, until this value goes. More addresses are taken than the file has bytes, so that it can grow under
/// its mapping: whoever touches what lies behind the file's end is killed (`SIGBUS`), so the file must lie in memory, be allocated as far as it is used,
/// and never be cut.
public final class FileMapping {
    public let base: UnsafeMutableRawPointer
    /// Addresses in bytes.
    public let length: Int

    /// The file may be closed afterwards.
    public init(_ file: FileDescriptor, length: Int, isWritable: Bool) throws(KernelError) {
        let access = Int(isWritable ? PROT_READ | PROT_WRITE : PROT_READ)
        let flags = Int(MAP_SHARED | MAP_NORESERVE)
        let result = systemCall(__NR_mmap, 0, length, access, flags, file.argument, 0)
        try check("mmap", "descriptor \(file.number)", result)
        guard let address = UnsafeMutableRawPointer(bitPattern: result) else {
            throw KernelError(call: "mmap", errno: .EINVAL, subject: "address 0")
        }
        base = address
        self.length = length
    }

    deinit { _ = systemCall(__NR_munmap, address(base), length) }
}

/// Loads a word of eight bytes that another process may be storing, and what that process stored before it.
@inline(__always)
public func loadAcquire(_ word: UnsafeRawPointer) -> UInt64 { hull_load_acquire(word) }

/// Stores a word of eight bytes: a process that loads it sees all that was stored before.
@inline(__always)
public func storeRelease(_ value: UInt64, _ word: UnsafeMutableRawPointer) { hull_store_release(word, value) }

/// What was loaded before is not loaded again after.
@inline(__always)
public func fenceAcquire() { hull_fence_acquire() }

/// What was stored before is seen before what is stored after.
@inline(__always)
public func fenceRelease() { hull_fence_release() }

/// Begins to fetch bytes that are read soon.
@inline(__always)
public func prefetch(_ address: UnsafeRawPointer) { hull_prefetch(address) }
