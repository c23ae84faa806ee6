public import LinuxTypes
import StrictTree

/// What `kill` was given.
public struct KillArguments: Hashable, Sendable {
    public var containers: ContainerSelection
    public var signal: Signal
    /// Every process of the container, not only its init.
    public var all: Bool
}

/// The grammar of `kill`.
enum KillVerb {
    static let options = [
        Option("all", "a", help: "signal every process of the container"),
        Option("regex", help: "the ID is an extended regular expression: signal all containers that match"),
    ]

    static func parse(_ reader: inout ArgumentReader) throws(UsageError) -> Command {
        var all = false
        var isPattern = false
        var operands: [String] = []
        while let token = try reader.read(options) {
            switch token {
            case .flag("all", let on): all = on
            case .flag("regex", let on): isPattern = on
            case .operand(let word):
                guard operands.count < 2 else { throw reader.tooMany(word) }
                operands.append(word)
            default: break
            }
        }
        let selection = try ContainerSelection(try reader.required(operands.first), isPattern: isPattern)
        let signal = operands.count > 1 ? try Self.signal(operands[1]) : .terminate
        return .kill(KillArguments(containers: selection, signal: signal, all: all))
    }

    private static func signal(_ name: String) throws(UsageError) -> Signal {
        if let signal = Signal(parsing: name) { return signal }
        let known = (1...31).map { Signal(rawValue: $0).name }
        let hint = Suggestion.hint(for: name, in: known + known.map { String($0.dropFirst(3)) })
        throw .wrong("unknown signal '\(name)'\(hint)", of: "kill")
    }

    static var manual: Manual {
        Manual(
            synopsis: "kill [OPTIONS] ID [SIGNAL]",
            about: """
                Sends a signal to the init of a container, TERM where none is named. Signals are names as KILL, SIGKILL and
                RTMIN+3, or numbers; 0 only asks whether the init is there.
                """,
            options: options,
            examples: [
                ("hull-runtime kill web", "ask a container to end"),
                ("hull-runtime kill --all web KILL", "end every process in it"),
            ])
    }
}
