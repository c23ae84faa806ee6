internal import Digests
internal import LinuxKernel
internal import LinuxTypes

/// Locks of content, by digest: bytes of one file, so that there are as many as digests and nothing to clean up. They belong to the open file and so end
/// with their holder, however it ends.
///
/// Who reads layers of an image holds theirs shared. Who loads an image holds the locks of all its blobs and layers until it is recorded; who removes
/// content holds its lock, and looks once more whether anybody names it. Order: all locks of a load at once, in the order of their bytes, so that no two loads wait for each other.
final class DigestLocks {
    /// Microseconds after which whoever waits says for whom.
    static let politeness: Int64 = 1_000_000

    private let file: OwnedDescriptor
    private var held: Set<Int64> = []
    /// Held for the time in which a work directory is made or looked for.
    private static let doorway: Int64 = 0

    /// For reading, nothing is made, and only shared locks can be had.
    init(_ store: FileDescriptor, isWritable: Bool) throws(ImageError) {
        file = try kernel { () throws(KernelError) in
            try store.open(
                "lock", isWritable ? [.readWrite, .create, .noFollow, .nonblocking] : [.readOnly, .noFollow, .nonblocking],
                permissions: 0o600)
        }
        let status = try kernel { () throws(KernelError) in try file.descriptor.status() }
        guard status.type == .regular, status.uid == effectiveUID(), status.links == 1 else {
            throw .refused(path: "images/lock", reason: "not a regular file of ours")
        }
    }

    /// 62 bits of the digest, above the doorway. Two digests with the same would wait for each other without need, once in the life of a star.
    private static func byte(_ digest: Digest) -> Int64 {
        var value: Int64 = digest.algorithm == .sha256 ? 0 : 1
        for digit in digest.hex.utf8.prefix(15) {
            value = value << 4 | Int64(digit < 0x40 ? digit - 0x30 : digit - 0x57)
        }
        return (value & (1 << 60 - 1)) + 1
    }

    /// How a lock is held.
    enum Mode {
        case exclusive
        /// Together with whoever else only reads.
        case shared
    }

    /// Takes the locks of all digests, each once. Throws `busy` where one was not to be had for `patience` microseconds. `tell` gets the holder's name
    /// where that takes longer than a moment.
    func take(
        _ digests: some Sequence<Digest>, _ mode: Mode = .exclusive, patience: Int64, tell: (String) -> Void
    ) throws(ImageError) {
        for byte in Set(digests.map(Self.byte)).subtracting(held).sorted() {
            try take(byte: byte, mode, patience: patience, tell: tell)
            held.insert(byte)
        }
    }

    /// Takes one if nobody has it. False where somebody else does; a lock of our own stays ours.
    func tryTake(_ digest: Digest) throws(ImageError) -> Bool {
        let byte = Self.byte(digest)
        if held.contains(byte) { return true }
        guard try tryTake(byte: byte, .exclusive) else { return false }
        held.insert(byte)
        return true
    }

    func releaseAll() {
        for byte in held { release(byte) }
        held = []
    }

    func release(_ digest: Digest) {
        let byte = Self.byte(digest)
        if held.remove(byte) != nil { release(byte) }
    }

    /// Does something while nobody else makes or looks for work directories.
    func inDoorway<Result>(_ body: () throws(ImageError) -> Result) throws(ImageError) -> Result {
        // Held for a few system calls.
        try take(byte: Self.doorway, .exclusive, patience: 10_000_000) { _ in }
        defer { release(Self.doorway) }
        return try body()
    }

    private func take(byte: Int64, _ mode: Mode, patience: Int64, tell: (String) -> Void) throws(ImageError) {
        // F_OFD_SETLKW has no deadline, so the lock is asked for again and again.
        let start = monotonicMicroseconds()
        var hasTold = false
        var milliseconds = 1
        while !(try tryTake(byte: byte, mode)) {
            let waited = monotonicMicroseconds() - start
            if waited >= patience { throw .busy(try holder(of: byte)) }
            if waited >= Self.politeness, !hasTold {
                tell(try holder(of: byte))
                hasTold = true
            }
            pause(microseconds: milliseconds * 1000)
            milliseconds = min(milliseconds * 2, 50)
        }
    }

    private func tryTake(byte: Int64, _ mode: Mode) throws(ImageError) -> Bool {
        try kernel { () throws(KernelError) in
            switch mode {
            case .exclusive: try file.descriptor.tryLock(byte: byte, subject: "images/lock")
            case .shared: try file.descriptor.tryLockShared(byte: byte, subject: "images/lock")
            }
        }
    }

    private func release(_ byte: Int64) {
        // Letting go of a lock of ours cannot fail; if it could, the lock would end with the descriptor.
        do throws(KernelError) { try file.descriptor.unlock(byte: byte) } catch {}
    }

    /// Who holds a lock, found by what the kernel shows of each process's open files.
    private func holder(of byte: Int64) throws(ImageError) -> String {
        try kernel { () throws(KernelError) in
            let status = try file.descriptor.status()
            let processes = try FileDescriptor.workingDirectory.open("/proc", [.readOnly, .directory])
            for name in try processes.descriptor.directoryEntries() {
                guard let pid = Int32(name) else { continue }
                do throws(KernelError) {
                    guard try holdsLock(pid, of: status, byte: byte), let process = try ProcessStatus(pid: pid) else { continue }
                    return "pid \(pid) (\(process.name), state \(process.state))"
                } catch {
                    // One that we may not look into holds no lock of a file that is ours alone.
                }
            }
            return "another process"
        }
    }
}
