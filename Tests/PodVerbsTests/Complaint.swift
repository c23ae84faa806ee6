import CommandSupport

/// What is said of a command line that means nothing, or of which verb the help is asked for; `(none)` where all is well. `program` is what has no verb.
func complaint(_ program: String = "hull", _ parse: () throws(UsageError) -> some Any) -> String {
    do throws(UsageError) {
        _ = try parse()
        return "(none)"
    } catch {
        switch error {
        case .wrong(let message, _): return message
        case .helpRequested(let verb): return "help for \(verb ?? program)"
        }
    }
}
