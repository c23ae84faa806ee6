import CommandSupport
import JournalVerbs

/// What `tree` was given.
public struct PodTreeArguments: Hashable, Sendable {
    public var pod = ""
    /// nil is for people.
    public var output: DocumentOutput?

    public init() {}
}

/// The grammar of `tree`.
enum TreeVerb {
    static let options = [DocumentOutput.option]

    static func parse(_ verb: inout VerbReader) throws(UsageError) -> PodTreeArguments {
        var arguments = PodTreeArguments()
        try verb.read(options, limit: 1) { token, reader throws(UsageError) in
            guard case .value("output", let text) = token else { return }
            arguments.output = try DocumentOutput(text, reader)
        }
        arguments.pod = try verb.operand(0, "pod")
        return arguments
    }

    static var manual: Manual {
        PodCommand.verbs.manual(
            synopsis: "tree [OPTIONS] POD",
            about: """
                Prints what a pod consists of in the kernel: keeper, addresses, cgroups and namespaces; and for each container its cgroups, the namespaces and
                mounts that it has for itself, and its processes, children below their parents. Asks nobody: a frozen pod and a keeper that hangs are shown like
                any other.
                """,
            options: options,
            examples: [
                ("hull tree web", "all of it"), ("hull tree web -o json | jq '.containers[].processes[].pid'", "for a script"),
            ])
    }
}
