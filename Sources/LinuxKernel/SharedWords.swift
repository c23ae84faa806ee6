import CLinux
import Glibc
import LinuxTypes

/// Two numbers in memory that processes share through a file, and on which they wait for each other, `futex(2)`. The file must lie in memory and keep
/// its length: a mapping of a file that is cut off or cannot be read is a signal and not an error.
public struct SharedWords: ~Copyable {
    public enum Word: Int, Sendable {
        case first
        /// In a cache line of its own.
        case second = 16
    }

    /// Bytes that the file must have.
    public static let fileSize = 4096

    private let words: UnsafeMutablePointer<UInt32>

    /// `mmap(2)` of the first page, `MAP_SHARED`. The file may be closed afterwards.
    public init(_ file: FileDescriptor) throws(KernelError) {
        let access = Int(PROT_READ | PROT_WRITE)
        let result = systemCall(__NR_mmap, 0, Self.fileSize, access, Int(MAP_SHARED), file.argument, 0)
        try check("mmap", "descriptor \(file.number)", result)
        guard let address = UnsafeMutableRawPointer(bitPattern: result) else {
            throw KernelError(call: "mmap", errno: .EINVAL, subject: "address 0")
        }
        // SAFETY: the page is ours until deinit, aligned, and zero or what another process stored.
        words = address.bindMemory(to: UInt32.self, capacity: Self.fileSize / 4)
    }

    deinit { _ = systemCall(__NR_munmap, address(words), Self.fileSize) }

    public func value(_ word: Word) -> UInt32 { words[word.rawValue] }

    /// Adds one, and wakes some who wait. The addition is none of the processor's atomic ones: of two at once one may be lost.
    public func advance(_ word: Word, waking count: Int32) {
        words[word.rawValue] &+= 1
        _ = systemCall(__NR_futex, address(words + word.rawValue), 1, Int(count))
    }

    /// `FUTEX_WAIT`: sleeps as long as the number is this one, until somebody advances it, a signal comes or the time is over.
    public func wait(_ word: Word, while value: UInt32, microseconds: Int) {
        var time = timespec(tv_sec: microseconds / 1_000_000, tv_nsec: microseconds % 1_000_000 * 1000)
        _ = withUnsafePointer(to: &time) { systemCall(__NR_futex, address(words + word.rawValue), 0, Int(value), address($0)) }
    }
}
