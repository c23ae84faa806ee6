/// Why a text is no label selector.
public struct SelectorError: Error, Hashable, Sendable, CustomStringConvertible {
    public let selector: String
    /// Lower case.
    public let message: String

    public init(selector: String, message: String) {
        self.selector = selector
        self.message = message
    }

    /// As `label selector 'a in b': expected '(' behind 'in', found 'b'`.
    public var description: String { "label selector '\(selector)': \(message)" }
}
