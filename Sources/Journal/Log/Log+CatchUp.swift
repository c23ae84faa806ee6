internal import LinuxKernel
internal import LinuxTypes

extension Log {
    /// Reads what was written since the last time. Takes no lock and waits for nobody. False where a compaction removed what was not read yet: then
    /// the caller forgets all and starts again with `restart`.
    func catchUp(_ sink: Sink) throws(JournalError) -> Bool {
        let state = isWriting ? try shared.readHeld() : try readTold()
        if let state { watermark = max(watermark, state[.watermark]) }
        if let state, try isUpToDate(state) { return true }
        let known = tail
        if !hasReadAnything || state == nil || state.map({ $0[.currentSegment] }) != chain.last?.number {
            guard try refreshChain() else { return false }
        }
        if !hasReadAnything { try noteMissingStart() }
        hasReadAnything = true
        if chain.segments.isEmpty { return true }
        do throws(JournalError) {
            // What lies behind the shared tail is not there yet: if one saw it and another, who looks later, did not, time would run backwards.
            try readForward(known: known, upTo: isWriting ? .max : state?[.tail] ?? .max, sink)
            // Whoever wrote it died before he said so. From here on all see it, or nobody could be given an answer that rests on it.
            if isWriting, let state, state[.tail] < tail { try shared.write(.tail, [tail]) }
        } catch {
            // A segment went between the listing and the reading: a compaction is at work.
            if case .kernel(let cause) = error, cause.errno == .ENOENT { return false }
            throw error
        }
        return isWriting || state == nil ? true : try settle(sink)
    }

    /// What the header says to who reads for himself, with the tail that others may have been shown. A writer shows the index first and the header after it:
    /// between the two he may be stopped.
    func readTold() throws(JournalError) -> SharedHeader? {
        // Order: the index first. The header's segment is then one that the tail lies in or before.
        let published = try kernel { () throws(KernelError) in try IndexFile.publishedTail(self) }
        guard var state = try shared.read() else { return nil }
        state[.tail] = max(state[.tail], published ?? 0)
        return state
    }

    /// For a reader at the shared tail, when he opened the store or could not end an append: what stands behind was written by somebody who died before he
    /// said so, or is just being written. As a writer he finds out, if nobody else is one just now.
    private func settle(_ sink: Sink) throws(JournalError) -> Bool {
        // Order: as long as an append of ours failed and nobody looked, the tail does not count as looked at.
        guard inspectedTail == nil, let locks else {
            inspectedTail = tail
            return true
        }
        if let last = chain.last, last.base <= tail, try isPlainEnd(last) { return true }
        guard try locks.tryTake(.writer) else { return true }
        // Order: what was known of the header is from before the lock was taken.
        shared.release()
        isWriting = true
        isOwnTail = false
        defer {
            isWriting = false
            shared.release()
            locks.release(.writer)
        }
        return try catchUp(sink)
    }

    /// Whether nobody has written since. To a reader the shared tail says so. A writer must also see what somebody wrote who died before he said it,
    /// unless the last one who wrote was he himself.
    private func isUpToDate(_ state: SharedHeader) throws(JournalError) -> Bool {
        guard hasReadAnything, state[.tail] == tail, let last = chain.last, state[.currentSegment] == last.number,
            inspectedTail == tail, tornPosition == nil
        else { return false }
        if !isWriting || isOwnTail { return true }
        return try scan(last).isEmpty(from: tail, count: RecordHeader.size)
    }

    /// Says for somebody who was killed what he has written: those who wait for news hear of it now. Under the writer's lock.
    func tellTail() throws(JournalError) {
        guard isWriting, inspectedTail == tail, !isTailTorn, let state = try shared.readHeld(), state[.tail] < tail,
            state[.currentSegment] == chain.last?.number
        else { return }
        try shared.write(.tail, [tail])
    }

