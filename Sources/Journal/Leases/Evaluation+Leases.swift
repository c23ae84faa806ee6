// What a transaction does to leases: keys that hang on them, and leases that come and go.

extension Evaluation {
    /// Bytes of entries that end leases in one record; what is more comes in another.
    private static let endLimit = 7 << 18

    func grant(_ row: LeaseTable.Row) throws(JournalError) {
        var table = try leases()
        guard table.rows.count < Lease.limit else { throw .tooManyLeases(limit: Lease.limit) }
        if table.rows.isEmpty { table.boot = journal.log.boot }
        table.rows.append(row)
        changedLeases = table
    }

    func keepAlive(_ id: LeaseID, from now: UInt64) throws(JournalError) {
        var table = try leases()
        guard let index = table.index(of: id) else { throw .leaseNotFound(id) }
        guard table.rows[index].kind == LeaseTable.Row.Kind.deadline else { throw .leaseWithoutDeadline(id) }
        // A deadline is put off, never brought nearer, by clocks of two processors that differ.
        table.rows[index].end = max(table.rows[index].end, now &+ table.rows[index].scope)
        changedLeases = table
    }

    /// Deletes leases and the keys that hang on them, as many as one record takes. Returns the keys, and whether that were all.
    func end(_ ids: [LeaseID]) throws(JournalError) -> (keys: [KeyValue], isWhole: Bool) {
        var table = try leases()
        var removed: [KeyValue] = []
        var size = 0
        var isWhole = true
        for id in ids where isWhole {
            guard let index = table.index(of: id) else { continue }
            for key in attachedKeys(id) {
                size += 2 * (Entry.fixedSize + key.count) + OwnKeys.attachment(of: [], to: id).count
                if size > Self.endLimit {
                    isWhole = false
                    break
                }
                if let found = try journal.read(RangeRequest(.key(Key(key)), keysOnly: true)).keyValues.first, found.lease == id {
                    change(Entry(isDelete: true, key: key, modRevision: 0))
                    removed.append(found)
                }
                changeOwn(Entry(isDelete: true, key: OwnKeys.attachment(of: key, to: id), modRevision: 0))
            }
            if isWhole { table.rows.remove(at: index) }
        }
        changedLeases = table
        return (removed, isWhole)
    }

    /// The keys that are said to hang on a lease, those that do not any more among them.
    private func attachedKeys(_ id: LeaseID) -> [[UInt8]] {
        var keys: [[UInt8]] = []
        journal.index.forEachOwn(in: OwnKeys.attachments(to: id), at: journal.log.revision) { key, _ in
            let key = OwnKeys.key(ofAttachment: key)
            // Others were put by nobody, and would stand in the way of all writers.
            if key.count <= Lease.keyLimit { keys.append(key) }
        }
        return keys
    }

    /// Notes that a key goes from one lease to another; 0 for none.
    func attach(_ key: [UInt8], from old: LeaseID, to new: LeaseID) throws(JournalError) {
        if new != 0, try leases().index(of: new) == nil { throw .leaseNotFound(new) }
        if old == new { return }
        if old != 0 { changeOwn(Entry(isDelete: true, key: OwnKeys.attachment(of: key, to: old), modRevision: 0)) }
        if new != 0 { changeOwn(put(own: OwnKeys.attachment(of: key, to: new), value: [])) }
    }

    private func put(own key: [UInt8], value: [UInt8]) -> Entry {
        let before = journal.index.version(of: key, at: journal.log.revision)
        let version = (before?.version ?? 0) + 1
        return Entry(key: key, value: value, createRevision: before?.createRevision ?? 0, version: version, modRevision: 0)
    }

    func hasLease(_ id: LeaseID) throws(JournalError) -> Bool { try leases().index(of: id) != nil }

    /// The leases with what was changed so far.
    private func leases() throws(JournalError) -> LeaseTable {
        if let changedLeases { return changedLeases }
        return try journal.leaseTable()
    }

    /// The entry that holds the leases, at the revision at which it is written; nil where they did not change. A table without leases is none.
    func leaseEntry(at revision: Revision) -> Entry? {
        guard let changedLeases else { return nil }
        if changedLeases.rows.isEmpty { return Entry(isDelete: true, key: OwnKeys.table, modRevision: revision) }
        return put(own: OwnKeys.table, value: changedLeases.bytes(at: revision))
    }
}
