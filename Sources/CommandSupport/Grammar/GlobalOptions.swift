public import LinuxTypes
import StrictTree

/// What stands before the command.
public struct GlobalOptions: Hashable, Sendable {
    /// Where containers are recorded when nobody says.
    public static let defaultRoot = "/run/hull/oci"

    static let program = "hull-runtime"

    /// nil where the caller did not say.
    public var root: HostPath?
    /// Where log records go; nil is stderr.
    public var log: LogDestination?
    /// nil where the caller did not say: then stderr gets plain lines and a log gets text records.
    public var logFormat: LogFormat?
    public var logLevel = LogLevel.info
    public var wantsVersion = false
    /// The command's name as it was given, known or not.
    public var command: String?

    init() {}

    static let options = [
        Option("root", value: "DIR", help: "where containers are recorded (default /run/hull/oci)"),
        Option("log", value: "DEST", help: "a file, file:PATH, syslog:NAME or journald:NAME"),
        Option("log-format", value: "FORMAT", help: "text or json"),
        Option("log-level", value: "LEVEL", help: "error, warning, info or debug"),
        Option("debug", help: "the same as --log-level debug"),
        Option("cgroup-manager", value: "NAME", help: "cgroupfs, the only one so far"),
        Option("systemd-cgroup", help: "not supported yet"),
        Option("rootless", value: "WHEN", help: "true, false or auto: accepted, it is found out"),
        Option("version", "v", help: "print the version"),
        Option("help", "h", help: "print this help"),
    ]

    /// Reads up to the command. On an error the options read so far are kept, so that it can be logged.
    mutating func read(_ reader: inout ArgumentReader) throws(UsageError) -> String? {
        while let token = try reader.read(Self.options) {
            switch token {
            case .operand(let name):
                command = name
                return name
            case .flag("debug", let on): if on { logLevel = .debug }
            case .flag("version", let on): wantsVersion = on
            case .flag("help", true): throw .helpRequested(command: nil)
            case .flag("systemd-cgroup", true): throw Self.unsupported("--systemd-cgroup")
            case .flag: break
            case .value(let name, let text): try read(name, text, reader)
            }
        }
        return nil
    }

    private mutating func read(_ name: String, _ text: String, _ reader: ArgumentReader) throws(UsageError) {
        switch name {
        case "root": root = try reader.path(text, "--root")
        case "log": log = try LogDestination(parsing: text)
        case "log-format": logFormat = try reader.choice(text, "--log-format")
        case "log-level": logLevel = try LogLevel(parsing: text)
        case "cgroup-manager": try Self.check(manager: text)
        case "rootless": _ = try reader.choice(text, "--rootless", Rootless.self)
        default: break
        }
    }

    private enum Rootless: String, CaseIterable {
        case yes = "true"
        case no = "false"
        case auto
    }

    private static func check(manager: String) throws(UsageError) {
        switch manager {
        case "cgroupfs": return
        case "systemd": throw unsupported("--cgroup-manager systemd")
        case "disabled": throw unsupported("--cgroup-manager disabled")
        default:
            let hint = Suggestion.hint(for: manager, in: ["cgroupfs", "systemd", "disabled"])
            throw .wrong("unknown cgroup manager '\(manager)'\(hint)", of: nil)
        }
    }

    private static func unsupported(_ option: String) -> UsageError {
        .wrong(
            "\(option) is not supported yet", hint: "cgroups are managed directly: leave it out, or use --cgroup-manager cgroupfs"
        )
    }
}
