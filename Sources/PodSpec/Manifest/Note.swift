public import StrictTree

/// One thing in a manifest that has no effect on one machine, or is left out: said once, never an error unless the caller is strict.
public struct Note: Hashable, Sendable, CustomStringConvertible {
    /// How much it matters.
    public enum Kind: Hashable, Sendable {
        /// The field is accepted and has no meaning here.
        case inert
        /// Something that the pod may miss, as the token of a service account: `--strict` refuses it.
        case warning
    }

    public let kind: Kind
    /// As `spec.tolerations`.
    public let path: String
    public let position: Position
    /// Lower case, without place: why.
    public let message: String

    public init(kind: Kind, path: String, position: Position, message: String) {
        self.kind = kind
        self.path = path
        self.position = position
        self.message = message
    }

    /// As `spec.tolerations: there is nothing to schedule (line 40, column 3)`.
    public var description: String { "\(path): \(message) (\(position))" }
}
