internal import LinuxKernel
public import LinuxTypes

/// Reads the history of a range of keys from a revision on, and everything that follows.
public final class Watch {
    private let journal: Journal
    private let keys: KeyRange
    private let wantsPrevious: Bool
    /// The next revision that was not given yet.
    private var next: Revision
    /// Where to read on.
    private var position: UInt64

    init(_ journal: Journal, _ keys: KeyRange, from revision: Revision, wantsPrevious: Bool) throws(JournalError) {
        self.journal = journal
        self.keys = keys
        self.wantsPrevious = wantsPrevious
        next = revision
        position = 0
        try journal.refresh()
        try seek()
    }

    /// The segment in which the next revision may lie.
    private func seek() throws(JournalError) {
        let log = journal.log
        try log.findChain()
        // What a compaction took may have held one of them: even a deletion at the compacted revision itself is gone.
        if log.compacted > 0, next <= log.compacted { throw .compacted(log.compacted) }
        let segment = log.chain.segments.last { $0.revision < next } ?? log.chain.segments.first
        position = segment?.base ?? 0
    }

    /// All that happened and was not given yet; empty where nothing did. Throws `compacted` where history was given up that was not read in time.
    ///
    /// Whoever may write ends leases that have expired first: then the deletions of their keys are among the events. Who reads only does not see them
    /// before somebody else has written.
    public func poll() throws(JournalError) -> EventBatch { try poll(until: .max) }

    /// The same, without what is behind a revision: then the watch is at its end.
    func poll(until last: Revision) throws(JournalError) -> EventBatch {
        try journal.refresh()
        if journal.log.locks != nil { journal.endExpiredLeases() }
        let log = journal.log
        try log.findChain()
        let isBehind = log.chain.segments.first.map { position < $0.base } ?? false
        if isBehind || next <= log.compacted { try seek() }
        var batch = EventBatch(revision: next - 1)
        while position < log.tail, let index = log.chain.index(of: position) {
            let segment = log.chain.segments[index]
            let limit = min(log.chain.limit(index), log.tail)
            do throws(JournalError) {
                _ = try log.scan(segment).run(&position, limit: limit, watermark: .max) { record throws(JournalError) in
                    try take(record, segment, &batch)
                    return batch.revision < last
                }
            } catch {
                // The segment went while it was read.
                guard case .kernel(let cause) = error, cause.errno == .ENOENT else { throw error }
                try journal.refresh()
                try log.findChain(isForced: true)
                try seek()
                continue
            }
            if batch.revision >= last { break }
            let isLast = index + 1 == log.chain.segments.count
            if position >= log.tail || !isLast && position >= log.chain.segments[index + 1].base { continue }
            pass(&batch)
        }
        batch.revision = max(batch.revision, log.revision)
        next = max(next, batch.revision + 1)
        return batch
    }

    /// Steps over lost history.
    private func pass(_ batch: inout EventBatch) {
        let log = journal.log
        guard let gap = log.gaps.first(where: { $0.positions.contains(position) }) else {
            position = log.tail
            return
        }
        batch.gaps.append(gap)
        position = gap.positions.upperBound
    }

    private func take(_ record: RecordView, _ segment: SegmentHeader, _ batch: inout EventBatch) throws(JournalError) {
        let header = record.header
        // Records that were written again after a failed sync were given before.
        guard header.kind == .transaction, header.revision >= next else { return }
        next = header.revision + 1
        batch.revision = header.revision
        var views: [EntryView] = []
        _ = record.forEachEntry { views.append($0) }
        for view in views where !OwnKeys.contains(view.key) && keys.contains(Array(view.key)) {
            batch.events.append(try event(view, record))
        }
    }

    private func event(_ entry: EntryView, _ record: RecordView) throws(JournalError) -> Event {
        let key = Array(entry.key)
        let value = record.bytes.part(entry.valueOffset, entry.valueLength)
        let isDamaged = entry.isValueLost || crc32c(value) != entry.valueChecksum
        let keyValue = KeyValue(
            key: Key(key), value: isDamaged ? [] : Array(value), createRevision: entry.createRevision,
            modRevision: entry.modRevision, version: entry.version, lease: entry.lease, isVolatile: !record.header.isDurable,
            isFromEarlierBoot: !record.header.isDurable && record.header.boot != journal.log.boot, isValueDamaged: isDamaged)
        return Event(
            kind: entry.isDelete ? .delete : .put, keyValue: keyValue, previous: try previous(key, before: entry.modRevision),
            time: record.header.time)
    }

    private func previous(_ key: [UInt8], before revision: Revision) throws(JournalError) -> KeyValue? {
        guard wantsPrevious, revision - 1 >= journal.log.compacted else { return nil }
        return try journal.withoutMoving { () throws(JournalError) -> KeyValue? in
            guard let version = journal.index.version(of: key, at: revision - 1) else { return nil }
            return try journal.keyValue(key, version, withValue: true)
        }
    }
}

extension Journal {
    /// Watches a range from a revision on, that one included; nil: from the next transaction on. Throws `compacted` where its history was given up.
    public func watch(
        _ keys: KeyRange, from revision: Revision? = nil, wantsPrevious: Bool = false
    ) throws(JournalError) -> Watch {
        let current = try self.revision()
        return try Watch(self, keys, from: revision ?? current + 1, wantsPrevious: wantsPrevious)
    }
}

/// Wakes when some process writes to a store. Its descriptor can stand in a poll beside others.
public struct WriteSignal: ~Copyable {
    private let watch: ModificationWatch

    /// `runDirectory` as in `Journal.open`. Throws `EMFILE` where the user's inotify instances are used up (`fs.inotify.max_user_instances`, 128 by
    /// default).
    public init(runDirectory: HostPath) throws(JournalError) {
        watch = try Self.make(runDirectory)
    }

    private static func make(_ directory: HostPath) throws(JournalError) -> ModificationWatch {
        do throws(KernelError) {
            let watch = try ModificationWatch()
            try watch.add(directory.string)
            return watch
        } catch { throw .kernel(error) }
    }

    /// Waits until something is written, which may be of no interest; false where the time went by first. Order: made before the poll whose answer
    /// was empty, or a write in between is slept through.
    public func wait(milliseconds: Int?) throws(JournalError) -> Bool {
        var entries = [PollEntry(watch.descriptor)]
        do throws(KernelError) {
            let isReady = try waitUntilReady(&entries, milliseconds: milliseconds)
            return try watch.take() || isReady
        } catch { throw .kernel(error) }
    }
}
