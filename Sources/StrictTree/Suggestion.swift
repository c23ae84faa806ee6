/// Finds what somebody may have meant by a name that nobody knows.
public enum Suggestion {
    /// The known name with the fewest slips, where they are few for its length; upper and lower case count as one.
    public static func nearest(to name: String, in known: some Sequence<String>) -> String? {
        guard (1...64).contains(name.utf8.count) else { return nil }
        let typed = name.utf8.map(lower)
        let allowed = min(3, typed.count / 3)
        var best: (name: String, slips: Int)?
        for candidate in known where abs(candidate.utf8.count - typed.count) <= allowed {
            let slips = distance(typed, candidate.utf8.map(lower))
            if slips <= allowed, slips < best?.slips ?? .max { best = (candidate, slips) }
        }
        return best?.name
    }

    /// As `; did you mean 'x'?`, or nothing.
    public static func hint(for name: String, in known: some Sequence<String>) -> String {
        nearest(to: name, in: known).map { "; did you mean '\($0)'?" } ?? ""
    }

    /// Letters to add, drop, replace or swap with their neighbor (Damerau and Levenshtein's distance, optimal string alignment).
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforePrevious = [Int](repeating: 0, count: right.count + 1)
        var previous = Array(0...right.count)
        for i in 0..<left.count {
            var current = [i + 1]
            for j in 0..<right.count {
                var slips = min(previous[j] + (left[i] == right[j] ? 0 : 1), previous[j + 1] + 1, current[j] + 1)
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    slips = min(slips, beforePrevious[j - 1] + 1)
                }
                current.append(slips)
            }
            (beforePrevious, previous) = (previous, current)
        }
        return previous[right.count]
    }

    private static func lower(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}
