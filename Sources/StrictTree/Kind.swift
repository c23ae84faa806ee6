/// The six kinds of values of RFC 8259.
public enum Kind: UInt8, Hashable, Sendable {
    case null, bool, number, string, array, object

    /// With its article, for messages.
    public var phrase: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}
