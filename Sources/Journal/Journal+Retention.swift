internal import LinuxKernel
internal import LinuxTypes

// How much history stays, said by number, age or size. Each is a revision in the end, which `compact(to:)` gives up.

/// What a store takes on the disk.
public struct Footprint: Hashable, Sendable {
    public var segments: Int
    /// Bytes of the segments' files.
    public var segmentBytes: UInt64
    /// Bytes of the records in them.
    public var usedBytes: UInt64
    /// Bytes of the spare that lies ready.
    public var reserveBytes: UInt64
}

extension Journal {
    /// What the store takes on the disk now.
    public func footprint() throws(JournalError) -> Footprint {
        try refresh()
        let segments = log.chain.segments
        var reserve: UInt64 = 0
        try kernel { () throws(KernelError) in
            guard let file = try log.disk.openIfPresent(Log.spareName, writable: false) else { return }
            defer { log.disk.close(file) }
            reserve = try log.disk.size(file)
        }
        return Footprint(
            segments: segments.count, segmentBytes: segments.reduce(0) { $0 + $1.capacity },
            usedBytes: log.tail - min(log.tail, segments.first?.base ?? log.tail), reserveBytes: reserve)
    }

    /// Gives up all history but this many revisions before the current one, those that were left out among them. Returns the compacted revision, which is
    /// what it was where there is nothing to give up.
    @discardableResult
    public func compact(keeping count: Revision) throws(JournalError) -> Revision {
        let current = try revision()
        return try giveUp(before: count < current ? current - max(count, 0) : 0)
    }

    /// Gives up what was written before a moment, nanoseconds since 1970 by the clocks of the writers. Where a clock went back, what it said
    /// counts: nothing is given up behind the first transaction that calls itself younger. Returns the compacted revision.
    @discardableResult
    public func compact(olderThan moment: Int64) throws(JournalError) -> Revision {
        try whileSegmentsGo { () throws(JournalError) in try giveUp(before: try lastRevision(before: moment)) } ?? log.compacted
    }

    /// The last revision of which it and all before it were written until a moment, nanoseconds since 1970 by the clocks of the writers. Throws `compacted`
    /// where that history was given up.
    public func revision(at moment: Int64) throws(JournalError) -> Revision {
        let (limit, isOverflow) = moment.addingReportingOverflow(1)
        let last = try whileSegmentsGo { () throws(JournalError) in
            let found = try lastRevision(before: isOverflow ? moment : limit)
            if found == log.compacted, found > 0 { throw JournalError.compacted(found) }
            return found
        }
        guard let last else { throw .compacted(log.compacted) }
        // Nothing was written by then: the store was empty, at revision 1.
        return max(last, 1)
    }

    /// Reads segments again where one went meanwhile: a compaction is at work. nil where that does not end.
    private func whileSegmentsGo<Result>(_ body: () throws(JournalError) -> Result) throws(JournalError) -> Result? {
        for _ in 0..<16 {
            try refresh()
            do throws(JournalError) { return try body() } catch {
                guard case .kernel(let cause) = error, cause.errno == .ENOENT else { throw error }
                log.files.closeAll()
            }
        }
        return nil
    }

    /// Has `compact` give up history where the store takes more than `bytes`, and `bytesPerKey` for each key of a range that there is; it is told what the
    /// store may take. Where somebody else writes, whoever comes next tries again.
    public func keepWithin(
        _ bytes: UInt64, and bytesPerKey: UInt64, for keys: KeyRange, _ compact: (UInt64) throws(JournalError) -> Void
    ) throws(JournalError) {
        let size = try footprint().segmentBytes
        guard size > bytes else { return }
        let allowed = bytes + UInt64(try range(RangeRequest(keys, countOnly: true)).count) * bytesPerKey
        guard size > allowed else { return }
        do throws(JournalError) { try compact(allowed) } catch {
            guard case .busy = error else { throw error }
        }
    }

    /// Gives up as little history as brings the segments down to this many bytes, all of it where nothing less does. What the keys are takes what it
    /// takes. Returns the compacted revision.
    @discardableResult
    public func compact(toSize bytes: UInt64) throws(JournalError) -> Revision {
        try refresh()
        var size = log.chain.segments.reduce(0) { $0 + $1.capacity }
        var wanted: Revision = 0
        for (segment, next) in zip(log.chain.segments, log.chain.segments.dropFirst()) where size > bytes {
            size -= segment.capacity
            wanted = next.revision
        }
        if wanted > 0 { try giveUp(before: wanted) }
        // What still counted was written again at the end, which may have taken a segment more; and the last segment goes only when all is compacted.
        try refresh()
        guard log.chain.segments.reduce(0, { $0 + $1.capacity }) > bytes else { return log.compacted }
        return try giveUp(before: log.revision)
    }

    @discardableResult
    private func giveUp(before revision: Revision) throws(JournalError) -> Revision {
        if revision <= log.compacted { return log.compacted }
        do throws(JournalError) {
            try compact(to: revision)
        } catch {
            // Somebody gave up more meanwhile.
            guard case .compacted = error else { throw error }
        }
        return log.compacted
    }

    /// The last revision of which it and all before it were written before a moment; the compacted one where there is none.
    private func lastRevision(before moment: Int64) throws(JournalError) -> Revision {
        var last = log.compacted
        for (index, segment) in log.chain.segments.enumerated() {
            let limit = min(log.chain.limit(index), log.tail)
            var position = segment.base
            var isYoung = false
            while position < limit, !isYoung {
                let start = position
                _ = try log.scan(segment).run(&position, limit: limit, watermark: .max) { record in
                    guard record.header.kind == .transaction else { return true }
                    isYoung = record.header.time >= moment
                    if !isYoung { last = max(last, record.header.revision) }
                    return !isYoung
                }
                if isYoung { return last }
                if let gap = log.gaps.first(where: { $0.positions.contains(position) }) {
                    position = gap.positions.upperBound
                } else if position == start {
                    break
                }
            }
        }
        return last
    }
}
