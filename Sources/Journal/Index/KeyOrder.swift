/// Numbers of keys in the order of the keys: a list of short sorted runs, so that a new key moves a few hundred numbers and not all.
struct KeyOrder {
    private static let runLimit = 512

    private var runs: [[Int32]] = []
    /// Keys that were added in bulk and are not in the runs yet.
    private var unsorted: [Int32] = []

    /// Adds a new key. In bulk, `finishBulk` must follow before anything is looked up.
    mutating func insert(_ id: Int32, isBulk: Bool, in table: KeyTable) {
        if isBulk { return unsorted.append(id) }
        guard !runs.isEmpty else { return runs.append([id]) }
        let key = table.key(id)
        let run = key.withUnsafeBytes { runIndex(of: $0, in: table) }
        let at = key.withUnsafeBytes { Self.lowerBound(of: $0, in: runs[run], table) }
        runs[run].insert(id, at: at)
        if runs[run].count > Self.runLimit { split(run) }
    }

    /// Sorts what was added in bulk into the runs.
    mutating func finishBulk(in table: KeyTable) {
        guard !unsorted.isEmpty else { return }
        let all = (runs.joined() + unsorted).sorted { left, right in
            table.withKey(left) { left in table.withKey(right) { compare(left, $0) < 0 } }
        }
        unsorted = []
        runs = stride(from: 0, to: all.count, by: Self.runLimit / 2).map { start in
            Array(all[start..<min(start + Self.runLimit / 2, all.count)])
        }
    }

    private mutating func split(_ run: Int) {
        let half = runs[run].count / 2
        let upper = Array(runs[run][half...])
        runs[run].removeLast(runs[run].count - half)
        runs.insert(upper, at: run + 1)
    }

    /// Calls `body` with the number of each key of a range in ascending order, until it says false.
    func forEach(in range: KeyRange, _ table: KeyTable, _ body: (Int32) -> Bool) {
        guard !runs.isEmpty else { return }
        let (first, start) = range.lower.withUnsafeBytes { lower in
            let run = runIndex(of: lower, in: table)
            return (run, Self.lowerBound(of: lower, in: runs[run], table))
        }
        for run in first..<runs.count {
            for id in runs[run].dropFirst(run == first ? start : 0) {
                if let upper = range.upper, table.withKey(id, { key in upper.withUnsafeBytes { compare(key, $0) >= 0 } }) {
                    return
                }
                if !body(id) { return }
            }
        }
    }

    /// The last run whose first key is not greater.
    private func runIndex(of key: UnsafeRawBufferPointer, in table: KeyTable) -> Int {
        var low = 0
        var high = runs.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if table.withKey(runs[middle][0], { compare($0, key) <= 0 }) { low = middle } else { high = middle }
        }
        return low
    }

    /// The place of the first key that is not less.
    private static func lowerBound(of key: UnsafeRawBufferPointer, in run: [Int32], _ table: KeyTable) -> Int {
        var low = 0
        var high = run.count
        while low < high {
            let middle = (low + high) / 2
            if table.withKey(run[middle], { compare($0, key) < 0 }) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
