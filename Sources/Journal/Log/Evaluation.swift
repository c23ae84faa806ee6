/// A transaction being evaluated against the current revision: what its operations read, and what they change, each seeing the ones before.
final class Evaluation {
    /// By key: the change, whose revision is not known yet. nil as create revision is 0.
    private(set) var changes: [[UInt8]: Entry] = [:]
    /// The keys in the order in which they were changed first.
    private var sequence: [[UInt8]] = []
    private let journal: Journal

    init(_ journal: Journal) { self.journal = journal }

    var entries: [Entry] { sequence.compactMap { changes[$0] } }

    func run(_ transaction: Transaction) throws(JournalError) -> TransactionAnswer {
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
        case .put(let key, let value): .put(previous: try put(key.bytes, value))
        case .delete(let keys): .delete(try delete(keys))
        case .range(let request): .range(try range(request))
        }
    }

    private func put(_ key: [UInt8], _ value: [UInt8]) throws(JournalError) -> KeyValue? {
        let before = try current(.key(Key(key)), keysOnly: true).first
        change(
            Entry(
                key: key, value: value, createRevision: before?.createRevision ?? 0, version: (before?.version ?? 0) + 1,
                modRevision: 0))
        return before
    }

    private func delete(_ keys: KeyRange) throws(JournalError) -> [KeyValue] {
        let removed = try current(keys, keysOnly: true)
        for found in removed { change(Entry(isDelete: true, key: found.key.bytes, modRevision: 0)) }
        return removed
    }

    private func change(_ entry: Entry) {
        if changes.updateValue(entry, forKey: entry.key) == nil { sequence.append(entry.key) }
    }

    /// What a range is with the changes made so far, in the order of keys. Revisions of this transaction read as 0.
    private func current(_ keys: KeyRange, keysOnly: Bool = false) throws(JournalError) -> [KeyValue] {
        var found = try journal.read(RangeRequest(keys, keysOnly: keysOnly)).keyValues
        // Not all of them are looked at for each key: the writer's lock is held.
        let changed =
            keys.isSingle ? changes[keys.lower].map { [$0] } ?? [] : changes.values.filter { keys.contains($0.key) }
        if changed.isEmpty { return found }
        found.removeAll { changes[$0.key.bytes] != nil }
        for entry in changed where !entry.isDelete {
            found.append(
                KeyValue(
                    key: Key(entry.key), value: keysOnly ? [] : entry.value, createRevision: entry.createRevision, modRevision: 0,
                    version: entry.version, lease: entry.lease, isVolatile: false, isFromEarlierBoot: false, isValueDamaged: false
                ))
        }
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
