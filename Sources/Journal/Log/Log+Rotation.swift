internal import LinuxKernel
internal import LinuxTypes

// A new segment is a spare file that gets a first page and a name. Making the spare takes space and time and happens without the writer's lock; the
// rename is an instant. A spare that lies ready is also the reserve: with a full disk there is room for what gives space back.

extension Log {
    static let spareName = "spare"

    /// Begins a new segment at the tail, if a spare is at hand. Under the writer's lock.
    func rotate(length: Int, _ state: SharedHeader) throws(JournalError) -> Chore? {
        let size = segmentSize(for: length)
        guard let (file, capacity) = try openSpare(atLeast: UInt64(length + SegmentHeader.size)) else { return .makeSpare(size) }
        var isAdopted = false
        defer { if !isAdopted { disk.close(file) } }
        // Revisions that a torn tail may have held count as given.
        let given = isTailTorn ? max(revision, Int64(bitPattern: state[.reserved])) : revision
        var shortened = chain
        shortened.dropEmpty(at: tail)
        let header = SegmentHeader(
            store: store, number: chain.highestNumber + 1, previous: shortened.last?.number ?? 0, base: tail, capacity: capacity,
            revision: given, compacted: compacted, boot: boot, time: wallNanoseconds())
        try kernel { () throws(KernelError) in try disk.write(file, at: 0, header.bytes) }
        // Order: announced before it exists, so that whoever writes after us, should we die here, looks for it and does not write where it begins.
        try shared.write(.currentSegment, [header.number])
        // Order: after its first page is written, so that nobody sees a segment without one.
        try kernel { () throws(KernelError) in try disk.rename(Self.spareName, to: header.name) }
        isAdopted = true
        files.adopt(header.number, file)
        chain = shortened
        chain.append(header)
        revision = given
        boundGaps(by: header)
        tornPosition = nil
        inspectedTail = tail
        isReserveUnknown = true
        return nil
    }

    /// The spare with its size; nil where there is none that is large enough, or where a rotation that came to no end has written its first page: were that
    /// one written again and not synced, a power cut could bring back the older, which begins at another position.
    private func openSpare(atLeast size: UInt64) throws(JournalError) -> (file: DiskFile, capacity: UInt64)? {
        try kernel { () throws(KernelError) in
            guard let file = try disk.openIfPresent(Self.spareName, writable: true) else { return nil }
            do throws(KernelError) {
                let capacity = try disk.size(file)
                if capacity >= size, try disk.read(file, at: 0, count: SegmentHeader.size).allSatisfy({ $0 == 0 }) {
                    return (file, capacity)
                }
            } catch {
                disk.close(file)
                throw error
            }
            disk.close(file)
            return nil
        }
    }

    private func segmentSize(for length: Int) -> UInt64 {
        var size = options.segmentSize
        if options.isVolatileStore {
            // Each is twice the last: a store that stays small stays small in memory.
            size = min(size, chain.last.map { $0.capacity * 2 } ?? options.smallestSegment)
        }
        return max(size, UInt64(length + SegmentHeader.size))
    }

    /// Makes a spare segment of a size. Without the writer's lock; under the sync lock, so that one process makes it.
    func makeSpare(_ size: UInt64) throws(JournalError) {
        try withSyncLock { () throws(JournalError) in try makeSpareUnderLock(size) }
    }

    private func makeSpareUnderLock(_ size: UInt64) throws(JournalError) {
        if let (file, _) = try openSpare(atLeast: size) {
            isReserveInUse = false
            return disk.close(file)
        }
        let temporary = Self.spareName + ".new"
        try kernel { () throws(KernelError) in try disk.removeIfPresent(temporary) }
        let isTakenBack = try takeBackSpare(as: temporary, atLeast: size)
        do throws(KernelError) {
            let file = try rawSpare(temporary, isTakenBack: isTakenBack)
            defer { disk.close(file) }
            try disk.allocate(file, size: size)
            if !options.isVolatileStore { try disk.sync(file) }
            try disk.rename(temporary, to: Self.spareName)
            isReserveInUse = false
        } catch {
            // Nothing of it is of use, and its space is wanted; what stays is removed by the next try.
            do throws(KernelError) { try disk.removeIfPresent(temporary) } catch {}
            guard error.errno == .ENOSPC || error.errno == .EDQUOT else { throw .kernel(error) }
            isReserveInUse = true
            throw .noSpace
        }
    }

    /// Takes a spare that has a first page out of the way, under another name: on a full disk there is no other. False where there is none that is large
    /// enough. Under the sync lock.
    private func takeBackSpare(as temporary: String, atLeast size: UInt64) throws(JournalError) -> Bool {
        let isThere = try kernel { () throws(KernelError) in try sizeOfSpare() ?? 0 >= size }
        guard isThere else { return false }
        // Order: looked at again under the writer's lock. A rotation that is going on has written a page too, and will give it its name.
        try lockForWriting()
        defer { unlockForWriting() }
        return try kernel { () throws(KernelError) in
            guard let found = try sizeOfSpare(), found >= size else { return false }
            try disk.rename(Self.spareName, to: temporary)
            return true
        }
    }

    private func sizeOfSpare() throws(KernelError) -> UInt64? {
        guard let file = try disk.openIfPresent(Self.spareName, writable: false) else { return nil }
        defer { disk.close(file) }
        return try disk.size(file)
    }

    /// The file that will be the spare: a new one, or one whose first page is cleared.
    private func rawSpare(_ name: String, isTakenBack: Bool) throws(KernelError) -> DiskFile {
        guard isTakenBack else { return try disk.create(name) }
        let file = try disk.open(name, writable: true)
        do throws(KernelError) {
            try disk.write(file, at: 0, [UInt8](repeating: 0, count: SegmentHeader.size))
        } catch {
            disk.close(file)
            throw error
        }
        return file
    }

    /// Sees to it that a spare lies ready, where that is not known. A full disk is no error yet: it only makes room precious.
    func ensureReserve() throws(JournalError) {
        guard isReserveUnknown || isReserveInUse, !options.isVolatileStore else { return }
        do throws(JournalError) {
            if let (file, _) = try openSpare(atLeast: options.segmentSize) {
                disk.close(file)
                isReserveInUse = false
            } else {
                // Somebody syncs, and that may take long: nobody who only wants to write waits for it. The next transaction looks again.
                guard let locks, try locks.tryTake(.sync) else { return }
                defer { releaseSyncLock() }
                try makeSpareUnderLock(options.segmentSize)
            }
        } catch {
            guard case .noSpace = error else { throw error }
        }
        isReserveUnknown = false
    }

    /// The same after a transaction, whose answer it does not change: what goes wrong is met again by the next.
    func refillReserve() {
        do throws(JournalError) { try ensureReserve() } catch { isReserveUnknown = true }
    }

    /// Whether a compaction should begin a new segment, so that the last one can go: it holds only what is compacted, and is more than half full.
    var isLastSegmentWorthRetiring: Bool {
        guard let last = chain.last, revision <= compacted else { return false }
        return tail - min(tail, last.base) > (last.capacity - UInt64(SegmentHeader.size)) / 2
    }
}
