import CommandSupport
import JournalVerbs

/// What `history` was given.
public struct HistoryPodArguments: Hashable, Sendable {
    public var pod = ""
    public var at: PastMoment?
    /// nil is for people.
    public var output: DocumentOutput?

    public init() {}
}

/// The grammar of `history`.
enum HistoryPodVerb {
    static let options = [PastMoment.option, DocumentOutput.option("json, yaml or jsonpath=TEMPLATE: each change by itself")]

    static func parse(_ verb: inout VerbReader) throws(UsageError) -> HistoryPodArguments {
        var arguments = HistoryPodArguments()
        try verb.read(options, limit: 1) { token, reader throws(UsageError) in
            switch token {
            case .value("at", let text): arguments.at = try PastMoment(text, reader)
            case .value("output", let text): arguments.output = try DocumentOutput(text, reader)
            default: break
            }
        }
        arguments.pod = try verb.operand(0, "pod")
        return arguments
    }

    static var manual: Manual {
        PodCommand.verbs.manual(
            synopsis: "history [OPTIONS] POD",
            about: """
                Prints every state of a pod and of its containers, each with its time, its revision in the journal, and who or what brought it about. A pod
                that was removed has a history as long as the journal has: until it is compacted. With --at, what was in force then.
                """,
            options: options,
            examples: [
                ("hull history web", "all that happened to it"), ("hull history --at 10m web", "what it was ten minutes ago"),
                ("hull history -o json web | jq -r .word", "an object in each line"),
            ])
    }
}
