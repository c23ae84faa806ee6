import Journal
import JournalVerbs

extension JournalSession {
    /// `del`.
    func delete(_ arguments: DeleteKeysArguments) throws(Failure) -> ExitCode {
        let journal = try place.openForWriting(isMade: false)
        let deletion = Operation.delete(arguments.keys)
        let before = Operation.range(RangeRequest(arguments.keys))
        let answer: TransactionAnswer
        do throws(JournalError) {
            let operations = arguments.wantsPrevious ? [before, deletion] : [deletion]
            answer = try journal.commit(Transaction(then: operations), arguments.durability)
        } catch { throw Failure(error, "cannot delete") }
        var count = 0
        if case .delete(let removed) = answer.responses.last { count = removed.count }
        let previous = answer.ranges.first?.keyValues ?? []
        try Output.write(
            TransactionAnswerText.deletion(answer.revision, count: count, previous: previous, Output.style(arguments.format)))
        return mark(answer.ranges.flatMap(Marks.lines))
    }
}
