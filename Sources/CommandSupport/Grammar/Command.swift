public import ContainerRuntime
import StrictTree

/// One command with what it was given.
public enum Command: Sendable {
    case create(CreateRequest)
    case run(CreateRequest, RunOptions)
    case start(String)
    case state(String)
    case kill(KillArguments)
    case delete(DeleteArguments)
    case exec(ExecRequest)
    case list(ListArguments)
    case ps(PsArguments)
    case spec(SpecArguments)
    case features
    case version
}

extension Command {
    /// In the order of the help.
    static let names = ["create", "state", "start", "run", "exec", "kill", "delete", "list", "ps", "spec", "features"]

    /// Commands of other runtimes that Hull will have.
    static let later = ["pause", "resume", "update", "events", "mounts", "checkpoint", "restore"]

    /// Reads the words after a command's name.
    init(_ name: String, _ reader: inout ArgumentReader) throws(UsageError) {
        reader.command = name
        switch name {
        case "create": self = try CreateVerb.parse(&reader)
        case "run": self = try RunVerb.parse(&reader)
        case "start": self = .start(try IdentifierVerb.parse(&reader))
        case "state": self = .state(try IdentifierVerb.parse(&reader))
        case "kill": self = try KillVerb.parse(&reader)
        case "delete": self = try DeleteVerb.parse(&reader)
        case "exec": self = try ExecVerb.parse(&reader)
        case "list": self = try ListVerb.parse(&reader)
        case "ps": self = try PsVerb.parse(&reader)
        case "spec": self = try SpecVerb.parse(&reader)
        case "features":
            try FeaturesVerb.parse(&reader)
            self = .features
        case "help":
            let command = reader.readOperand()
            guard command.map(Self.names.contains) ?? true else { throw Self.unknown(command ?? "") }
            throw .helpRequested(command: command)
        case _ where Self.later.contains(name): throw .wrong("'\(name)' is not supported yet", hint: nil)
        default: throw Self.unknown(name)
        }
    }

    private static func unknown(_ name: String) -> UsageError {
        .wrong("unknown command '\(name)'\(Suggestion.hint(for: name, in: names + later))", of: nil)
    }

    /// Whether a failure of ours is 255 rather than 1: callers of `exec` tell it by that from the program's own code.
    public static func failureCode(ofCommand name: String?) -> Int32 { name == "exec" ? 255 : 1 }

    /// How many descriptors from 3 on the container's program shall get.
    public var preservedDescriptors: UInt32 {
        switch self {
        case .create(let request), .run(let request, _): request.options.preservedDescriptors
        case .exec(let request): request.preservedDescriptors
        default: 0
        }
    }
}
