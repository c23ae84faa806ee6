extension Index {
    /// Puts the nodes that were added in bulk into the order of their keys.
    mutating func sortUnlinked() {
        let (common, isSorted) = survey()
        if isSorted { return }
        // Keys are paths: what they have in common says nothing, the eight bytes behind it nearly all.
        var items = unlinked.map { (prefix: prefix(of: $0, from: common), place: $0) }
        items.sort { left, right in
            if left.prefix != right.prefix { return left.prefix < right.prefix }
            guard let left = shape(of: left.place), let right = shape(of: right.place) else { return false }
            return compare(left.key, right.key) < 0
        }
        unlinked = items.map(\.place)
    }

    /// How many bytes all unlinked keys have in common, and whether they are in order already.
    private func survey() -> (common: Int, isSorted: Bool) {
        guard let first = unlinked.first, let start = shape(of: first)?.key else { return (0, true) }
        var common = start.count
        var isSorted = true
        var before = start
        for place in unlinked.dropFirst() {
            guard let key = shape(of: place)?.key else { return (0, true) }
            if isSorted, compare(before, key) > 0 { isSorted = false }
            common = min(common, key.count)
            var at = 0
            while at < common, key[at] == start[at] { at += 1 }
            common = at
            before = key
        }
        return (common, isSorted)
    }

    private func prefix(of place: Int, from start: Int) -> UInt64 {
        guard let key = shape(of: place)?.key else { return 0 }
        var prefix: UInt64 = 0
        for at in start..<(start + 8) { prefix = prefix << 8 | UInt64(at < key.count ? key[at] : 0) }
        return prefix
    }
}
