import CommandSupport
import JournalVerbs

/// What `container` was given.
public struct ContainerArguments: Hashable, Sendable {
    public enum Action: String, CaseIterable, Sendable {
        case create, start, stop
        case remove = "rm"
    }

    public var action: Action
    public var pod = ""
    public var containers: [String] = []
    /// stop: seconds; nil is the pod's own.
    public var grace: UInt32?
    /// create: the number of the attempt; nil is the next.
    public var attempt: UInt32?

    public init(_ action: Action) { self.action = action }
}

/// The grammar of `container`.
enum ContainerVerb {
    static let options = [
        Option("time", "t", value: "SECONDS", help: "stop: between the stop signal and the kill; without it, as the pod says"),
        Option(
            "attempt", value: "NUMBER",
            help: "create: the number of the attempt, which no attempt before had; without it, the next"),
    ]

    static func parse(_ verb: inout VerbReader) throws(UsageError) -> ContainerArguments {
        var (grace, attempt): (UInt32?, UInt32?)
        try verb.read(options, limit: 1000) { token, reader throws(UsageError) in
            switch token {
            case .value("time", let text): grace = try reader.number(text, "--time")
            case .value("attempt", let text): attempt = try reader.number(text, "--attempt")
            default: break
            }
        }
        let word = try verb.operand(0, "verb: create, start, stop or rm")
        guard let action = ContainerArguments.Action(rawValue: word) else {
            throw verb.reader.wrong("'container' has the verbs create, start, stop and rm, not '\(word)'")
        }
        guard grace == nil || action == .stop else { throw verb.reader.wrong("--time is for 'container stop'") }
        guard attempt == nil || action == .create else { throw verb.reader.wrong("--attempt is for 'container create'") }
        var arguments = ContainerArguments(action)
        arguments.pod = try verb.operand(1, "pod")
        _ = try verb.operand(2, "container")
        arguments.containers = Array(verb.operands.dropFirst(2))
        (arguments.grace, arguments.attempt) = (grace, attempt)
        return arguments
    }

    static var manual: Manual {
        PodCommand.verbs.manual(
            synopsis: "container create|start|stop|rm [OPTIONS] POD CONTAINER…",
            about: """
                Takes single containers of a pod in hand, as the Container Runtime Interface does: 'create' makes the root of one, 'start' executes its
                program, 'stop' ends it, 'rm' takes away what is left but its log. To stop what does not run, and to remove what is not there, is no
                failure; to start what is not created is one. The containers are those of the pod's manifest, whose restart policy leaves alone what
                somebody has taken in hand, until 'hull restart'. A pod that was run with --sandbox begins without any.
                """,
            options: options,
            examples: [
                ("hull run --sandbox web.yaml", "a sandbox without containers"),
                ("hull container create web server && hull container start web server", "one of them"),
                ("hull container stop -t 5 web server", "the rest of the pod goes on"),
            ])
    }
}
