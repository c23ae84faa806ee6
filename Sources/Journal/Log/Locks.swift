internal import LinuxKernel
internal import LinuxTypes

/// The locks of a store: bytes of the file `lock`. They belong to the open file, so they end with their holder.
///
/// Order: compaction, index, sync, writer. The writer's is held for one append, the sync lock across a sync of the disk.
struct Locks {
    enum Name: Int64 {
        case writer
        case sync
        /// One compaction at a time.
        case compaction
        /// One new index at a time.
        case index
    }

    static let fileName = "lock"
    /// A writer that waits longer than this gives up: one append takes microseconds.
    static let writerPatience = 2_000_000
    /// A disk may take long to sync; one that takes longer is stuck. Microseconds.
    static let syncPatience = 60_000_000

    private let disk: any Disk
    private let file: DiskFile

    init(disk: any Disk) throws(JournalError) {
        self.disk = disk
        file = try kernel { () throws(KernelError) in
            if let file = try disk.openIfPresent(Self.fileName, writable: true) { return file }
            do throws(KernelError) {
                return try disk.create(Self.fileName)
            } catch  where error.errno == .EEXIST {
                return try disk.open(Self.fileName, writable: true)
            }
        }
    }

    /// Takes a lock; false where somebody else had it for `patience` microseconds. `attend` is called after each try that failed. The doorbell is for the
    /// writer's lock.
    func take(
        _ name: Name, patience: Int, _ doorbell: Doorbell? = nil, attend: () -> Void = {}
    ) throws(JournalError) -> Bool {
        // F_OFD_SETLKW has no deadline, so the lock is asked for again and again, ever more rarely.
        let start = monotonicMicroseconds()
        var microseconds = 20
        while monotonicMicroseconds() - start < Int64(patience) {
            // Order: before the try, or a ring between try and sleep is missed.
            let rings = doorbell?.rings(name)
            if try tryTake(name) { return true }
            attend()
            if let doorbell, let rings {
                doorbell.sleepForWriting(since: rings)
                continue
            }
            pause(microseconds: microseconds)
            microseconds = min(microseconds * 5 / 4 + 1, 200)
        }
        return try tryTake(name)
    }

    @inline(__always)
    func tryTake(_ name: Name) throws(JournalError) -> Bool {
        try kernel { () throws(KernelError) in try disk.tryLock(file, byte: name.rawValue) }
    }

    func release(_ name: Name) {
        // Letting go of a lock of ours cannot fail; if it could, the lock would end with the descriptor.
        do throws(KernelError) { try disk.unlock(file, byte: name.rawValue) } catch {}
    }

    /// What the kernel calls the file; nil for one that is not the kernel's.
    func status() throws(JournalError) -> FileStatus? {
        guard disk is KernelDisk else { return nil }
        return try kernel { () throws(KernelError) in try FileDescriptor(file.number).status() }
    }

    func close() { disk.close(file) }
}
