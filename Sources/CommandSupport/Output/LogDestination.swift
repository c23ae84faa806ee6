public import LinuxTypes
import StrictTree

/// Where `--log` sends records.
public enum LogDestination: Hashable, Sendable {
    case file(HostPath)
    /// The system log, under a name.
    case syslog(String)
    /// systemd's journal, under a name.
    case journald(String)

    /// Reads a path, `file:PATH`, `syslog:NAME` or `journald:NAME`. What has a colon and no slash before it is a kind, known or not.
    public init(parsing text: String) throws(UsageError) {
        let colon = text.utf8.firstIndex(of: UInt8(ascii: ":"))
        let slash = text.utf8.firstIndex(of: UInt8(ascii: "/"))
        guard let colon, slash.map({ colon < $0 }) ?? true else {
            self = .file(try Self.path(text))
            return
        }
        let rest = String(text[text.utf8.index(after: colon)...])
        switch text[..<colon] {
        case "file": self = .file(try Self.path(rest))
        case "syslog": self = .syslog(rest.isEmpty ? "hull-runtime" : rest)
        case "journald": self = .journald(rest.isEmpty ? "hull-runtime" : rest)
        case let kind:
            let hint = Suggestion.hint(for: String(kind), in: ["file", "syslog", "journald"])
            throw .wrong("unknown kind of log '\(kind)'\(hint)", of: nil)
        }
    }

    private static func path(_ text: String) throws(UsageError) -> HostPath {
        guard let path = HostPath(text) else { throw .wrong("--log is empty", of: nil) }
        return path
    }
}
