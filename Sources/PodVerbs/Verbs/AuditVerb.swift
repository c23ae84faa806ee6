import CommandSupport
import JournalVerbs
public import LinuxTypes

/// What `audit` was given.
public struct AuditArguments: Hashable, Sendable {
    public var fixes = false
    /// nil is for people.
    public var output: DocumentOutput?
    /// nil is the machine's.
    public var configuration: HostPath?

    public init() {}
}

/// The grammar of `audit`.
enum AuditVerb {
    static let options = [
        Option("fix", help: "mend what can be mended"), DocumentOutput.option,
        ConfigurationOption.option,
    ]

    static func parse(_ verb: inout VerbReader) throws(UsageError) -> AuditArguments {
        var arguments = AuditArguments()
        try verb.read(options, limit: 0) { token, reader throws(UsageError) in
            switch token {
            case .flag("fix", let on): arguments.fixes = on
            case .value("output", let text): arguments.output = try DocumentOutput(text, reader)
            case .value("config", let text): arguments.configuration = try reader.path(text, "--config")
            default: break
            }
        }
        return arguments
    }

    static var manual: Manual {
        PodCommand.verbs.manual(
            synopsis: "audit [OPTIONS]",
            about: """
                Compares what the journal says of pods with what there is of them, both ways: cgroups and the processes in them, pinned namespaces, mounts,
                sockets and files below the roots, writable layers, keepers, records that point nowhere, and networks as 'hull network check' does. Prints
                nothing and ends with 0 where all is true; else a line for each finding, and ends with 1. With --fix it takes away what belongs to nobody, gives
                a pod whose keeper is gone another, and tells only what is left. Cgroups of other state roots, and files that may be somebody's, stay.
                """,
            options: options,
            examples: [("hull audit", "a line for each finding"), ("hull audit --fix", "mend them")])
    }
}
