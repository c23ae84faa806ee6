internal import LinuxKernel
internal import LinuxTypes

// Waiting for the disk. Whoever needs the disk takes the sync lock, and then syncs for all who wrote before: those who waited find the watermark above
// their record and leave. The writer's lock is free all the while.

extension Log {
    /// Returns when all bytes before a position are on the disk. `revision` is for the error.
    func makeDurable(upTo end: UInt64, revision: Revision) throws(JournalError) {
        if options.isVolatileStore { return }
        guard try lockForSync(unlessDurable: end) else { return }
        // Order: after an error all who wait look for themselves.
        var number: UInt64?
        defer { releaseSyncLock(afterSync: number) }
        number = try syncUnderLock(upTo: end, revision: revision)
    }

    /// The sync's number; nil where none was needed, or nobody can hear of it.
    private func syncUnderLock(upTo end: UInt64, revision: Revision) throws(JournalError) -> UInt64? {
        guard let state = try shared.read() else {
            throw .syncFailed(revision, KernelError(call: "read", errno: .ESTALE, subject: "the shared header is gone"))
        }
        watermark = max(watermark, state[.watermark])
        if state[.watermark] >= end { return nil }
        if state[.failedSegment] != 0 {
            throw .syncFailed(
                revision, KernelError(call: "fdatasync", errno: .EIO, subject: SegmentName.string(state[.failedSegment])))
        }
        // Others' records up to the shared tail are whole: they share this sync.
        let sharesTail = state[.currentSegment] == chain.last?.number
        let target = sharesTail ? max(end, state[.tail]) : end
        let number = doorbell?.announceSync(upTo: target)
        try sync(from: state[.watermark], to: target, revision: revision)
        try raiseWatermark(to: target)
        return number
    }

    /// Syncs all segments that hold bytes of an interval, and the names of those that begin in it.
    private func sync(from start: UInt64, to end: UInt64, revision: Revision) throws(JournalError) {
        var failed: UInt64 = 0
        do throws(KernelError) {
            var needsNames = false
            for (index, segment) in chain.segments.enumerated() where segment.base < end && chain.limit(index) > start {
                failed = segment.number
                try disk.sync(try files.file(segment.number))
                if segment.base >= start { needsNames = true }
            }
            if needsNames { try disk.syncNames() }
        } catch {
            // The kernel reports the error once. Order: said to all others before the sync lock is let go, so that none of them syncs again,
            // is told that all is well, and believes it.
            try shared.write(.failedSegment, [failed])
            throw .syncFailed(revision, error)
        }
    }

    /// All bytes before a position are on the disk. Under the sync lock.
    func raiseWatermark(to position: UInt64) throws(JournalError) {
        watermark = max(watermark, position)
        try shared.write(.watermark, [position])
        do throws(KernelError) {
            let control = try disk.open(ControlFile.name, writable: true)
            defer { disk.close(control) }
            try disk.write(control, at: UInt64(3 * ControlFile.page), ControlFile.watermarkPage(position))
        } catch {
            // A hint: the next record says the same.
        }
    }
}
