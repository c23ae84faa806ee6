import CommandSupport
import Journal
import JournalVerbs

/// What the verbs of `hull journal` work with.
struct JournalSession {
    let place: StorePlace

    init(_ place: StorePlace) { self.place = place }

    func carryOut(_ command: JournalCommand) throws(Failure) -> ExitCode {
        switch command {
        case .read(let arguments): try read(arguments)
        case .put(let arguments): try put(arguments)
        case .delete(let arguments): try delete(arguments)
        case .transaction(let arguments): try transaction(arguments)
        case .watch(let arguments): try watch(arguments)
        case .history(let arguments): try history(arguments)
        case .compact(let arguments): try compact(arguments)
        case .check(let format): try check(format)
        case .repair(let format, let isDry): try repair(format, isDry: isDry)
        case .stats(let format): try stats(format)
        case .dump(let arguments): try dump(arguments)
        case .load(let arguments): try load(arguments)
        case .lease(let arguments): try lease(arguments)
        }
    }

    /// Says beside an answer why it cannot be relied on. The exit code.
    func mark(_ lines: [String]) -> ExitCode {
        for line in lines { Log.plain.write(.warning, line) }
        return lines.isEmpty ? .done : .marked
    }
}
