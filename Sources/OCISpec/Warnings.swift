public import StrictTree

/// What a document holds beyond the specification: ignored, as the specification orders, but not silently.
public struct Warnings: Equatable, Sendable {
    /// One property that was ignored.
    public struct Warning: Equatable, Sendable, CustomStringConvertible {
        /// JSON pointer (RFC 6901) of the property.
        public let pointer: String
        public let position: Position
        /// Lower case, without place.
        public let message: String

        public var description: String { "\(pointer): \(message) (\(position))" }
    }

    public private(set) var list: [Warning] = []
    /// How many more there are than the list holds.
    public private(set) var omitted = 0

    /// Each costs a walk through the document: enough for a person, too few to be an attack.
    private static let capacity = 50

    public init() {}

    mutating func add(_ message: String, at value: Value) {
        add { Warning(pointer: value.pointer, position: value.position, message: message) }
    }

    /// Notes the members that the decoder of an object did not ask for.
    mutating func addUnknown(of fields: Fields) {
        for member in fields.unknown {
            add {
                Warning(
                    pointer: member.value.pointer, position: member.keyPosition,
                    message: "unknown property, ignored" + Suggestion.hint(for: member.anyKey, in: fields.known))
            }
        }
    }

    private mutating func add(_ warning: () -> Warning) {
        if list.count < Self.capacity { list.append(warning()) } else { omitted += 1 }
    }
}

/// A value with what was ignored while it was decoded.
public struct Decoded<Subject: SpecValue>: Equatable, Sendable {
    public var value: Subject
    public var warnings: Warnings

    /// Decodes a whole document or a part of one.
    public init(_ type: Subject.Type = Subject.self, from value: Value) throws(TreeError) {
        var warnings = Warnings()
        self.value = try Subject(from: value, noting: &warnings)
        self.warnings = warnings
    }
}
