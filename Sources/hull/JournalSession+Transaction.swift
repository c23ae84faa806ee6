import Journal
import JournalVerbs

extension JournalSession {
    /// `txn`.
    func transaction(_ arguments: TransactionArguments) throws(Failure) -> ExitCode {
        let transaction = try TransactionText.transaction(try Output.read(arguments.file, limit: TransactionText.limit))
        let journal = try place.openForWriting(isMade: true)
        let answer: TransactionAnswer
        do throws(JournalError) {
            answer = try journal.commit(transaction, arguments.durability)
        } catch { throw Failure(error, "cannot carry out the transaction") }
        let exit = mark(answer.ranges.flatMap(Marks.lines))
        try Output.write(TransactionAnswerText.bytes(answer, of: transaction, Output.style(arguments.format)))
        return exit == .done && arguments.tellsByExitCode && !answer.succeeded ? .unequal : exit
    }
}
