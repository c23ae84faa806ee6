internal import LinuxKernel

// Two ways to a key. The tables are quick and only a hint: what they say is looked at, and what they do not say is asked of the lists, which hold all keys
// in order, each key in as many as its tower is high.

extension Index {
    /// The node of a key, 0 where there is none. `checksum` is the key's.
    @inline(__always)
    func find(_ key: UnsafeRawBufferPointer, _ checksum: UInt32) -> Int {
        let hinted = hint(key, checksum)
        return hinted > 0 || isBulk ? hinted : findInOrder(key)
    }

    @inline(never)
    private func findInOrder(_ key: UnsafeRawBufferPointer) -> Int {
        let place = seek(key)
        guard place > 0, let node = node(place), compare(node.key, key) == 0 else { return 0 }
        return place
    }

    /// The node of a key as far as the tables know, the newest table first.
    func hint(_ key: UnsafeRawBufferPointer, _ checksum: UInt32) -> Int {
        var number = min(count(IndexFormat.tableCount), IndexFormat.tableLimit)
        while number > 0 {
            number -= 1
            guard let table = table(number) else { continue }
            let found = look(for: key, checksum, in: table)
            if found > 0 { return found }
        }
        return 0
    }

    private func look(for key: UnsafeRawBufferPointer, _ checksum: UInt32, in table: IndexTable) -> Int {
        let tag = UInt64(checksum & 0xff_ffff)
        for step in 0..<IndexFormat.Table.reach {
            let bucket = table.bucket(checksum, step)
            for slot in 0..<8 {
                // A hint: what it leads to is looked at.
                let word = memory.base.load(fromByteOffset: bucket + 8 * slot, as: UInt64.self)
                if word == 0 { return 0 }
                guard word >> 40 == tag else { continue }
                let place = Int(word & 0xff_ffff_ffff)
                // A slot that was damaged leads to no such node.
                if isNode(place, of: key, checksum) { return place }
            }
        }
        return 0
    }

    @inline(__always)
    func isNode(_ place: Int, of key: UnsafeRawBufferPointer, _ checksum: UInt32) -> Bool {
        guard let node = shape(of: place) else { return false }
        return isIntact(node, checksum) && compare(node.key, key) == 0
    }

    /// The first node whose key is not less, 0 where there is none. Leaves the way there in `memory.path`: in each level the last node before it.
    func seek(_ key: UnsafeRawBufferPointer) -> Int {
        var at = IndexFormat.head
        var known = 0
        var steps = memory.size / 32 + 64
        for level in stride(from: IndexFormat.maximumHeight - 1, through: 0, by: -1) {
            while true {
                let next = follow(at + IndexFormat.Node.tower + 8 * level)
                if next < 0 { return 0 }
                // The one above was not less, so neither is it here.
                if next == 0 || next == known { break }
                steps -= 1
                guard steps > 0, let node = node(next), node.height > level else { return broken() ?? 0 }
                if compare(node.key, key) >= 0 {
                    known = next
                    break
                }
                at = next
            }
            memory.path[level] = at
        }
        return max(follow(at + IndexFormat.Node.tower), 0)
    }

    /// Calls `body` with the nodes of a range in ascending order of keys, until it says false.
    func forEachNode(in range: KeyRange, _ body: (IndexNode) -> Bool) {
        var place =
            range.lower.isEmpty ? follow(IndexFormat.head + IndexFormat.Node.tower) : range.lower.withUnsafeBytes { seek($0) }
        var steps = memory.size / 32 + 64
        while place > 0 {
            steps -= 1
            guard steps > 0, let node = node(place) else {
                memory.isBroken = true
                return
            }
            if let upper = range.upper, upper.withUnsafeBytes({ compare(node.key, $0) >= 0 }) { return }
            let next = follow(place + IndexFormat.Node.tower)
            if next > 0, memory.covers(next, 64) { prefetch(memory.base + next) }
            if !body(node) { return }
            // Own memory may have grown meanwhile, and with it the number of nodes.
            steps = max(steps, 1)
            place = next
        }
    }

    /// The table of a number; nil where its word is none, or not all of it is there.
    @inline(__always)
    func table(_ number: Int) -> IndexTable? {
        let place = IndexFormat.tables + 8 * number
        let target = IndexLink.target(loadAcquire(memory.base + place), at: place, generation)
        let bits = target & 63
        guard target > 0, bits <= 30 else { return nil }
        let table = IndexTable(place: target - bits, bits: bits)
        return memory.covers(table.place, table.size) ? table : nil
    }
}

/// A table of slots: 24 bits of a key's checksum and 40 of its node's offset, 0 for an empty one.
struct IndexTable {
    /// A multiple of 64.
    let place: Int
    /// The number of buckets as a power of two.
    let bits: Int

    var size: Int { IndexFormat.Table.buckets + IndexFormat.Table.bucketSize << bits }

    /// The offset of a bucket in which a key may be: its own, and the ones after it where that is full.
    @inline(__always)
    func bucket(_ checksum: UInt32, _ step: Int) -> Int {
        let mixed = (UInt64(checksum) &* 0x9e37_79b9_7f4a_7c15) >> (64 - UInt64(bits))
        let number = (Int(truncatingIfNeeded: mixed) + step) & (1 << bits - 1)
        return place + IndexFormat.Table.buckets + number * IndexFormat.Table.bucketSize
    }
}
