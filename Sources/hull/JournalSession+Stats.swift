import Journal
import JournalVerbs
import LinuxTypes

extension JournalSession {
    /// `stats`.
    func stats(_ format: PrintFormat) throws(Failure) -> ExitCode {
        let journal = try place.openForReading()
        let figures: StoreFigures
        let runDirectory = try place.runDirectory() ?? place.directory
        do throws(JournalError) {
            let answer = try journal.range(RangeRequest(.all, countOnly: true))
            figures = StoreFigures(
                directory: place.directory.string, runDirectory: runDirectory.string, revision: answer.revision,
                compacted: journal.compactedRevision, keys: answer.count, footprint: try journal.footprint(),
                gaps: answer.gaps)
        } catch { throw Failure(error, "cannot read") }
        try Output.write(figures.bytes(format))
        return mark(figures.gaps.map { "\($0)" })
    }
}
