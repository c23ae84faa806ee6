import Journal
import JournalVerbs

extension JournalSession {
    /// `get` and `range`.
    func read(_ arguments: ReadArguments) throws(Failure) -> ExitCode {
        let journal = try place.openForReading()
        let answer: RangeAnswer
        do throws(JournalError) { answer = try journal.range(arguments.request) } catch { throw Failure(error, "cannot read") }
        // Order: said before the answer is printed, whose reader may go.
        let exit = mark(Marks.lines(answer))
        if arguments.isSingle, answer.count == 0, arguments.format != .json, !arguments.request.countOnly {
            return exit == .done ? .notFound : exit
        }
        try Output.write(RangeText.bytes(answer, arguments, Output.style(arguments.format)))
        return exit == .done && arguments.isSingle && answer.count == 0 ? .notFound : exit
    }
}
