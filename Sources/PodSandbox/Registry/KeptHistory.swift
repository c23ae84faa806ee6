internal import Journal

/// How much of what was the journal of pods keeps: for `hull history`, `events --from` and `--at`, and for an audit that knows what once was ours. Without a
/// limit a machine whose pods come and go would fill its disk, and the index of the journal its memory.
enum KeptHistory {
    /// Gives up the older half where it takes more than it may. Order: behind every answer; a thousand pods' lives take a third of a second.
    static func trim(_ journal: Journal) throws(JournalError) {
        try journal.keepWithin(limit, and: limitPerKey, for: .all) { allowed throws(JournalError) in
            try journal.compact(toSize: allowed / 2)
        }
    }

    /// Bytes: the lives of a thousand pods.
    private static let limit: UInt64 = 64 << 20
    /// Bytes: what is there now takes its place, too, and is not to be written again and again.
    private static let limitPerKey: UInt64 = 16 << 10
}
