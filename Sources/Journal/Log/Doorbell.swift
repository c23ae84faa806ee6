internal import LinuxKernel

/// What those who wait for a lock sleep on: words in the run directory that whoever lets go of a lock advances. It is only a help: who misses a ring,
/// because its ringer was killed, looks again after a while.
final class Doorbell {
    private let words: SharedWords

    private init(_ words: consuming SharedWords) { self.words = words }

    static func name(_ store: Identifier) -> String { SharedHeader.name(store) + ".bell" }

    /// Makes the bell of a boot. nil where the run directory does not lie in memory, and a mapping could fail under us.
    static func make(_ runtime: any Disk, _ store: Identifier) throws(KernelError) {
        guard let disk = runtime as? KernelDisk, disk.isVolatile else { return }
        let temporary = name(store) + ".new"
        try disk.removeIfPresent(temporary)
        let file = try disk.create(temporary)
        defer { disk.close(file) }
        try disk.allocate(file, size: UInt64(SharedWords.fileSize))
        try disk.rename(temporary, to: name(store))
    }

    /// nil where there is none.
    static func open(_ runtime: any Disk, _ store: Identifier) throws(KernelError) -> Doorbell? {
        guard let disk = runtime as? KernelDisk, disk.isVolatile else { return nil }
        guard let file = try disk.openIfPresent(name(store), writable: true) else { return nil }
        defer { disk.close(file) }
        guard try disk.size(file) >= UInt64(SharedWords.fileSize) else { return nil }
        return Doorbell(try SharedWords(FileDescriptor(file.number)))
    }

    /// To be taken before looking whether there is a reason to sleep.
    func rings(_ lock: Locks.Name) -> UInt32 { words.value(word(lock)) }

    /// Sleeps until the next ring, some milliseconds at most.
    func sleep(_ lock: Locks.Name, since rings: UInt32) {
        words.wait(word(lock), while: rings, microseconds: lock == .writer ? 2_000 : 20_000)
    }

    /// The writer's lock is for one who waits; a sync may be what all who wait have waited for. Order: after the lock is let go, so that who wakes can
    /// take it. Two who ring at once may count as one, which wakes as well as two.
    func ring(_ lock: Locks.Name) { words.advance(word(lock), waking: lock == .writer ? 1 : .max) }

    private func word(_ lock: Locks.Name) -> SharedWords.Word { lock == .writer ? .first : .second }
}
