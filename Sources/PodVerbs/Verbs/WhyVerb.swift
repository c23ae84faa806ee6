import CommandSupport
import JournalVerbs

/// What `why` was given.
public struct WhyArguments: Hashable, Sendable {
    /// A pod, a container's id, or the name of a container that one pod has.
    public var subject = ""
    public var container: String?
    /// nil is for people.
    public var output: DocumentOutput?

    public init() {}
}

/// The grammar of `why`.
enum WhyVerb {
    static let options = [
        Option("container", "c", value: "NAME", help: "one of the pod's containers; without it all"),
        DocumentOutput.option,
    ]

    static func parse(_ verb: inout VerbReader) throws(UsageError) -> WhyArguments {
        var arguments = WhyArguments()
        try verb.read(options, limit: 1) { token, reader throws(UsageError) in
            switch token {
            case .value("container", let text): arguments.container = text
            case .value("output", let text): arguments.output = try DocumentOutput(text, reader)
            default: break
            }
        }
        arguments.subject = try verb.operand(0, "pod or container")
        return arguments
    }

    static var manual: Manual {
        PodCommand.verbs.manual(
            synopsis: "why [OPTIONS] POD|CONTAINER",
            about: """
                Says why a pod or container is as it is, as a chain of evidence: how it ended, who sent the signal as far as anybody knows, what the kernel said where
                memory ran out, why it could not be started, its last words, and what usually mends that. CONTAINER is an id, as 'inspect' prints it, or the
                name of a container that only one pod has. It also knows pods that were refused, and such as were removed, while the journal has their history. The
                words of -o json are stable.
                """,
            options: options,
            examples: [
                ("hull why web", "the pod and all its containers"), ("hull why -c server web", "one of them"),
                ("hull why -o json web | jq -r .verdict", "one word"),
            ])
    }
}
