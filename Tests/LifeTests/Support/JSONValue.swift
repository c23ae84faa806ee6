import Foundation

/// JSON as a value: what bundles are written from and what the probe's documents are read into. Independent of Hull's own reader.
enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case integer(Int64)
    case double(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    init(parsing text: String) throws {
        self = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
    }

    var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "null"
    }

    var object: [String: JSONValue] { if case .object(let members) = self { members } else { [:] } }
    var array: [JSONValue] { if case .array(let elements) = self { elements } else { [] } }
    var string: String? { if case .string(let string) = self { string } else { nil } }
    var integer: Int64? { if case .integer(let number) = self { number } else { nil } }

    /// A scalar in one line, a collection as JSON.
    var brief: String {
        switch self {
        case .null: "null"
        case .bool(let value): String(value)
        case .integer(let value): String(value)
        case .double(let value): String(value)
        case .string(let value): value
        case .array(let elements): elements.map(\.brief).joined(separator: " · ")
        case .object: text
        }
    }
}

extension JSONValue {
    /// The member below a path of names; setting makes the objects on the way, setting nil removes.
    subscript(_ path: String...) -> JSONValue? {
        get { self[path[...]] }
        set { self[path[...]] = newValue }
    }

    private subscript(_ path: ArraySlice<String>) -> JSONValue? {
        get {
            guard let name = path.first else { return self }
            return object[name].flatMap { $0[path.dropFirst()] }
        }
        set {
            guard let name = path.first else { return }
            var members = object
            if path.count == 1 {
                members[name] = newValue
            } else {
                var child = members[name] ?? .object([:])
                child[path.dropFirst()] = newValue
                members[name] = child
            }
            self = .object(members)
        }
    }

    /// Adds to the array below a path of names.
    mutating func append(_ path: String..., value: JSONValue) {
        self[path[...]] = .array((self[path[...]]?.array ?? []) + [value])
    }

    /// Removes elements of the array below a path of names.
    mutating func remove(_ path: String..., where matches: (JSONValue) -> Bool) {
        self[path[...]] = .array((self[path[...]]?.array ?? []).filter { !matches($0) })
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    init(stringLiteral value: String) { self = .string(value) }
    init(integerLiteral value: Int64) { self = .integer(value) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    init(dictionaryLiteral elements: (String, JSONValue)...) { self = .object(Dictionary(uniqueKeysWithValues: elements)) }
}

extension JSONValue: Codable {
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .double(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .double(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}
