import Journal
import JournalVerbs

extension JournalSession {
    /// `repair`.
    func repair(_ format: PrintFormat, isDry: Bool) throws(Failure) -> ExitCode {
        let journal = isDry ? try place.openForReading() : try place.openForWriting(isMade: false)
        var accepted: [String]
        do throws(JournalError) {
            let isControlDamaged = try journal.check().contains(.controlDamaged)
            accepted = isControlDamaged ? ["\(Finding.controlDamaged)"] : try journal.gaps().map { "\($0)" }
            if !isDry { try journal.repair() }
        } catch { throw Failure(error, "cannot repair") }
        try Output.write(FindingText.bytes(repaired: accepted, isDry: isDry, format))
        return .done
    }
}
