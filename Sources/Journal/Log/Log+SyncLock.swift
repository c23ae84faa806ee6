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
        guard let locks else { throw .readOnly }
        try findDoorbell()
        let start = monotonicMicroseconds()
        var attendance = Attendance(.sync)
        while monotonicMicroseconds() - start < Int64(Locks.syncPatience) {
            // Order: before the look, or a ring between look and sleep is missed.
            let rings = doorbell?.rings(.sync)
            if end < .max, let state = try shared.read(), state[.watermark] >= end { return false }
            if try locks.tryTake(.sync) {
                try nameSyncHolder()
                return true
            }
            attendance.attend(self)
            if let doorbell, let rings { doorbell.sleep(.sync, since: rings) } else { pause(microseconds: 100) }
        }
        throw .busy(try lockHolder(.sync))
    }

    private func nameSyncHolder() throws(JournalError) {
        do throws(JournalError) {
            try shared.write(.syncHolder, [holder.pid, holder.startTime, 0, 0])
        } catch {
            releaseSyncLock()
            throw error
        }
    }

    func releaseSyncLock() {
        locks?.release(.sync)
        doorbell?.ring(.sync)
    }

    func findDoorbell() throws(JournalError) {
        if doorbell == nil { doorbell = try kernel { () throws(KernelError) in try Doorbell.open(runtime, store) } }
    }
}
