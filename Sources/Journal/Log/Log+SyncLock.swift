internal import LinuxKernel

// The lock that is held across a sync of the disk. Who waits for it sleeps on the doorbell, and often finds when he wakes that another has done what he
// wanted.

extension Log {
    func withSyncLock<Result>(_ body: () throws(JournalError) -> Result) throws(JournalError) -> Result {
        _ = try lockForSync(unlessDurable: .max)
        defer { releaseSyncLock() }
        return try body()
    }

    /// Takes the sync lock; false where meanwhile somebody else has synced up to a position.
    func lockForSync(unlessDurable end: UInt64) throws(JournalError) -> Bool {
        try findDoorbell()
        if let isTaken = try tryLockForSync(end) { return isTaken }
        let start = monotonicMicroseconds()
        var attendance = Attendance(.sync)
        while monotonicMicroseconds() - start < Int64(Locks.syncPatience) {
            // Order: before the look, or a ring between look and sleep is missed.
            let rings = doorbell?.rings(.sync)
            if let isTaken = try tryLockForSync(end) { return isTaken }
            attendance.attend(self)
            if let doorbell, let rings { doorbell.sleepForSync(since: rings, upTo: end) } else { pause(microseconds: 100) }
        }
        throw .busy(try lockHolder(.sync))
    }

    /// Whether the sync lock was taken, false where all is on the disk up to a position; nil where neither is so.
    private func tryLockForSync(_ end: UInt64) throws(JournalError) -> Bool? {
        guard let locks else { throw .readOnly }
        if end < .max, let state = try shared.read(), state[.watermark] >= end { return false }
        guard try locks.tryTake(.sync) else { return nil }
        do throws(JournalError) {
            try nameSyncHolder()
            return true
        } catch {
            releaseSyncLock()
            throw error
        }
    }

    private func nameSyncHolder() throws(JournalError) {
        let state = try shared.read()
        let wasOurs = state.map { $0[.syncHolder] == holder.pid && $0[.syncHolderStart] == holder.startTime } ?? false
        // Nobody is stopped now: another stop, of another holding, counts from its own beginning.
        if wasOurs, state.map({ $0[.syncStopped] == 0 }) ?? false { return }
        try shared.write(.syncHolder, [holder.pid, holder.startTime, 0, 0])
    }

    /// With the number of the sync that was done under it, where one was.
    func releaseSyncLock(afterSync number: UInt64? = nil) {
        locks?.release(.sync)
        doorbell?.ring(.sync, afterSync: number)
    }

    func findDoorbell() throws(JournalError) {
        if doorbell == nil { doorbell = try kernel { () throws(KernelError) in try Doorbell.open(runtime, store) } }
    }
}
