import Journal
import JournalVerbs

extension JournalSession {
    /// `put`.
    func put(_ arguments: PutArguments) throws(Failure) -> ExitCode {
        var value = arguments.value ?? []
        // One byte more than a transaction takes: the journal says what its limit is.
        if arguments.value == nil { value = try Output.read(nil, limit: Transaction.sizeLimit + 1) }
        let journal = try place.openForWriting(isMade: true)
        let put = Operation.put(arguments.key, value: value, lease: arguments.lease, keeping: arguments.kept)
        let before = Operation.range(RangeRequest(.key(arguments.key)))
        let answer: TransactionAnswer
        do throws(JournalError) {
            let operations = arguments.wantsPrevious ? [before, put] : [put]
            answer = try journal.commit(Transaction(then: operations), arguments.durability)
        } catch { throw Failure(error, "cannot put '\(KeyText.string(arguments.key.bytes))'") }
        let previous = answer.ranges.first?.keyValues.first
        try Output.write(TransactionAnswerText.put(answer.revision, previous: previous, Output.style(arguments.format)))
        return mark(answer.ranges.flatMap(Marks.lines))
    }
}
