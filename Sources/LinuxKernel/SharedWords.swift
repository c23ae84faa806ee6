import CLinux
import Glibc
import LinuxTypes

/// Two numbers in memory that processes share through a file, and on which they wait for each other, `futex(2)`; beside each stands whether anybody may be
/// waiting. Who waits does so in channels, which are bits. The file must lie in memory and keep its length: a mapping of a file that is cut off or
/// cannot be read is a signal and not an error.
public struct SharedWords: ~Copyable {
    public enum Word: Int, Sendable {
        case first
        /// In a cache line of its own.
        case second = 16
    }

    /// Bytes that the file must have.
    public static let fileSize = 4096

    /// Behind a word, in its cache line: not 0 where somebody may be waiting on it.
    private static let awaited = 1
    /// In a cache line of its own.
    private static let noteIndex = 32

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

    /// The number, to be waited on with `wait`. Who advances it from now on knows that somebody may wait. Order: before the look whether there is a reason
    /// to wait.
    public func announce(_ word: Word) -> UInt32 {
        let value = words[word.rawValue]
        // Order: after the number was read. Who takes this back advances the number afterwards, and then nobody sleeps on the old one.
        words[word.rawValue + Self.awaited] = 1
        hull_fence_full()
        return value
    }

    /// Adds one and wakes some who wait, in whatever channel, if anybody may be waiting: without a system call where nobody is. Order: after what they
    /// wait for. The addition is none of the processor's atomic ones: of two at once one may be lost.
    public func advance(_ word: Word, waking count: Int32) {
        advance(word) { wake(word, count, channel: .max) == Int(count) }
    }

    /// The same, waking one who waits in a channel, and after him all who wait in another.
    public func advance(_ word: Word, wakingOneOf next: UInt32, thenAllOf done: UInt32) {
        advance(word) {
            let first = wake(word, 1, channel: next)
            return wake(word, .max, channel: done) + first > 0
        }
    }

    /// `wakeSome` says whether there may be more than were woken.
    private func advance(_ word: Word, _ wakeSome: () -> Bool) {
        let awaited = words + word.rawValue + Self.awaited
        hull_fence_full()
        guard awaited.pointee != 0 else { return }
        awaited.pointee = 0
        hull_fence_full()
        words[word.rawValue] &+= 1
        if wakeSome() { awaited.pointee = 1 }
    }

    /// `FUTEX_WAKE_BITSET`: how many were woken.
    private func wake(_ word: Word, _ count: Int32, channel: UInt32) -> Int {
        systemCall(__NR_futex, address(words + word.rawValue), 10, Int(count), 0, 0, Int(channel))
    }

    /// `FUTEX_WAIT_BITSET`: sleeps as long as the number is this one, until somebody wakes one of our channels, a signal comes or the time is over.
    public func wait(_ word: Word, while value: UInt32, microseconds: Int, channel: UInt32 = .max) {
        let end = Int(monotonicMicroseconds()) + microseconds
        var time = timespec(tv_sec: end / 1_000_000, tv_nsec: end % 1_000_000 * 1000)
        _ = withUnsafePointer(to: &time) {
            systemCall(__NR_futex, address(words + word.rawValue), 9, Int(value), address($0), 0, Int(channel))
        }
    }

    /// A note of eight bytes for those who wait; 0 at first.
    public var note: UInt64 { hull_load_acquire(words + Self.noteIndex) }

    public func leave(note: UInt64) { hull_store_release(words + Self.noteIndex, note) }
}
