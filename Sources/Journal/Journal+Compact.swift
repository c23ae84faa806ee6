internal import LinuxKernel

// Compaction has two halves. The first gives history up: one record, at once, for all processes. The second gives space back: what still counts in the
// oldest segments is written again at the end of the log (`carry` records, a few at a time), and the segments are removed. It can be cut off anywhere:
// what was carried twice is the same entry at another place, and a segment that should be gone is ignored until it is.

extension Journal {
    /// Gives up history before a revision, at most the current one, and the space of it. Of each key the newest version up to there stays. Returns how
    /// many segments were removed.
    @discardableResult
    public func compact(to revision: Revision) throws(JournalError) -> Int {
        try log.ensureReserve()
        let end = try appendMark(.compaction) { journal throws(JournalError) in
            if revision > journal.log.revision { throw .futureRevision(journal.log.revision) }
            if revision <= journal.log.compacted { throw .compacted(journal.log.compacted) }
            return Self.bytes(UInt64(bitPattern: revision))
        }
        if index.memory.file == nil { index = index.compacted(to: revision) }
        // Order: on the disk before anything that it gives up is removed.
        try log.makeDurable(upTo: end, revision: log.revision)
        let removed = try reclaim()
        makeIndexAnew()
        return removed
    }

    /// Removes the oldest segments as long as all their transactions are compacted. Returns how many; 0 also where another process is at it.
    func reclaim() throws(JournalError) -> Int {
        guard let locks = log.locks else { throw .readOnly }
        guard try locks.tryTake(.compaction) else { return 0 }
        defer { locks.release(.compaction) }
        try refresh()
        try log.findChain()
        try log.forgetRemoved()
        try retireLastSegment()
        let candidates = log.removable()
        var plan = CarryPlan(index, log.compacted, candidates)
        var removed = 0
        for segment in candidates {
            try carry(from: segment, &plan)
            try log.makeDurable(upTo: log.tail, revision: log.revision)
            try log.remove(segment)
            removed += 1
        }
        try log.removeLeftovers()
        if removed > 0 { log.isReserveUnknown = true }
        log.refillReserve()
        return removed
    }

    /// Begins a new segment where that lets the last one go. On a full disk this is what the reserve is for.
    private func retireLastSegment() throws(JournalError) {
        for _ in 0..<8 where log.isLastSegmentWorthRetiring {
            guard let chore = try tryRotation() else { return }
            do throws(JournalError) {
                try log.perform(chore) { () throws(JournalError) in try refresh() }
            } catch {
                // Without a spare the segment stays for now.
                guard case .noSpace = error else { throw error }
                return
            }
        }
    }

    private func tryRotation() throws(JournalError) -> Log.Chore? {
        try log.lockForWriting()
        defer { log.unlockForWriting() }
        try refresh()
        guard let state = try log.shared.read() else { return .boot }
        if state[.failedSegment] != 0 { return .rewrite }
        guard log.isLastSegmentWorthRetiring else { return nil }
        let chore = try log.rotate(length: 0, state)
        // Who opens now looks whether the index knows the last segment.
        if chore == nil { publish() }
        return chore
    }

    /// Writes what still counts in a segment again.
    private func carry(from segment: SegmentHeader, _ plan: inout CarryPlan) throws(JournalError) {
        try carryUnknown(from: segment)
        let found = try versions(in: segment, &plan)
        for group in [Version.Flags([]), .volatile, [.volatile, .earlierBoot]] {
            var batch: [([UInt8], Version)] = []
            var size = 0
            for (key, version) in found where version.flags.intersection([.volatile, .earlierBoot]) == group {
                batch.append((key, version))
                size += Int(version.valueLength) + key.count + Entry.fixedSize
                // Each is one append, for whose time others wait.
                guard size >= 32 << 10 || batch.count == 96 else { continue }
                try append(batch, group)
                batch = []
                size = 0
            }
            if !batch.isEmpty { try append(batch, group) }
        }
    }

