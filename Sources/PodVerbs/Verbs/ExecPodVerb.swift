public import CommandSupport
import JournalVerbs
import LinuxTypes

/// What `exec` was given.
public struct ExecPodArguments: Hashable, Sendable {
    public var pod = ""
    /// nil: the pod's default one.
    public var container: String?
    public var command: [String] = []
    public var takesInput = false
    public var hasTerminal = false
    public var environment: [String] = []
    public var workingDirectory: String?
    /// As `UID[:GID]`.
    public var user: UserArgument?

    public init() {}
}

/// The grammar of `exec`.
enum ExecPodVerb {
    static let options = [
        Option("container", "c", value: "NAME", help: "which container; without it the pod's default, or the first"),
        Option("stdin", "i", help: "pass our stdin to the program"), Option("tty", "t", help: "give the program a terminal"),
        Option("env", "e", value: "NAME=VALUE", help: "one variable more; may be given again"),
        Option("workdir", "w", value: "DIR", help: "its working directory"),
        Option("user", "u", value: "UID[:GID]", help: "as another user"),
    ]

    static func parse(_ verb: inout VerbReader) throws(UsageError) -> ExecPodArguments {
        var arguments = ExecPodArguments()
        try verb.read(options, words: 2) { token, reader throws(UsageError) in
            switch token {
            case .value("container", let text): arguments.container = text
            case .flag("stdin", let on): arguments.takesInput = on
            case .flag("tty", let on): arguments.hasTerminal = on
            case .value("workdir", let text): arguments.workingDirectory = try reader.path(text, "--workdir").string
            case .value("user", let text): arguments.user = try UserArgument(parsing: text)
            case .value("env", let text):
                guard let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")), equals > text.utf8.startIndex else {
                    throw reader.wrong("--env '\(text)' is not NAME=VALUE")
                }
                arguments.environment.append(text)
            default: break
            }
        }
        arguments.pod = try verb.operand(0, "pod")
        _ = try verb.operand(1, "program to run; 'hull exec POD PROGRAM'")
        arguments.command = Array(verb.operands.dropFirst())
        return arguments
    }

    static var manual: Manual {
        PodCommand.verbs.manual(
            synopsis: "exec [OPTIONS] POD [-c CONTAINER] [--] PROGRAM [ARGUMENTS]",
            about: """
                Runs one more program in a container. Its exit code is that of 'exec'; 255 where it could not be run. Neither our terminal nor our files
                enter the container: the program has pipes, or a terminal of its own. Options end at the first word of the program, whose own are
                never ours.
                """,
            options: options,
            examples: [
                ("hull exec -it web -- sh", "a shell"),
                ("hull exec web -c server -- cat /etc/hosts", "in one container of several"),
                ("hull exec web ls -l /", "its options are its own"),
            ])
    }
}

/// What `attach` was given.
public struct AttachArguments: Hashable, Sendable {
    public var pod = ""
    public var container: String?
    public var takesInput = false

    public init() {}
}

/// The grammar of `attach`.
enum AttachVerb {
    static let options = [
        Option("container", "c", value: "NAME", help: "which container; without it the pod's default, or the first"),
        Option("stdin", "i", help: "pass our stdin to the container, which must have one"),
        Option("tty", "t", help: "use our terminal as it is; needs a container with a terminal"),
    ]

    static func parse(_ verb: inout VerbReader) throws(UsageError) -> AttachArguments {
        var arguments = AttachArguments()
        try verb.read(options, limit: 1) { token, _ throws(UsageError) in
            switch token {
            case .value("container", let text): arguments.container = text
            case .flag("stdin", let on): arguments.takesInput = on
            default: break
            }
        }
        arguments.pod = try verb.operand(0, "pod")
        return arguments
    }

    static var manual: Manual {
        PodCommand.verbs.manual(
            synopsis: "attach [OPTIONS] POD",
            about: """
                Shows what a container prints from now on, until it ends; its exit code is that of 'attach'. One that has yet to start is waited for. Who reads
                too slowly is dropped: the container does not wait for anybody. Leaving does not end the container.
                """,
            options: options, examples: [("hull attach -it box", "a container with a terminal")])
    }
}
