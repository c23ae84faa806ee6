internal import LinuxKernel

// The tables never move: where one is half full the next, four times as large, takes the new keys.

extension Index {
    /// Puts a node into the newest table. Where that cannot be, the key is found in order, which takes longer.
    mutating func note(_ node: Int, _ checksum: UInt32) {
        let number = min(count(IndexFormat.tableCount), IndexFormat.tableLimit)
        if number > 0, let table = table(number - 1) {
            let filled = count(table.place)
            if filled < 4 << table.bits, put(node, checksum, table) { return setCount(table.place, filled + 1) }
        }
        if isBulk, number > 0, unlinked.count == keyCount { return growTable() }
        guard let table = addTable(number, bits: nextBits(number)) else { return }
        _ = put(node, checksum, table)
        setCount(table.place, 1)
    }

    /// Takes space for what comes next, so that it need not be made under the writer's lock: making memory zero takes time.
    func growAhead() {
        let number = min(count(IndexFormat.tableCount), IndexFormat.tableLimit)
        var wanted = used + max(64 << 10, used / 16)
        if number > 0, let table = table(number - 1), count(table.place) > 3 << table.bits {
            wanted += IndexTable(place: 0, bits: table.bits + 2).size
        }
        if wanted > memory.size { memory.growAhead(to: wanted) }
    }

    private func put(_ node: Int, _ checksum: UInt32, _ table: IndexTable) -> Bool {
        for step in 0..<IndexFormat.Table.reach {
            let bucket = table.bucket(checksum, step)
            for slot in 0..<8 where loadAcquire(memory.base + bucket + 8 * slot) == 0 {
                if let stores = memory.stores, !stores.mayStore() { return true }
                storeRelease(UInt64(checksum & 0xff_ffff) << 40 | UInt64(node), memory.base + bucket + 8 * slot)
                return true
            }
        }
        return false
    }

    private func nextBits(_ number: Int) -> Int {
        number > 0 ? (table(number - 1)?.bits ?? IndexFormat.Table.firstBits) + 2 : IndexFormat.Table.firstBits
    }

    /// In bulk, where nobody reads, one table takes the place of the one before: who looks up a key then looks in one place.
    private func growTable() {
        guard let larger = addTable(0, bits: nextBits(1)) else { return }
        for place in unlinked {
            guard let node = shape(of: place) else { continue }
            _ = put(place, crc32c(node.key), larger)
        }
        setCount(larger.place, unlinked.count)
    }

    private func addTable(_ number: Int, bits: Int) -> IndexTable? {
        guard number < IndexFormat.tableLimit else { return nil }
        let start = follow(IndexFormat.cursor)
        guard start > 0 else { return nil }
        let place = (start + 63) & ~63
        let table = IndexTable(place: place, bits: bits)
        guard table.bits <= 26, memory.reserve(place + table.size) else { return nil }
        link(IndexFormat.cursor, to: place + table.size)
        // Nobody was behind the cursor yet: it is all zeros.
        link(IndexFormat.tables + 8 * number, to: place + table.bits)
        setCount(IndexFormat.tableCount, number + 1)
        return table
    }
}
