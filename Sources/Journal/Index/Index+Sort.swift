extension Index {
    private typealias Item = (prefix: UInt64, place: Int)

    /// Puts the nodes that were added in bulk into the order of their keys.
    ///
    /// Keys are paths that begin alike: what some have in common is found once, and the eight bytes behind it are compared as a number. Those that are
    /// still equal are a smaller such task.
    mutating func sortUnlinked() {
        if isSorted { return }
        var items: [Item] = unlinked.map { (prefix: 0, place: $0) }
        items.withUnsafeMutableBufferPointer { items in
            var tasks = [items.indices]
            while let task = tasks.popLast() { sort(UnsafeMutableBufferPointer(rebasing: items[task]), task.lowerBound, &tasks) }
        }
        unlinked = items.map(\.place)
    }

    private var isSorted: Bool {
        guard var before = unlinked.first.flatMap({ shape(of: $0)?.key }) else { return true }
        for place in unlinked.dropFirst() {
            guard let key = shape(of: place)?.key else { return true }
            if compare(before, key) > 0 { return false }
            before = key
        }
        return true
    }

    /// Sorts by the bytes behind what all have in common, and adds those that are equal there to the tasks.
    private func sort(_ all: UnsafeMutableBufferPointer<Item>, _ start: Int, _ tasks: inout [Range<Int>]) {
        var items = all
        let common = common(items)
        for at in items.indices { items[at].prefix = prefix(of: items[at].place, at: common) }
        items.sort { $0.prefix < $1.prefix }
        var first = 0
        for at in 1...items.count where at == items.count || items[at].prefix != items[first].prefix {
            if at - first > 1 {
                // Where a key may end within the eight bytes, zeros behind its end are not told from zeros in another.
                let isWhole = items[first..<at].contains { (shape(of: $0.place)?.key.count ?? 0) < common + 8 }
                if isWhole { sortWhole(items, first..<at) } else { tasks.append((start + first)..<(start + at)) }
            }
            first = at
        }
    }

    private func sortWhole(_ items: UnsafeMutableBufferPointer<Item>, _ range: Range<Int>) {
        var part = UnsafeMutableBufferPointer(rebasing: items[range])
        part.sort { left, right in
            guard let left = shape(of: left.place), let right = shape(of: right.place) else { return false }
            return compare(left.key, right.key) < 0
        }
    }

    /// How many bytes all keys have in common.
    private func common(_ items: UnsafeMutableBufferPointer<Item>) -> Int {
        guard let start = shape(of: items[0].place)?.key else { return 0 }
        var common = start.count
        for item in items {
            guard let key = shape(of: item.place)?.key else { return 0 }
            common = min(common, key.count)
            var at = 0
            while at + 8 <= common, key.number(UInt64.self, at: at) == start.number(UInt64.self, at: at) { at += 8 }
            while at < common, key[at] == start[at] { at += 1 }
            common = at
        }
        return common
    }

    private func prefix(of place: Int, at offset: Int) -> UInt64 {
        guard let key = shape(of: place)?.key else { return 0 }
        if offset + 8 <= key.count { return key.number(UInt64.self, at: offset).bigEndian }
        var prefix: UInt64 = 0
        for at in offset..<(offset + 8) { prefix = prefix << 8 | UInt64(at < key.count ? key[at] : 0) }
        return prefix
    }
}
