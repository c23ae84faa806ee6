/// A transaction being evaluated against the current revision: what its operations read, and what they change, each seeing the ones before.
final class Evaluation {
    /// Changes by key, whose revision is not known yet. nil as create revision is 0.
    private struct Changes {
        /// As many as are looked through quicker than hashed.
        private static let few = 8

        /// In the order in which their keys were changed first.
        private(set) var entries: [Entry] = []
        /// Where each key stands among them, once they are more than a few.
        private var places: [[UInt8]: Int] = [:]

        var isEmpty: Bool { entries.isEmpty }

        subscript(key: [UInt8]) -> Entry? { place(of: key).map { entries[$0] } }

        private func place(of key: [UInt8]) -> Int? {
            entries.count <= Self.few ? entries.firstIndex { $0.key == key } : places[key]
        }

        mutating func add(_ entry: Entry) {
            if let place = place(of: entry.key) {
                entries[place] = entry
                return
            }
            entries.append(entry)
            if entries.count <= Self.few { return }
            // The first that are more than a few bring those before them.
            for place in places.count..<entries.count { places[entries[place].key] = place }
        }
    }

    private var changes = Changes()
    /// Those of keys of the store's own, which no operation sees.
    private var ownChanges = Changes()
    /// The leases where they change.
    var changedLeases: LeaseTable?
    let journal: Journal

    init(_ journal: Journal) { self.journal = journal }

    var isEmpty: Bool { changes.isEmpty && ownChanges.isEmpty && changedLeases == nil }

    /// All changes, without their revision, which has no part in their length.
    var entries: [Entry] {
        var entries = changes.entries
        if !ownChanges.isEmpty { entries += ownChanges.entries }
        if let entry = leaseEntry(at: 0) { entries.append(entry) }
        return entries
    }

    /// The same as they are written at a revision, which a lease that is granted has as its number.
    func written(_ entries: [Entry], at revision: Revision) -> [Entry] {
        var written = entries.map { $0.written(at: revision) }
        if let entry = leaseEntry(at: revision) { written[written.count - 1] = entry.written(at: revision) }
        return written
    }

    /// With false where there is more to do than one record takes.
    func run(_ work: Journal.Work) throws(JournalError) -> (answer: TransactionAnswer, isWhole: Bool) {
        var answer = TransactionAnswer(succeeded: true, responses: [], revision: journal.log.revision)
        var isWhole = true
        switch work {
        case .transaction(let transaction): answer = try run(transaction)
        case .grant(let row): try grant(row)
        case .keepAlive(let id): try keepAlive(id, from: journal.log.options.clock.milliseconds)
        case .revoke(let id):
            guard try hasLease(id) else { throw .leaseNotFound(id) }
            let ended = try end([id])
            answer.responses = [.delete(ended.keys)]
            isWhole = ended.isWhole
        case .nothing: break
        }
        return (answer, isWhole)
    }

    private func run(_ transaction: Transaction) throws(JournalError) -> TransactionAnswer {
        var holds = true
        for comparison in transaction.comparisons where holds { holds = try self.holds(comparison) }
        var responses: [TransactionAnswer.Response] = []
        for operation in holds ? transaction.success : transaction.failure { responses.append(try run(operation)) }
        return TransactionAnswer(succeeded: holds, responses: responses, revision: journal.log.revision)
    }

    private func holds(_ comparison: Comparison) throws(JournalError) -> Bool {
        let found = try journal.read(RangeRequest(comparison.keys, keysOnly: !comparison.needsValue)).keyValues
        if comparison.needsValue, let damaged = found.first(where: \.isValueDamaged) {
            throw .valueDamaged(damaged.key, damaged.modRevision)
        }
        // A key that does not exist counts as one with zeros; a range without keys has none to object.
        if found.isEmpty { return comparison.keys.isSingle ? comparison.holds(for: nil) : true }
        return found.allSatisfy { comparison.holds(for: $0) }
    }

    private func run(_ operation: Operation) throws(JournalError) -> TransactionAnswer.Response {
        switch operation {
        case .put(let key, let value, let lease, let kept):
            .put(previous: kept.isEmpty ? try put(key.bytes, value, lease) : try put(key, value, lease, keeping: kept))
        case .delete(let keys): .delete(try delete(keys))
        case .range(let request): .range(try range(request))
        }
    }

