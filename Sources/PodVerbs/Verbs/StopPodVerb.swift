import CommandSupport
import JournalVerbs

/// What `stop` and `restart` were given.
public struct StopPodArguments: Hashable, Sendable {
    public var pods: [String] = []
    /// Seconds; nil is the pod's own.
    public var grace: UInt32?

    public init() {}
}

/// What they have in common.
private enum Grace {
    static let option = Option(
        "time", "t", value: "SECONDS", help: "between the stop signal and the kill; without it, as the pod says")
}

/// The grammar of `stop`.
enum StopPodVerb {
    static let options = [Grace.option]

    static func parse(_ verb: inout VerbReader) throws(UsageError) -> StopPodArguments {
        var arguments = StopPodArguments()
        try verb.read(options, limit: 1000) { token, reader throws(UsageError) in
            if case .value("time", let text) = token { arguments.grace = try reader.number(text, "--time") }
        }
        arguments.pods = try verb.someOperands("pod")
        return arguments
    }

    static var manual: Manual {
        PodCommand.verbs.manual(
            synopsis: "stop [OPTIONS] POD…",
            about: """
                Stops pods: their containers get their stop signals at once, and are killed when their time is over; then the sandbox goes. What they wrote,
                their volumes and their logs stay until 'hull rm'. Stopping a pod that is stopped is no failure.
                """,
            options: options, examples: [("hull stop -t 5 web", "in five seconds at most")])
    }
}

/// The grammar of `restart`.
enum RestartPodVerb {
    static let options = [Grace.option]

    static func parse(_ verb: inout VerbReader) throws(UsageError) -> StopPodArguments { try StopPodVerb.parse(&verb) }

    static var manual: Manual {
        PodCommand.verbs.manual(
            synopsis: "restart [OPTIONS] POD…",
            about: """
                Stops pods that run, and runs them again from the start, init containers first, in a new sandbox. Returns as 'run' does. Volumes on the disk
                keep what is in them.
                """,
            options: options, examples: [("hull restart web", "also one that has ended")])
    }
}

/// What `rm` was given.
public struct RemovePodArguments: Hashable, Sendable {
    public var pods: [String] = []
    /// Running ones too; what is not there is no failure.
    public var force = false
    /// Seconds; nil is the pod's own.
    public var grace: UInt32?

    public init() {}
}

/// The grammar of `rm`.
enum RemovePodVerb {
    static let options = [Option("force", "f", help: "stop those that run; what is not there is no failure"), Grace.option]

    static func parse(_ verb: inout VerbReader) throws(UsageError) -> RemovePodArguments {
        var arguments = RemovePodArguments()
        try verb.read(options, limit: 1000) { token, reader throws(UsageError) in
            switch token {
            case .flag("force", let on): arguments.force = on
            case .value("time", let text): arguments.grace = try reader.number(text, "--time")
            default: break
            }
        }
        arguments.pods = try verb.someOperands("pod")
        return arguments
    }

    static var manual: Manual {
        PodCommand.verbs.manual(
            synopsis: "rm [OPTIONS] POD…",
            about: "Removes pods with their volumes and logs. One that runs is removed with --force only.",
            options: options, examples: [("hull rm -f web", "whatever it does")])
    }
}

/// What `wait` was given.
public struct WaitPodArguments: Hashable, Sendable {
    public var pods: [String] = []

    public init() {}
}

/// The grammar of `wait`.
enum WaitPodVerb {
    static func parse(_ verb: inout VerbReader) throws(UsageError) -> WaitPodArguments {
        var arguments = WaitPodArguments()
        try verb.read([], limit: 1000) { _, _ in }
        arguments.pods = try verb.someOperands("pod")
        return arguments
    }

    static var manual: Manual {
        PodCommand.verbs.manual(
            synopsis: "wait POD…",
            about: "Waits until pods have ended or were stopped. The exit code is 0 where all succeeded, else 1.",
            options: [], examples: [("hull wait job", "to its end")])
    }
}
