internal import LinuxTypes

extension Journal {
    /// All that happened to a range of keys behind a revision, as `watch` gives it, but without reading all of the log: the index knows in which revisions
    /// the keys were written. Where history was lost all is read, since nobody knows what was in it. Throws `compacted` where the revision itself is gone.
    public func changes(of keys: KeyRange, behind revision: Revision) throws(JournalError) -> EventBatch {
        try refresh()
        guard log.gaps.isEmpty else { return try watch(keys, from: revision + 1).poll() }
        let bounds = try withoutMoving { () throws(JournalError) in revisions(of: keys, behind: revision) }
        // Order: behind the look at the index, in which a compaction leaves out what it takes.
        if log.compacted > revision { throw .compacted(log.compacted) }
        guard let bounds else { return EventBatch(revision: log.revision) }
        return try watch(keys, from: bounds.first).poll(until: bounds.last)
    }

    /// The first and the last revision behind another in which a key of a range was written or deleted; nil where none was.
    private func revisions(of keys: KeyRange, behind revision: Revision) -> (first: Revision, last: Revision)? {
        var bounds: (first: Revision, last: Revision)?
        index.forEachNode(in: keys) { node in
            for version in index.versions(ofNode: node.place) where version.modRevision > revision {
                let known = bounds ?? (version.modRevision, version.modRevision)
                bounds = (min(known.first, version.modRevision), max(known.last, version.modRevision))
            }
            return true
        }
        return bounds
    }
}
