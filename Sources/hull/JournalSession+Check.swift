import Journal
import JournalVerbs

extension JournalSession {
    /// `check`.
    func check(_ format: PrintFormat) throws(Failure) -> ExitCode {
        let journal = try place.openForReading()
        let findings: [Finding]
        do throws(JournalError) { findings = try journal.check() } catch { throw Failure(error, "cannot check") }
        try Output.write(FindingText.bytes(findings, format))
        return findings.contains(where: \.isDamage) ? .marked : .done
    }
}