    private func put(_ key: [UInt8], _ value: [UInt8], _ lease: LeaseID) throws(JournalError) -> KeyValue? {
        let before = try current(key)
        let old = before?.lease ?? 0
        if old != 0 || lease != 0 { try attach(key, from: old, to: lease) }
        change(key, value, lease, before)
        return before
    }

    /// A put of a key that is there.
    private func put(
        _ key: Key, _ value: [UInt8], _ lease: LeaseID, keeping kept: Operation.Kept
    ) throws(JournalError) -> KeyValue {
        guard var before = try current(.key(key), keysOnly: !kept.contains(.value)).first else { throw .keyNotFound(key) }
        var (value, lease) = (value, lease)
        if kept.contains(.value) {
            // Written again it would have a checksum that is right.
            if before.isValueDamaged { throw .valueDamaged(key, before.modRevision) }
            value = before.value
            before.value = []
        }
        if kept.contains(.lease) { lease = before.lease } else { try attach(key.bytes, from: before.lease, to: lease) }
        change(key.bytes, value, lease, before)
        return before
    }

    private func change(_ key: [UInt8], _ value: [UInt8], _ lease: LeaseID, _ before: KeyValue?) {
        change(
            Entry(
                key: key, value: value, createRevision: before?.createRevision ?? 0, version: (before?.version ?? 0) + 1,
                modRevision: 0, lease: lease))
    }

    private func delete(_ keys: KeyRange) throws(JournalError) -> [KeyValue] {
        let removed = try current(keys, keysOnly: true)
        for found in removed {
            change(Entry(isDelete: true, key: found.key.bytes, modRevision: 0))
            if found.lease != 0 { try attach(found.key.bytes, from: found.lease, to: 0) }
        }
        return removed
    }

    func change(_ entry: Entry) { changes.add(entry) }
    func changeOwn(_ entry: Entry) { ownChanges.add(entry) }

    /// What one key is with the changes made so far, without its value.
    private func current(_ key: [UInt8]) throws(JournalError) -> KeyValue? {
        if let changed = changes[key] { return changed.isDelete ? nil : Self.keyValue(changed, keysOnly: true) }
        guard !OwnKeys.contains(key), let version = journal.index.version(of: key, at: journal.log.revision) else { return nil }
        var found = try journal.keyValue(key, version, withValue: false)
        if version.lease != 0 { found.isLeaseExpired = try journal.hasExpired(version.lease) }
        return found
    }

    private static func keyValue(_ entry: Entry, keysOnly: Bool) -> KeyValue {
        KeyValue(
            key: Key(entry.key), value: keysOnly ? [] : entry.value, createRevision: entry.createRevision, modRevision: 0,
            version: entry.version, lease: entry.lease, isVolatile: false, isFromEarlierBoot: false, isValueDamaged: false)
    }

    /// What a range is with the changes made so far, in the order of keys. Revisions of this transaction read as 0.
    private func current(_ keys: KeyRange, keysOnly: Bool = false) throws(JournalError) -> [KeyValue] {
        var found = try journal.read(RangeRequest(keys, keysOnly: keysOnly)).keyValues
        // Not all of them are looked at for each key: the writer's lock is held.
        let changed =
            keys.isSingle ? changes[keys.lower].map { [$0] } ?? [] : changes.entries.filter { keys.contains($0.key) }
        if changed.isEmpty { return found }
        found.removeAll { changes[$0.key.bytes] != nil }
        for entry in changed where !entry.isDelete { found.append(Self.keyValue(entry, keysOnly: keysOnly)) }
        return found.sorted { $0.key < $1.key }
    }

    private func range(_ request: RangeRequest) throws(JournalError) -> RangeAnswer {
        // Only the present has changes in it.
        if request.revision != nil || changes.isEmpty { return try journal.read(request) }
        var answer = try journal.read(RangeRequest(request.keys, countOnly: true))
        let all = try current(request.keys, keysOnly: request.keysOnly && request.target != .value)
        answer.count = all.count
        answer.keyValues = request.countOnly ? [] : journal.arranged(all, request)
        return answer
    }
}
