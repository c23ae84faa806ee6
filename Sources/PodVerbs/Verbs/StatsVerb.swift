import CommandSupport
import JournalVerbs

/// What `stats` was given.
public struct PodStatsArguments: Hashable, Sendable {
    /// Empty is all that run.
    public var pods: [String] = []
    /// A line for each container, too.
    public var showsContainers = false
    /// One sample, and an end.
    public var isOnce = false
    /// nil is for people.
    public var output: DocumentOutput?
    /// Milliseconds between samples.
    public var interval: UInt32 = 2000

    public init() {}
}

/// The grammar of `stats`.
enum StatsVerb {
    static let options = [
        Option("containers", "c", help: "a line for each container, too"),
        Option("no-stream", help: "one sample, and an end"),
        Option("interval", "i", value: "SECONDS", help: "between samples; 2 where nobody says"),
        DocumentOutput.option("json, yaml or jsonpath=TEMPLATE: a document for each sample"),
    ]

    static func parse(_ verb: inout VerbReader) throws(UsageError) -> PodStatsArguments {
        var arguments = PodStatsArguments()
        try verb.read(options, limit: 1000) { token, reader throws(UsageError) in
            switch token {
            case .flag("containers", let on): arguments.showsContainers = on
            case .flag("no-stream", let on): arguments.isOnce = on
            case .value("interval", let text):
                let seconds: UInt32 = try reader.number(text, "--interval")
                guard (1...3600).contains(seconds) else { throw reader.wrong("--interval is 1 to 3600 seconds, not '\(text)'") }
                arguments.interval = seconds * 1000
            case .value("output", let text): arguments.output = try DocumentOutput(text, reader)
            default: break
            }
        }
        arguments.pods = verb.operands
        return arguments
    }

    static var manual: Manual {
        PodCommand.verbs.manual(
            synopsis: "stats [OPTIONS] [POD…]",
            about: """
                Prints what pods use, again and again until an interrupt: processor (a hundred percent is one processor), memory without what can be read again
                from disks, its limit, processes, bytes of the network and of disks, and pressure: the share of the last ten seconds in which some process
                waited for a processor, for memory or for a disk (cgroup v2). What nobody counts on this machine is '-', not zero. Asks nobody: a frozen pod and
                a keeper that hangs are shown like any other. 'top' is another word for it.
                """,
            options: options,
            examples: [("hull stats", "all that run"), ("hull stats --no-stream -o json web", "once, for a script")])
    }
}