    private func versions(
        in segment: SegmentHeader, _ plan: inout CarryPlan
    ) throws(JournalError) -> [([UInt8], Version)] {
        while true {
            // Offsets of another index mean nothing in this one.
            if plan.generation != index.generation { plan = CarryPlan(index, log.compacted, log.removable()) }
            let found = plan.versions(in: segment, index)
            // What is forgotten here is lost: an index that is not what it should be says nothing.
            if !index.isBroken { return found }
            try refresh()
            try log.findChain()
        }
    }

    private func append(_ batch: [([UInt8], Version)], _ group: Version.Flags) throws(JournalError) {
        var entries: [Entry] = []
        for (key, version) in batch {
            var entry = Entry(
                isDelete: version.isDeleted, key: key, createRevision: version.createRevision, version: version.version,
                modRevision: version.modRevision, lease: version.lease)
            if version.flags.contains(.valueLost) {
                entry.isValueLost = true
            } else if let value = try bytes(of: version) {
                entry.value = value
            } else {
                entry.isValueLost = true
            }
            entries.append(entry)
        }
        var header = log.header(.carry, durable: !group.contains(.volatile), revision: log.revision)
        // Any boot but this one.
        if group.contains(.earlierBoot) { header.boot = Identifier(first: 0, second: 0) }
        _ = try appendUnderLock { journal in
            header.revision = journal.log.revision
            return Record(header, entries: entries)
        }
    }

    /// Records of kinds that a newer program wrote go along as they are.
    private func carryUnknown(from segment: SegmentHeader) throws(JournalError) {
        guard let at = log.chain.index(ofNumber: segment.number) else { return }
        var kept: [Record] = []
        var position = segment.base
        let known: [RecordKind] = [.transaction, .carry, .compaction, .repair]
        while position < log.chain.limit(at) {
            _ = try log.scan(segment).run(&position, limit: log.chain.limit(at), watermark: .max) { record in
                if !known.contains(record.header.kind) {
                    let rest = record.bytes[(RecordHeader.size + record.header.keysLength)...]
                    kept.append(
                        Record(
                            record.header, keysPart: Array(record.keysPart), rest: Array(rest),
                            entryCount: record.header.entryCount))
                }
                return true
            }
            // An accepted gap, or the end.
            guard let gap = log.gaps.first(where: { $0.positions.lowerBound == position && !$0.positions.isEmpty }) else { break }
            position = gap.positions.upperBound
        }
        for record in kept { _ = try appendUnderLock { _ in record } }
    }

    /// Appends a mark whose keys part is made under the lock. Returns the position behind it.
    func appendMark(
        _ kind: RecordKind, _ keysPart: (Journal) throws(JournalError) -> [UInt8]
    ) throws(JournalError) -> UInt64 {
        try appendUnderLock { journal throws(JournalError) in
            Record(journal.log.header(kind, durable: true, revision: journal.log.revision), keysPart: try keysPart(journal))
        }
    }

    /// Appends a record that is no transaction. Returns the position behind it.
    func appendUnderLock(_ make: (Journal) throws(JournalError) -> Record) throws(JournalError) -> UInt64 {
        while true {
            let chore = try tryAppend(make)
            retired = nil
            if index.isShared { index.growAhead() }
            guard let chore else { return log.tail }
            try log.perform(chore) { () throws(JournalError) in try refresh() }
        }
    }

    private func tryAppend(_ make: (Journal) throws(JournalError) -> Record) throws(JournalError) -> Log.Chore? {
        try log.lockForWriting()
        defer { log.unlockForWriting() }
        try refresh()
        var record = try make(self)
        if let chore = try log.prepare(length: record.bytes.count, .relief) { return chore }
        record.header.revision = log.revision
        try log.append(&record) { record, segment in
            take(record, segment)
            publish()
        }
        return nil
    }

    static func bytes(_ numbers: UInt64...) -> [UInt8] {
        var bytes: [UInt8] = []
        for number in numbers { bytes.append(number: number) }
        return bytes
    }
}
