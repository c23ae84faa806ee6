import CommandSupport
import Journal
import JournalVerbs

extension JournalSession {
    /// `load`.
    func load(_ arguments: LoadArguments) throws(Failure) -> ExitCode {
        let dump = try DumpFile(try Output.read(arguments.file, limit: DumpFile.limit))
        let plan = try LoadPlan(dump, arguments, boot: try Self.boot())
        let journal = try place.openForWriting(isMade: true)
        for (number, step) in plan.steps.enumerated() {
            let answer: TransactionAnswer
            do throws(JournalError) {
                answer = try journal.commit(step.transaction, step.durability)
            } catch {
                throw Failure(error, "cannot load: \(number) of \(plan.steps.count) transactions are written")
            }
            guard answer.succeeded else {
                throw Failure("the journal in '\(place.directory)' has keys already", hint: "--merge loads into it all the same")
            }
        }
        if plan.leftOut > 0 {
            Log.plain.write(
                .warning, "left out: \(plan.leftOut) volatile keys of another boot; --durable or --volatile loads them")
        }
        if plan.leased > 0 {
            Log.plain.write(.warning, "left out: \(plan.leased) keys that hung on a lease; --detach loads them")
        }
        if plan.damaged > 0 { Log.plain.write(.warning, "left out: \(plan.damaged) keys whose value was damaged") }
        try Output.write("loaded \(plan.keys) keys\n".utf8)
        return .done
    }
}
