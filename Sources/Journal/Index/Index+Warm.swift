internal import LinuxKernel

extension Index {
    /// Takes in the entries of a record, each as a version that `version` makes of it. False where there is no space for one of them.
    mutating func apply(_ record: RecordView, _ version: (EntryView) -> Version) -> Bool {
        let count = record.header.entryCount
        let number = min(self.count(IndexFormat.tableCount), IndexFormat.tableLimit)
        guard isBulk, count > 4, number > 0, let table = table(number - 1) else {
            var isIn = true
            _ = record.forEachEntry { entry in
                let value = record.bytes.part(entry.valueOffset, entry.valueLength)
                if isIn { isIn = apply(entry.key, version(entry), value: value) }
            }
            return isIn
        }
        return withUnsafeTemporaryAllocation(of: Expected.self, capacity: count) { expected in
            warm(record, table, expected)
            var (at, isIn) = (0, true)
            _ = record.forEachEntry { entry in
                let value = record.bytes.part(entry.valueOffset, entry.valueLength)
                let known = expected[at]
                at += 1
                if isIn { isIn = apply(entry.key, known.checksum, version(entry), value: value, expected: known.node) }
            }
            return isIn
        }
    }

    /// A key's checksum, and the node that it may have: first its bucket.
    private struct Expected {
        let checksum: UInt32
        var node: Int
    }

    /// Begins to fetch what the entries of a record will need, all of them at once: a rebuild waits for memory more than for anything else. Looks at
    /// nothing that must be right.
    private func warm(_ record: RecordView, _ table: IndexTable, _ expected: UnsafeMutableBufferPointer<Expected>) {
        var filled = 0
        _ = record.forEachEntry { entry in
            let checksum = crc32c(entry.key)
            let bucket = table.bucket(checksum, 0)
            prefetch(memory.base + bucket)
            expected.initializeElement(at: filled, to: Expected(checksum: checksum, node: bucket))
            filled += 1
        }
        for at in 0..<filled {
            expected[at].node = candidate(expected[at].node, tag: UInt64(expected[at].checksum & 0xff_ffff))
        }
        withUnsafeTemporaryAllocation(of: Int.self, capacity: filled) { newest in
            for at in 0..<filled {
                newest.initializeElement(at: at, to: expected[at].node > 0 ? warmEntry(expected[at].node) : 0)
            }
            for at in 0..<filled where newest[at] > 0 { warmBlock(newest[at]) }
        }
    }

    /// The node that a bucket may have for a tag, 0 for none.
    private func candidate(_ bucket: Int, tag: UInt64) -> Int {
        for slot in 0..<8 {
            let word = memory.base.load(fromByteOffset: bucket + 8 * slot, as: UInt64.self)
            if word == 0 { return 0 }
            guard word >> 40 == tag else { continue }
            let place = Int(word & 0xff_ffff_ffff)
            guard memory.covers(place, 128) else { return 0 }
            prefetch(memory.base + place)
            prefetch(memory.base + place + 64)
            return place
        }
        return 0
    }

    /// The newest entry of a node, 0 for none.
    private func warmEntry(_ node: Int) -> Int {
        let newest = Int(memory.base.load(fromByteOffset: node + IndexFormat.Node.newest, as: UInt64.self) & 0xff_ffff_ffff)
        guard memory.covers(newest, IndexFormat.Entry.size) else { return 0 }
        prefetch(memory.base + newest)
        prefetch(memory.base + newest + 64)
        return newest
    }

    private func warmBlock(_ entry: Int) {
        let block = Int(memory.base.load(fromByteOffset: entry + IndexFormat.Entry.block, as: UInt64.self) & 0xff_ffff_ffff)
        if block > 0, memory.covers(block, 64) { prefetch(memory.base + block) }
    }
}
