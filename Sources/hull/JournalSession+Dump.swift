import Journal
import JournalVerbs
import LinuxKernel

extension JournalSession {
    /// `dump`.
    func dump(_ arguments: DumpArguments) throws(Failure) -> ExitCode {
        let journal = try place.openForReading()
        let answer: RangeAnswer
        do throws(JournalError) {
            answer = try journal.range(RangeRequest(arguments.keys, at: arguments.revision))
        } catch { throw Failure(error, "cannot dump") }
        let exit = mark(Marks.lines(answer))
        try Output.writeWhole(DumpText.bytes(answer, at: arguments.revision ?? answer.revision, boot: try Self.boot()))
        return exit
    }

    static func boot() throws(Failure) -> String {
        do throws(KernelError) { return try bootID() } catch { throw Failure(error, "cannot read the id of this boot") }
    }
}
