import StrictTree

/// How much is logged, by weight.
public enum LogLevel: Int, CaseIterable, Hashable, Sendable {
    case error, warning, info, debug

    /// The name in records, logrus's.
    public var name: String {
        switch self {
        case .error: "error"
        case .warning: "warning"
        case .info: "info"
        case .debug: "debug"
        }
    }

    /// The severity of `syslog(3)`.
    var severity: Int {
        switch self {
        case .error: 3
        case .warning: 4
        case .info: 6
        case .debug: 7
        }
    }

    /// Reads a name in any case; `warn`, `trace`, `fatal` and `panic`, which other runtimes know, stand for their neighbors.
    public init(parsing text: String) throws(UsageError) {
        switch text.lowercased() {
        case "error", "fatal", "panic": self = .error
        case "warning", "warn": self = .warning
        case "info": self = .info
        case "debug", "trace": self = .debug
        default:
            let hint = Suggestion.hint(for: text, in: Self.allCases.map(\.name))
            throw .wrong("unknown log level '\(text)'\(hint)", of: nil)
        }
    }
}

/// The shape of a log record: runc's, which callers read.
public enum LogFormat: String, CaseIterable, Hashable, Sendable {
    case text, json

    /// One record with a newline. `time` is RFC 3339.
    public func record(_ level: LogLevel, _ message: String, time: String) -> String {
        switch self {
        case .text: return "time=\"\(time)\" level=\(level.name) msg=\(Self.quoted(message))\n"
        case .json:
            var json = JSONWriter()
            json.object { json in
                json.member("level", level.name)
                json.member("msg", message)
                json.member("time", time)
            }
            return json.string + "\n"
        }
    }

    /// As Go quotes: `\"`, `\\`, `\n`, `\t`, `\r`, other controls as `\x1b`.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            default: quoted.unicodeScalars.appendEscaped(scalar)
            }
        }
        return quoted + "\""
    }
}
