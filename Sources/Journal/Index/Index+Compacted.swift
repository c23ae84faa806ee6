internal import LinuxKernel

extension Index {
    /// Calls `body` with all versions that a read from `revision` on can see, and those that are buried, each key's newest first.
    func forEachRetained(from revision: Revision, _ body: ([UInt8], Version) -> Void) {
        forEachNode(in: .all) { node in
            let retained = retained(node.place, from: revision)
            if retained.isEmpty { return true }
            let key = Array(node.key)
            for version in retained { body(key, version) }
            return true
        }
    }

    /// The index without what no read from `revision` on can see, in own memory: of each key the newest version up to there stays, if it is not a
    /// deletion.
    func compacted(to revision: Revision, generation: UInt64? = nil) -> Index {
        var result = Index(generation: generation ?? self.generation &+ 1, keepsValues: keepsValues)
        result.beginBulk()
        forEachNode(in: .all) { node in
            // Oldest first, so that each is put on top of the ones before.
            for version in retained(node.place, from: revision).reversed() {
                result.apply(node.key, version, value: keptValue(of: version))
            }
            return true
        }
        result.finishBulk()
        return result
    }

    /// The bytes of a value that is kept here, to be copied at once: what they are by then its checksum says.
    private func keptValue(of version: Version) -> UnsafeRawBufferPointer? {
        let place = version.entry + IndexFormat.Entry.block
        let block = IndexLink.target(loadAcquire(memory.base + place), at: place, generation)
        let length = Int(version.valueLength)
        guard block > 0, length <= IndexFormat.largestBlock, memory.covers(block, length) else { return nil }
        return UnsafeRawBufferPointer(start: memory.base + block, count: length)
    }

    /// What stays of a key, newest first.
    ///
    /// A deletion must outlive, in the log, all that it deletes: a put that a compaction carried behind it would come back to life with whoever reads
    /// the log after the deletion's segment is gone. So a put that lies behind a newer deletion stays here, buried, and with it the deletion, which is
    /// carried behind it when its segment goes. Then both can be forgotten.
    func retained(_ node: Int, from revision: Revision) -> [Version] {
        var kept: [Version] = []
        var horizon: Version?
        var firstDeletion = UInt64.max
        for found in versions(ofNode: node) {
            var version = found
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
}
