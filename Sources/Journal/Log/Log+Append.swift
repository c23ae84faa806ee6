internal import LinuxKernel

extension Log {
    /// What must be done before a record can be written, and takes too long to be done under the writer's lock.
    enum Chore: Equatable {
        /// The first write of a boot, or after the shared header was lost.
        case boot
        /// All reserved revisions are given.
        case reserveRevisions
        /// A new segment is due and no spare of this size is at hand.
        case makeSpare(UInt64)
        /// A sync failed: what is not known to be on the disk is written again.
        case rewrite
    }

    /// How much of the reserve a record may use.
    enum Weight {
        case ordinary
        /// A small put.
        case small
        /// A deletion, or what a compaction writes to give space back.
        case relief
    }

    /// Takes the writer's lock. Afterwards `catchUp` is due: others may have written. Throws `busy` where somebody else had it for `patience` microseconds.
    func lockForWriting(patience: Int = Locks.writerPatience) throws(JournalError) {
        guard let locks else { throw .readOnly }
        if isControlDamaged { throw .controlDamaged }
        try findDoorbell()
        if try !locks.tryTake(.writer) { try waitForWriting(locks, patience) }
        do throws(JournalError) {
            shared.release()
            let state = try shared.readHeld()
            let wasOurs = state.map { $0[.holder] == holder.pid && $0[.holderStart] == holder.startTime } ?? false
            // Nobody is stopped now: another stop, of another holding, counts from its own beginning.
            if !wasOurs || state.map({ $0[.stopped] != 0 }) ?? false {
                try shared.write(.holder, [holder.pid, holder.startTime, 0, 0])
            }
            // Who was killed while he kept it alive may have done it: what he wrote is caught up with before we let go of the lock.
            announcedLease = state.map { LeaseID(bitPattern: $0[.kept]) } ?? 0
            isOwnTail = wasOurs && inspectedTail == tail
            isWriting = true
            if options.timesLock { lockedAt = monotonicMicroseconds() }
        } catch {
            locks.release(.writer)
            throw error
        }
    }

    private func waitForWriting(_ locks: Locks, _ patience: Int) throws(JournalError) {
        var attendance = Attendance(.writer)
        let isTaken = try locks.take(.writer, patience: patience, doorbell) { attendance.attend(self) }
        guard isTaken else { throw .busy(try lockHolder(.writer)) }
    }

    func unlockForWriting() {
        isWriting = false
        if announcedLease != 0 { withdrawLease() }
        if options.timesLock { longestHold = max(longestHold, monotonicMicroseconds() - lockedAt) }
        shared.release()
        locks?.release(.writer)
        doorbell?.ring(.writer)
    }

    /// For the error of who gave up waiting.
    func lockHolder(_ lock: Locks.Name) throws(JournalError) -> LockHolder {
        guard let named = try shared.read()?.holder(of: lock) else { return LockHolder(pid: 0) }
        return LockHolder.describe(pid: named.pid, startTime: named.startTime)
    }

    /// Finds out whether a record of a length can be written now, and makes the segment for it. Under the writer's lock, caught up. nil where it can.
    func prepare(length: Int, _ weight: Weight) throws(JournalError) -> Chore? {
        guard let state = try shared.readHeld() else { return .boot }
        if state[.failedSegment] != 0 { return .rewrite }
        if isTailTorn || room < UInt64(length), let chore = try rotate(length: length, state) { return chore }
        if nextRevision(state) > Int64(bitPattern: state[.reserved]) { return .reserveRevisions }
        try checkReserve(left: room - UInt64(length), of: chain.last?.capacity ?? 0, weight)
        return nil
    }

    /// Bytes that the last segment has left.
    private var room: UInt64 {
        guard let segment = chain.last else { return 0 }
        return segment.limit - min(tail, segment.limit)
    }

    /// With the disk full, the rest of the last segment is kept for those who make room.
    private func checkReserve(left: UInt64, of capacity: UInt64, _ weight: Weight) throws(JournalError) {
        guard isReserveInUse else { return }
        let kept: UInt64 =
            switch weight {
            case .ordinary: capacity / 2
            case .small: capacity / 4
            case .relief: 0
            }
        if left < kept { throw .noSpace }
    }

    /// The revision of the next transaction.
    func nextRevision(_ state: SharedHeader) -> Revision {
        // Behind a torn tail there may have been revisions that somebody saw: all that were reserved count as given.
        let floor = Int64(bitPattern: isTailTorn ? state[.reserved] : state[.floor])
        return max(revision, floor) + 1
    }

    /// Writes a record at the tail. Under the writer's lock, after `prepare` said yes. A transaction gets the next revision, other records the last one.
    /// Returns the revision and hands the record to `sink`.
    func append(_ record: inout Record, _ sink: Sink) throws(JournalError) {
        guard let segment = chain.last else { return }
        record.seal(store: store, position: tail, watermark: watermark)
        let file = try kernel { () throws(KernelError) in try files.file(segment.number) }
        let bytes = record.bytes
        // After an error the tail is read again by whoever writes next: the record is there, or a torn one, or nothing.
        inspectedTail = nil
        try kernel { () throws(KernelError) in try disk.write(file, at: segment.offset(of: tail), bytes) }
        let view = (position: tail, header: record.header)
        tail += UInt64(bytes.count)
        inspectedTail = tail
        if record.header.kind == .transaction { revision = record.header.revision }
        bytes.withUnsafeBytes { bytes in
            let record = RecordView(header: view.header, position: view.position, bytes: bytes)
            heed(record)
            sink(record, segment)
        }
        // Order: after the sink, whose index others follow. This is what wakes them.
        try shared.write(.tail, [tail])
        if record.header.isDurable { blankAhead(of: segment, file) }
    }

    /// A header for a record of this process.
    func header(_ kind: RecordKind, durable: Bool, revision: Revision) -> RecordHeader {
        RecordHeader(kind: kind, isDurable: durable, revision: revision, boot: boot, time: wallNanoseconds())
    }
}
