internal import LinuxKernel

// What is done before the first write after a boot, and after a sync that failed. Both are rare and hold the sync lock and the writer's lock, in this
// order: everybody waits, since nobody may write before it is done.

extension Log {
    /// Does what `prepare` asked for. Without the writer's lock.
    func perform(_ chore: Chore, _ catchUp: () throws(JournalError) -> Void) throws(JournalError) {
        switch chore {
        case .makeSpare(let size): try makeSpare(size)
        case .reserveRevisions: try withSyncLock { () throws(JournalError) in try reserveRevisions() }
        case .boot: try withBothLocks { () throws(JournalError) in try beginBoot(catchUp) }
        case .rewrite: try withBothLocks { () throws(JournalError) in try rewrite(catchUp) }
        }
    }

    private func withBothLocks(_ body: () throws(JournalError) -> Void) throws(JournalError) {
        try withSyncLock { () throws(JournalError) in
            try lockForWriting()
            defer { unlockForWriting() }
            try body()
        }
    }

    /// Reserves the next block: on the disk before one of them is given. Under the sync lock.
    private func reserveRevisions() throws(JournalError) {
        guard let state = try shared.read() else { return }
        // Somebody else was faster, and there is enough for now.
        if nextRevision(state) <= Int64(bitPattern: state[.reserved]) { return }
        let reserved = max(Int64(bitPattern: state[.reserved]), nextRevision(state) - 1) + options.reservation
        let written = try reserve(reserved)
        try shared.write(.reserved, [UInt64(bitPattern: written.reserved)])
    }

    private func reserve(_ reserved: Revision) throws(JournalError) -> ControlFile.State {
        let boot = boot
        let last = chain.highestNumber
        return try StoreIdentity.update(disk) { state in
            state.reserved = max(state.reserved, reserved)
            state.boot = boot
            state.lastSegment = last
        }
    }

    /// Makes the shared header of this boot. Under both locks.
    private func beginBoot(_ catchUp: () throws(JournalError) -> Void) throws(JournalError) {
        if try shared.read() != nil { return }
        try catchUp()
        // A spare of another boot may hold records that were written after a renaming that was lost.
        try kernel { () throws(KernelError) in try disk.removeIfPresent(Self.spareName) }
        isReserveUnknown = true
        let before = try StoreIdentity.update(disk) { _ in }
        // Revisions of the boot before may have been seen although they are lost: all that were reserved count as given.
        let floor = max(revision, before.reserved)
        let after = try reserve(floor + options.reservation)
        var header = SharedHeader()
        header[.watermark] = min(watermark, tail)
        header[.reserved] = UInt64(bitPattern: after.reserved)
        header[.floor] = UInt64(bitPattern: floor)
        header[.currentSegment] = chain.last?.number ?? 0
        header[.tail] = tail
        // The header was there in this boot and is gone, and with it whether a sync failed: nothing above the watermark can be believed.
        if before.boot == boot, !options.isVolatileStore, watermark < tail, let last = chain.last {
            header[.failedSegment] = last.number
        }
        // Order: before the header, which makes others look for it.
        try kernel { () throws(KernelError) in try Doorbell.make(runtime, store) }
        try shared.replace(header)
    }

    /// Writes all records above the watermark again, into a new segment that follows where the watermark lies, and syncs that. The failed segments stay
    /// as they are, and are no longer part of the log from there on. Under both locks.
    private func rewrite(_ catchUp: () throws(JournalError) -> Void) throws(JournalError) {
        try catchUp()
        guard let state = try shared.read(), state[.failedSegment] != 0 else { return }
        let start = state[.watermark]
        guard let index = chain.index(of: start) else { return }
        let (bytes, end, first) = try recordsAgain(from: start, index)
        var kept = chain
        kept.dropEmpty(at: start)
        let number = chain.highestNumber + 1
        // What could not be read again may have been seen: its revisions count as given.
        if isTailTorn || end < tail { try shared.write(.floor, [state[.reserved]]) }
        let header = SegmentHeader(
            store: store, number: number, previous: kept.last?.number ?? 0, base: start,
            capacity: max(options.segmentSize, UInt64(bytes.count + 2 * SegmentHeader.size)),
            revision: first.map { $0 - 1 } ?? revision, compacted: compacted, boot: boot, time: wallNanoseconds())
        // Order: announced before it exists, as in `rotate`.
        try shared.write(.currentSegment, [number])
        try place(header, bytes)
        try shared.write(.tail, [end])
        try shared.write(.watermark, [end, 0])
        try raiseWatermark(to: end)
        try catchUp()
    }

    /// The bytes of all records from a position on, the position behind them, and the revision of the first transaction among them.
    private func recordsAgain(
        from start: UInt64, _ first: Int
    ) throws(JournalError) -> (bytes: [UInt8], end: UInt64, revision: Revision?) {
        var bytes: [UInt8] = []
        var revision: Revision?
        var position = start
        for index in first..<chain.segments.count {
            let limit = min(chain.limit(index), tail)
            guard position < limit else { continue }
            _ = try scan(chain.segments[index]).run(&position, limit: limit, watermark: start) { record in
                bytes.append(contentsOf: record.bytes)
                if record.header.kind == .transaction, revision == nil { revision = record.header.revision }
                return true
            }
        }
        return (bytes, position, revision)
    }

    /// Order: all of it is on the disk before it has its name, and the name before anybody is told.
    private func place(_ header: SegmentHeader, _ bytes: [UInt8]) throws(JournalError) {
        let temporary = Self.spareName + ".new"
        try kernel { () throws(KernelError) in
            try disk.removeIfPresent(temporary)
            let file = try disk.create(temporary)
            defer { disk.close(file) }
            try disk.allocate(file, size: header.capacity)
            try disk.write(file, at: 0, header.bytes)
            try disk.write(file, at: UInt64(SegmentHeader.size), bytes)
            try disk.sync(file)
            try disk.rename(temporary, to: header.name)
            try disk.syncNames()
        }
    }
}
