// What is no record: the end of the log, a torn tail, or damage. The watermark tells them apart. Bytes above it were never promised to anybody: they
// end the log. Bytes below it were on the disk, so something changed them since: reading goes on behind them, and the gap is remembered.

extension Log {
    /// At the tail stands no record. True where it is damage and reading goes on, at the tail as it is then; false where the log ends here.
    func passDamage(_ index: inout Int) throws(JournalError) -> Bool {
        let segment = chain.segments[index]
        let isLast = index + 1 == chain.segments.count
        if isLast, tail >= watermark, try isPlainEnd(segment) { return false }
        // What stands behind may know of a higher watermark than was seen so far.
        if tail >= watermark, inspectedTail != tail { try lookAhead(from: index) }
        guard tail < watermark else {
            chain.cut(after: index)
            tornPosition = tail
            inspectedTail = tail
            return false
        }
        try passGap(&index)
        return true
    }

    /// Whether nothing stands behind the tail. All of the rest is looked at once, then only where the next record would begin: a killed writer leaves
    /// the start of a record, only a power cut leaves a record behind a hole. Where a writer of this boot says that the log ends here, he has
    /// looked.
    func isPlainEnd(_ segment: SegmentHeader) throws(JournalError) -> Bool {
        var count = RecordHeader.size
        if inspectedTail == nil, try !isToldTail(segment) { count = Int(segment.capacity) }
        let empty = try scan(segment).isEmpty(from: tail, count: count)
        if empty { inspectedTail = tail }
        return empty
    }

    private func isToldTail(_ segment: SegmentHeader) throws(JournalError) -> Bool {
        guard let state = isWriting ? try shared.readHeld() : try shared.read() else { return false }
        return state[.tail] == tail && state[.currentSegment] == segment.number
    }

    /// Takes the watermark from all records behind the tail.
    private func lookAhead(from index: Int) throws(JournalError) {
        var start = tail
        for later in index..<chain.segments.count {
            let segment = chain.segments[later]
            let scan = try scan(segment)
            start = max(start, segment.base)
            while let found = try scan.nextRecord(from: start, limit: chain.limit(later)) {
                watermark = max(watermark, found.header.watermark)
                start = found.position + 8
            }
        }
    }

    /// Moves the tail behind damaged bytes and notes the gap.
    private func passGap(_ index: inout Int) throws(JournalError) {
        let segment = chain.segments[index]
        let scan = try scan(segment)
        let limit = chain.limit(index)
        if tail < limit, let header = try scan.header(at: tail), tail + UInt64(header.length) <= limit {
            let isTransaction = header.kind == .transaction
            // Only a value is damaged: now that the watermark is known to be higher, the record is read all the same.
            if try scan.isReadable(header, at: tail), !isTransaction || header.revision > revision { return }
            // The header is whole: exactly this record is lost.
            note(
                end: tail + UInt64(header.length), last: header.revision, isExact: isTransaction,
                "keys damaged in \(segment.name)")
            if isTransaction { revision = max(revision, header.revision) }
            return
        }
        if let found = try scan.nextRecord(from: tail + 8, limit: limit) {
            let isTransaction = found.header.kind == .transaction
            note(end: found.position, last: found.header.revision - (isTransaction ? 1 : 0), "record damaged in \(segment.name)")
            return
        }
        if index + 1 < chain.segments.count {
            let next = chain.segments[index + 1]
            note(end: max(next.base, tail), last: next.revision, "end of \(segment.name) damaged or missing")
            index += 1
            return
        }
        // The end of the log is gone: what it held is unknown, and the next revision comes from a new block.
        note(end: watermark, last: .max, "end of \(segment.name) damaged or missing")
        chain.cut(after: index)
        tornPosition = tail
        inspectedTail = tail
    }

    private func note(end: UInt64, last: Revision, isExact: Bool = false, _ reason: String) {
        let first = isExact ? max(last, revision + 1) : revision + 1
        // Marks have no revision of their own: their loss is still a gap, of the revisions around it.
        gaps.append(
            Gap(
                first: min(first, max(last, revision)), last: max(last, revision), positions: tail..<max(end, tail),
                reason: reason))
        tail = max(end, tail)
    }

    /// Accepted gaps before the first segment are nobody's concern any more.
    func forgetAcceptedGaps() {
        guard !gaps.isEmpty, let first = chain.segments.first else { return }
        gaps.removeAll { repaired.contains($0.positions) && $0.positions.upperBound <= first.base }
    }

    /// A gap at the end of the log had no last revision. The segment that now follows it says which ones it can have had.
    func boundGaps(by next: SegmentHeader) {
        for index in gaps.indices where gaps[index].last == .max && gaps[index].positions.upperBound <= next.base {
            let open = gaps[index]
            gaps[index] = Gap(
                first: open.first, last: max(open.first, next.revision), positions: open.positions, reason: open.reason)
        }
    }

    /// Before the first segment that was found there was another that nobody removed.
    func noteMissingStart() throws(JournalError) {
        guard let first = chain.segments.first else { return noteMissingLog() }
        guard chain.lacksStart else { return }
        if watermark <= first.base { try lookAhead(from: 0) }
        guard watermark > 0 else {
            // Nothing was ever promised: a power cut took the first segment and left a later one.
            chain = Chain([:], first: firstSegment, highestNumber: chain.highestNumber)
            tail = 0
            return
        }
        gaps.append(
            Gap(first: 1, last: first.revision, positions: 0..<first.base, reason: "the segment before \(first.name) is missing"))
    }

    /// There is no segment at all, and there was something.
    private func noteMissingLog() {
        guard watermark > 0 else { return }
        gaps.append(Gap(first: 1, last: .max, positions: 0..<watermark, reason: "all segments are missing"))
        tail = watermark
        tornPosition = tail
    }
}

extension SegmentHeader {
    /// The name of its file.
    var name: String { SegmentName.string(number) }
}
