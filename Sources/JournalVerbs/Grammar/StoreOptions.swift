public import CommandSupport
public import LinuxTypes

/// Which store: options that stand anywhere in the line.
public struct StoreOptions: Hashable, Sendable {
    /// nil where the caller did not say.
    public var root: HostPath?
    /// nil where the caller did not say.
    public var runRoot: HostPath?

    public static let options = [
        Option("root", value: "DIR", help: "the state root; its journal is DIR/journal (default \(StorePlace.defaultRoot))"),
        Option(
            "run-root", value: "DIR",
            help: "what dies with the boot (default \(StorePlace.defaultRunRoot); see docs/hull-journal.md)"),
    ]

    public init() {}

    /// Takes an option if it is one of these; whether it was.
    public mutating func take(_ token: ArgumentReader.Token, _ reader: ArgumentReader) throws(UsageError) -> Bool {
        switch token {
        case .value("root", let text): root = try reader.path(text, "--root")
        case .value("run-root", let text): runRoot = try reader.path(text, "--run-root")
        default: return false
        }
        return true
    }
}
