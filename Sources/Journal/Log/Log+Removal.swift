internal import LinuxKernel

extension Log {
    /// The oldest segments whose transactions are all compacted. Never the last one, and none with a gap that nobody accepted: what is damaged is
    /// evidence.
    func removable() -> [SegmentHeader] {
        var found: [SegmentHeader] = []
        for (index, segment) in chain.segments.enumerated().dropLast() {
            let next = chain.segments[index + 1]
            let range = segment.base..<max(segment.base, next.base)
            guard next.revision <= compacted, !openGaps.contains(where: { $0.positions.overlaps(range) }) else { break }
            found.append(segment)
        }
        return found
    }

    /// Removes the first segment. What counted in it must be on the disk elsewhere.
    func remove(_ segment: SegmentHeader) throws(JournalError) {
        guard let index = chain.index(ofNumber: segment.number), index + 1 < chain.segments.count else { return }
        let next = chain.segments[index + 1].number
        // Order: recorded before the file goes, so that a missing file is never taken for a loss.
        try withSyncLock { () throws(JournalError) in
            let state = try StoreIdentity.update(disk) { $0.firstSegment = max($0.firstSegment, next) }
            firstSegment = state.firstSegment
        }
        chain.dropFirst(before: next)
        files.forget(segment.number)
        try kernel { () throws(KernelError) in try disk.removeIfPresent(segment.name) }
    }

    /// Forgets the segments that somebody else has removed: who follows an index, or is up to date, need not have looked. Under the compaction lock.
    func forgetRemoved() throws(JournalError) {
        firstSegment = max(firstSegment, try currentFirstSegment())
        chain.dropFirst(before: firstSegment)
    }

    /// Removes files of segments that were given up: by a compaction that ended early, or by a recovery.
    func removeLeftovers() throws(JournalError) {
        let names = try kernel { () throws(KernelError) in try disk.names() }
        let leftovers = names.filter { name in SegmentName.number(name).map { $0 < firstSegment } ?? false }
        if leftovers.isEmpty { return }
        // Order: on the disk before the files go. What the control file says now may be what somebody wrote whose sync failed: the power would take it back,
        // and the files would be missed.
        try withSyncLock { () throws(JournalError) in
            _ = try StoreIdentity.update(disk) { $0.firstSegment = max($0.firstSegment, firstSegment) }
        }
        try kernel { () throws(KernelError) in
            for name in leftovers { try disk.removeIfPresent(name) }
        }
    }
}