    /// Forgets what was read.
    func restart() {
        files.closeAll()
        chain = Chain()
        tail = 0
        revision = 1
        gaps = []
        repaired = []
        tornPosition = nil
        inspectedTail = nil
        hasReadAnything = false
        followedSegment = 0
    }

    /// Lists the segments again. False where the tail lies before all of them.
    func refreshChain() throws(JournalError) -> Bool {
        let names = try kernel { () throws(KernelError) in try disk.names() }
        let numbers = names.compactMap { SegmentName.number($0) }
        var headers: [UInt64: SegmentHeader] = [:]
        for segment in chain.segments { headers[segment.number] = segment }
        var found: [UInt64: SegmentHeader] = [:]
        for number in numbers {
            var header = headers[number]
            if header == nil { header = try SegmentHeader.read(disk, number) }
            if let header, header.store == store { found[number] = header }
        }
        firstSegment = max(firstSegment, try currentFirstSegment())
        isReserveUnknown = true
        let old = max(chain.last?.number ?? 0, followedSegment)
        chain = Chain(found, first: firstSegment, highestNumber: numbers.max() ?? 0)
        forgetAcceptedGaps()
        guard let first = chain.segments.first else { return true }
        if !hasReadAnything { tail = first.base }
        if first.base > tail { return false }
        rewind(to: old)
        return true
    }

    /// Segments that are new since the one of number `old` may begin before the tail, where somebody wrote records again: they are read from their base.
    private func rewind(to old: UInt64) {
        guard let fresh = chain.segments.first(where: { $0.number > old }) else { return }
        if fresh.base <= tail {
            tornPosition = nil
            inspectedTail = nil
        }
        tail = min(tail, fresh.base)
    }

    func currentFirstSegment() throws(JournalError) -> UInt64 {
        let bytes = try kernel { () throws(KernelError) in
            guard let file = try disk.openIfPresent(ControlFile.name, writable: false) else { return [UInt8]() }
            defer { disk.close(file) }
            return try disk.read(file, at: 0, count: ControlFile.size)
        }
        return bytes.withUnsafeBytes { ControlFile.state($0)?.firstSegment } ?? 1
    }

    /// Reads from the tail to the end of the log, or up to a position. Records before `known` were read before and have only moved.
    private func readForward(known: UInt64, upTo end: UInt64, _ sink: Sink) throws(JournalError) {
        guard var index = chain.index(of: tail) else { return }
        while true {
            let segment = chain.segments[index]
            revision = max(revision, segment.revision)
            compacted = max(compacted, segment.compacted)
            boundGaps(by: segment)
            let limit = min(chain.limit(index), end)
            let stop = try scan(segment).run(&tail, limit: limit, watermark: watermark) { record throws(JournalError) in
                accept(record, segment, isKnown: record.position < known, sink)
            }
            if tail >= end { return }
            let isLast = index + 1 == chain.segments.count
            if stop == .bad || !isLast && tail < chain.segments[index + 1].base {
                guard try passDamage(&index) else { return }
            } else if isLast {
                // The segment is full to its end: nothing can stand behind.
                inspectedTail = tail
                return
            } else {
                index += 1
            }
        }
    }

    /// Takes in a record; false where it cannot be one that belongs here.
    private func accept(_ record: RecordView, _ segment: SegmentHeader, isKnown: Bool, _ sink: Sink) -> Bool {
        let header = record.header
        if header.kind == .transaction, !isKnown {
            // What an older writer left behind a hole has an older revision.
            guard header.revision > revision else { return false }
            revision = header.revision
        }
        watermark = max(watermark, header.watermark)
        heed(record)
        sink(record, segment)
        return true
    }

    /// What a mark says.
    func heed(_ record: RecordView) {
        switch record.header.kind {
        case .compaction: compacted = max(compacted, record.keysPart.number(Int64.self, at: 0))
        case .repair:
            let lower = record.keysPart.number(UInt64.self, at: 0)
            let upper = record.keysPart.number(UInt64.self, at: 8)
            if lower <= upper { repaired.append(lower..<upper) }
        default: break
        }
    }
}
