import CommandSupport
import JournalVerbs
import Testing

struct Unexpected: Error {}

/// The command of words behind `hull journal`.
func command(_ words: [String], _ store: inout StoreOptions) throws(UsageError) -> JournalCommand {
    try JournalCommand(ArgumentReader(words, program: "hull"), &store)
}

func command(_ line: String) throws(UsageError) -> JournalCommand {
    var store = StoreOptions()
    return try command(line.split(separator: " ").map(String.init), &store)
}

/// What is said about a line that means nothing.
func complaint(_ line: String) -> String {
    do throws(UsageError) {
        _ = try command(line)
        return "(none)"
    } catch {
        switch error {
        case .wrong(let message, _): return message
        case .helpRequested(let verb): return "help for \(verb ?? "hull journal")"
        }
    }
}

/// What is said about a file that means nothing.
func complaint(_ body: () throws(Failure) -> Void) -> String {
    do throws(Failure) {
        try body()
        return "(none)"
    } catch {
        return error.exit == .usage ? error.message ?? "" : "exit \(error.exit)"
    }
}
