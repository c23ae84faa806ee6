public import StrictTree

/// One thing in a manifest that is refused.
public struct Problem: Hashable, Sendable, CustomStringConvertible {
    /// As `spec.containers[0].livenessProbe`; empty for the document itself.
    public let path: String
    /// nil where the whole document is meant.
    public let position: Position?
    /// Lower case, without place; what is wrong and, where there is something, what to do.
    public let message: String

    public init(path: String, position: Position?, message: String) {
        self.path = path
        self.position = position
        self.message = message
    }

    /// As `spec.dnsPolicy: unknown DNS policy 'none'; did you mean 'None'? (line 12, column 14)`.
    public var description: String {
        (path.isEmpty ? "" : path + ": ") + message + (position.map { " (\($0))" } ?? "")
    }
}
