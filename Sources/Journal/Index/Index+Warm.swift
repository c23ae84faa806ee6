internal import LinuxKernel

extension Index {
    /// Begins to fetch what the entries of a record will need, all of them at once: a rebuild waits for memory more than for anything else. Looks at
    /// nothing that must be right.
    func warm(_ record: RecordView) {
        let number = min(count(IndexFormat.tableCount), IndexFormat.tableLimit)
        guard record.header.entryCount > 4, number > 0, let table = table(number - 1) else { return }
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: record.header.entryCount) { places in
            var filled = 0
            _ = record.forEachEntry { entry in
                let checksum = crc32c(entry.key)
                let bucket = table.bucket(checksum, 0)
                prefetch(memory.base + bucket)
                // Bucket and tag in one word: both are needed again.
                places[filled] = UInt64(bucket) << 24 | UInt64(checksum & 0xff_ffff)
                filled += 1
            }
            for at in 0..<filled { places[at] = UInt64(candidate(Int(places[at] >> 24), tag: places[at] & 0xff_ffff)) }
            for at in 0..<filled where places[at] != 0 { places[at] = UInt64(warmEntry(Int(places[at]))) }
            for at in 0..<filled where places[at] != 0 { warmBlock(Int(places[at])) }
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
