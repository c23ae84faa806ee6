import CommandSupport
import JournalVerbs
import PodVerbs

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

/// What a line of words for `hull` is read as, its first the verb or another word for it.
func podCommand(_ line: String) throws(UsageError) -> PodCommand {
    var words = line.split(separator: " ").map(String.init)
    let verb = words.removeFirst()
    var store = StoreOptions()
    return try PodCommand(PodCommand.name(verb) ?? verb, ArgumentReader(words, program: "hull"), &store)
}

func complaint(aboutPod line: String) -> String { complaint { () throws(UsageError) in try podCommand(line) } }
