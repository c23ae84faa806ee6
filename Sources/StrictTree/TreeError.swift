/// What is wrong with a document and where: its syntax, a limit, a type, or a value that a specification refuses.
public struct TreeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The JSON pointer (RFC 6901) of the value, or of the innermost container for errors of syntax; empty for the document itself.
    public let pointer: String
    /// nil where the whole document is meant.
    public let position: Position?
    /// Lower case, without place.
    public let message: String

    /// An error at a place that is already known.
    public init(pointer: String, position: Position?, message: String) {
        self.pointer = pointer
        self.position = position
        self.message = message
    }

    /// As `/process/args/0: expected a string, found a number (line 12, column 9)`.
    public var description: String {
        (pointer.isEmpty ? "" : pointer + ": ") + message + (position.map { " (\($0))" } ?? "")
    }
}
