import CommandSupport
import JournalVerbs

/// What `events` was given.
public struct EventsArguments: Hashable, Sendable {
    /// nil: everything.
    public var pod: String?
    public var isFollowing = false
    /// nil: all that is retained, or what comes from now on when following.
    public var from: Int64?
    /// nil is for people.
    public var output: DocumentOutput?

    public init() {}
}

/// The grammar of `events`.
enum EventsVerb {
    static let options = [
        Option("follow", "f", help: "go on; without --from, begin with what comes next"),
        Option("from", value: "REV", help: "begin with this revision of the journal"),
        DocumentOutput.option("json, yaml or jsonpath=TEMPLATE: each change by itself"),
    ]

    static func parse(_ verb: inout VerbReader) throws(UsageError) -> EventsArguments {
        var arguments = EventsArguments()
        try verb.read(options, limit: 1) { token, reader throws(UsageError) in
            switch token {
            case .flag("follow", let on): arguments.isFollowing = on
            case .value("from", let text): arguments.from = try reader.number(text, "--from")
            case .value("output", let text): arguments.output = try DocumentOutput(text, reader)
            default: break
            }
        }
        arguments.pod = verb.operands.first
        return arguments
    }

    static var manual: Manual {
        PodCommand.verbs.manual(
            synopsis: "events [OPTIONS] [POD]",
            about: """
                Prints what happened: to pods and their containers, images, volumes, ConfigMaps and Secrets, and what was refused. Without --follow it ends with
                the last. The journal is the source: each event is printed once and in order, whoever was not there when it happened. Whoever
                goes on later begins with --from, one more than the last revision that he has; events of one revision stand together. Where that history has been compacted,
                it says so and up to which revision, and ends with 5.
                """,
            options: options,
            examples: [
                ("hull events -f", "what happens from now on"), ("hull events web", "all that is known of one pod, and end"),
                ("hull events -f --from 1201 -o json", "go on behind revision 1200"),
            ])
    }
}
