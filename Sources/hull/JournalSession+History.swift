import Journal
import JournalVerbs

extension JournalSession {
    /// `history`.
    func history(_ arguments: HistoryArguments) throws(Failure) -> ExitCode {
        let journal = try place.openForReading()
        var base: KeyValue?
        var batch: EventBatch
        do throws(JournalError) {
            (base, batch) = try versions(of: arguments.key, in: journal)
        } catch { throw Failure(error, "cannot read the history") }
        let exit = mark(batch.gaps.map { "\($0)" } + Marks.lines((base.map { [$0] } ?? []) + batch.events.map(\.keyValue)))
        if base == nil, batch.events.isEmpty { return exit == .done ? .notFound : exit }
        try Output.write(HistoryText.bytes(base, batch, Output.style(arguments.format)))
        return exit
    }

    /// What the key was at the compacted revision, and every change since.
    private func versions(of key: Key, in journal: Journal) throws(JournalError) -> (KeyValue?, EventBatch) {
        // A compaction in between begins the history anew.
        for _ in 0..<16 {
            let compacted = journal.compactedRevision
            do throws(JournalError) {
                let base =
                    compacted == 0 ? nil : try journal.range(RangeRequest(.key(key), at: compacted)).keyValues.first
                return (base, try journal.changes(of: .key(key), behind: compacted))
            } catch {
                guard case .compacted = error else { throw error }
            }
        }
        throw .compacted(journal.compactedRevision)
    }
}
