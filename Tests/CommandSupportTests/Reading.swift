import CommandSupport
import Testing

/// The command of a line of words set apart by spaces.
func read(_ line: String) throws(UsageError) -> Command { try invocation(line).command }

func invocation(_ line: String) throws(UsageError) -> Invocation {
    var globals = GlobalOptions.none
    return try Invocation(line.split(separator: " ").map(String.init), globals: &globals)
}

/// What is said about a line that means nothing.
func complaint(_ line: String) -> String {
    do throws(UsageError) {
        _ = try invocation(line)
        return "(none)"
    } catch {
        switch error {
        case .wrong(let message, _): return message
        case .helpRequested(let command): return "help: \(command ?? "program")"
        }
    }
}
