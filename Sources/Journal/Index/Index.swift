/// All keys with their retained versions, in the memory of this process. It is derived from the segments and can be thrown away at any time.
///
/// The architecture wants one index in the run root that all processes map; this type is what it would replace. Nothing outside of it knows how
/// versions are stored.
struct Index {
    private var table = KeyTable()
    private var order = KeyOrder()
    private var versions: [Version] = []
    /// By the key's number: its newest version, -1 for none.
    private var newest: [Int32] = []
    private var isBulk = false

    /// Many entries follow, and no reads until `finishBulk`.
    mutating func beginBulk() { isBulk = true }

    mutating func finishBulk() {
        isBulk = false
        order.finishBulk(in: table)
    }

    /// Takes in an entry. One that is known already has moved: only its place changes.
    mutating func apply(_ key: UnsafeRawBufferPointer, _ version: Version) {
        let (id, isNew) = table.insert(key)
        if isNew {
            newest.append(-1)
            order.insert(id, isBulk: isBulk, in: table)
        }
        var version = version
        var newer: Int32 = -1
        var at = newest[Int(id)]
        while at >= 0, versions[Int(at)].modRevision > version.modRevision {
            newer = at
            at = versions[Int(at)].older
        }
        if at >= 0, versions[Int(at)].modRevision == version.modRevision {
            version.older = versions[Int(at)].older
            versions[Int(at)] = version
            return
        }
        version.older = at
        let place = Int32(versions.count)
        versions.append(version)
        if newer >= 0 { versions[Int(newer)].older = place } else { newest[Int(id)] = place }
    }

    /// What a key is at a revision; nil where it does not exist then.
    func version(of key: [UInt8], at revision: Revision) -> Version? {
        guard let id = key.withUnsafeBytes({ table.find($0) }) else { return nil }
        return version(id, at: revision)
    }

    private func version(_ id: Int32, at revision: Revision) -> Version? {
        var at = newest[Int(id)]
        while at >= 0 {
            let found = versions[Int(at)]
            if found.modRevision <= revision { return found.isDeleted ? nil : found }
            at = found.older
        }
        return nil
    }

    /// Calls `body` with each key of a range that exists at a revision, in ascending order, until it says false.
    func forEach(in range: KeyRange, at revision: Revision, _ body: ([UInt8], Version) -> Bool) {
        if range.isSingle {
            if let found = version(of: range.lower, at: revision) { _ = body(range.lower, found) }
            return
        }
        order.forEach(in: range, table) { id in
            guard let found = version(id, at: revision) else { return true }
            return body(table.key(id), found)
        }
    }

    /// How many keys of a range exist at a revision.
    func count(in range: KeyRange, at revision: Revision) -> Int {
        var count = 0
        order.forEach(in: range, table) { id in
            if version(id, at: revision) != nil { count += 1 }
            return true
        }
        return count
    }

    /// Calls `body` with all retained versions of all keys, each key's newest first.
    func forEachVersion(_ body: ([UInt8], Version) -> Void) {
        for id in newest.indices {
            var at = newest[id]
            let key = table.key(Int32(id))
            while at >= 0 {
                body(key, versions[Int(at)])
                at = versions[Int(at)].older
            }
        }
    }

    /// The index without what no read from `revision` on can see: of each key the newest version up to there stays, if it is not a deletion.
    func compacted(to revision: Revision) -> Index {
        var result = Index()
        result.beginBulk()
        for id in newest.indices {
            // Oldest first, so that each is put on top of the ones before.
            let retained = retained(Int32(id), from: revision)
            table.withKey(Int32(id)) { key in
                for version in retained.reversed() { result.apply(key, version) }
            }
        }
        result.finishBulk()
        return result
    }

    /// What stays of a key, newest first.
    ///
    /// A deletion must outlive, in the log, all that it deletes: a put that a compaction carried behind it would come back to life with whoever reads
    /// the log after the deletion's segment is gone. So a put that lies behind a newer deletion stays here, buried, and with it the deletion, which is
    /// carried behind it when its segment goes. Then both can be forgotten.
    private func retained(_ id: Int32, from revision: Revision) -> [Version] {
        var kept: [Version] = []
        var horizon: Version?
        var firstDeletion = UInt64.max
        var at = newest[Int(id)]
        while at >= 0 {
            var version = versions[Int(at)]
            at = version.older
            if horizon == nil {
                if version.isDeleted { firstDeletion = min(firstDeletion, version.location.place) }
                if version.modRevision <= revision { horizon = version }
                kept.append(version)
            } else if !version.isDeleted, version.location.place > firstDeletion {
                version.flags.insert(.buried)
                kept.append(version)
            }
        }
        if let last = kept.last, last.isDeleted, last.modRevision <= revision { kept.removeLast() }
        return kept
    }

    /// Retained versions.
    var versionCount: Int { versions.count }
    /// Keys with a retained version.
    var keyCount: Int { table.count }
}
