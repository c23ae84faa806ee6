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

    /// To be taken before looking whether there is a reason to sleep: who rings afterwards knows that somebody may sleep.
    func rings(_ lock: Locks.Name) -> UInt32 { words.announce(word(lock)) }

    /// Sleeps until the next ring for the writer's lock, some milliseconds at most.
    func sleepForWriting(since rings: UInt32) { words.wait(.first, while: rings, microseconds: 2_000) }

    /// Sleeps until a sync is over that reaches a position, or it is time to begin one. Some milliseconds at most.
    func sleepForSync(since rings: UInt32, upTo end: UInt64) {
        let (number, target) = Self.sync(words.note)
        words.wait(.second, while: rings, microseconds: 20_000, channel: Self.channel(end <= target ? number : number &+ 1))
    }

    /// A sync begins that reaches up to a position: who waits for more waits for the next. Under the sync lock; the sync's number.
    func announceSync(upTo target: UInt64) -> UInt64 {
        let number = (Self.sync(words.note).number &+ 1) & 0xffff
        words.leave(note: number << 48 | target & (1 << 48 - 1))
        return number
    }

    /// The writer's lock is for one who waits. After the sync lock all look, unless a sync was done under it: then those who wait for more than it reached
    /// need not, but for one who begins the next. He is woken first, so that the disk has something to do. Order: after the lock is let go, so that who
    /// wakes can take it. Two who ring at once may count as one, which wakes as well as two.
    func ring(_ lock: Locks.Name, afterSync number: UInt64? = nil) {
        if let number {
            words.advance(.second, wakingOneOf: Self.channel(number &+ 1), thenAllOf: Self.channel(number))
        } else {
            words.advance(word(lock), waking: lock == .writer ? 1 : .max)
        }
    }

    private static func sync(_ note: UInt64) -> (number: UInt64, target: UInt64) { (note >> 48, note & (1 << 48 - 1)) }

    private static func channel(_ number: UInt64) -> UInt32 { 1 << UInt32(number & 31) }

    private func word(_ lock: Locks.Name) -> SharedWords.Word { lock == .writer ? .first : .second }
}
