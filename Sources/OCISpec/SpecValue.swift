public import StrictTree

/// An object of the runtime specification: decoded from a strict tree, written as JSON in the specification's order.
///
/// Decoding throws for wrong types and for values that the specification refuses, with their JSON pointer; unknown properties are
/// warnings. Absent members and `null` are the same.
public protocol SpecValue: Equatable, Sendable {
    init(from value: Value, noting warnings: inout Warnings) throws(TreeError)

    /// Writes the members; the caller opens the object.
    func writeMembers(to json: inout JSONWriter)
}

extension SpecValue {
    /// The object as a JSON text.
    public func json(_ layout: JSONWriter.Layout = .compact) -> [UInt8] {
        var json = JSONWriter(layout)
        json.object { writeMembers(to: &$0) }
        return json.bytes
    }
}

package extension Fields {
    mutating func object<T: SpecValue>(_ name: StaticString, _ warnings: inout Warnings) throws(TreeError) -> T? {
        guard let value = optional(name) else { return nil }
        return try T(from: value, noting: &warnings)
    }

    /// Empty where the member is absent.
    mutating func list<T: SpecValue>(_ name: StaticString, _ warnings: inout Warnings) throws(TreeError) -> [T] {
        guard let value = optional(name) else { return [] }
        return try value.array.map { element throws(TreeError) in try T(from: element, noting: &warnings) }
    }

    mutating func stringMap(_ name: StaticString) throws(TreeError) -> OrderedMap<String> {
        guard let value = optional(name) else { return [:] }
        return OrderedMap(
            unique: try value.members.map { member throws(TreeError) in
                .init(key: try member.key, value: try member.value.string)
            })
    }

    mutating func map<T: SpecValue>(_ name: StaticString, _ warnings: inout Warnings) throws(TreeError) -> OrderedMap<T> {
        guard let value = optional(name) else { return [:] }
        return OrderedMap(
            unique: try value.members.map { member throws(TreeError) in
                .init(key: try member.key, value: try T(from: member.value, noting: &warnings))
            })
    }

    mutating func choice<T: Choice>(_ name: StaticString) throws(TreeError) -> T? {
        guard let value = optional(name) else { return nil }
        return try value.choice()
    }

    mutating func choices<T: Choice>(_ name: StaticString) throws(TreeError) -> [T] {
        guard let value = optional(name) else { return [] }
        return try value.array.map { element throws(TreeError) in try element.choice() }
    }

    /// A path that must begin with a slash; empty counts as absent, as Go programs write it.
    mutating func absolutePath(_ name: StaticString) throws(TreeError) -> String? {
        guard let value = optional(name) else { return nil }
        let path = try value.string
        guard !path.isEmpty else { return nil }
        guard path.utf8.first == UInt8(ascii: "/") else { throw value.failure("expected an absolute path, found '\(path)'") }
        return path
    }

    /// A user or group id; the kernel keeps 2^32 − 1 for "none".
    mutating func identifier(_ name: StaticString) throws(TreeError) -> UInt32? {
        try optional(name)?.identifier
    }

    /// Environment entries, `NAME=value`.
    mutating func environment(_ name: StaticString) throws(TreeError) -> [String] {
        guard let value = optional(name) else { return [] }
        return try value.array.map { element throws(TreeError) in
            let entry = try element.string
            guard let equals = entry.utf8.firstIndex(of: UInt8(ascii: "=")), equals > entry.startIndex else {
                throw element.failure("expected NAME=value, found '\(entry)'")
            }
            return entry
        }
    }
}

extension Value {
    var identifier: UInt32 {
        get throws(TreeError) { try integer(in: 0...UInt32.max - 1) }
    }

    func choice<T: Choice>() throws(TreeError) -> T {
        let name = try string
        if let choice = T(rawValue: name) { return choice }
        throw failure("unknown \(T.noun) '\(name)'\(Suggestion.hint(for: name, in: T.allCases.map(\.rawValue)))")
    }
}

/// A closed list of names in the specification.
public protocol Choice: RawRepresentable<String>, CaseIterable, Equatable, Sendable {
    /// What the names are, for messages, as `seccomp action`.
    static var noun: String { get }
}

package extension JSONWriter {
    mutating func member(_ key: String, _ value: (some SpecValue)?) {
        guard let value else { return }
        object(key) { value.writeMembers(to: &$0) }
    }

    /// Left out when empty.
    mutating func list(_ key: String, _ values: [some SpecValue]) {
        guard !values.isEmpty else { return }
        array(key) { json in
            for value in values { json.object { value.writeMembers(to: &$0) } }
        }
    }

    /// Left out when empty.
    mutating func list(_ key: String, _ values: [String]) {
        if !values.isEmpty { member(key, values) }
    }

    /// Left out when empty.
    mutating func list(_ key: String, _ values: [some Choice]) {
        if !values.isEmpty { member(key, values.map(\.rawValue)) }
    }

    /// Left out when empty.
    mutating func map(_ key: String, _ map: OrderedMap<String>) {
        guard !map.isEmpty else { return }
        object(key) { json in
            for entry in map { json.member(entry.key, entry.value) }
        }
    }

    /// Left out when empty.
    mutating func map(_ key: String, _ map: OrderedMap<some SpecValue>) {
        guard !map.isEmpty else { return }
        object(key) { json in
            for entry in map { json.member(entry.key, entry.value) }
        }
    }

    /// Left out when false, as the specification's own Go types do.
    mutating func flag(_ key: String, _ value: Bool) {
        if value { member(key, value) }
    }
}

package extension JSONWriter {
    /// Left out when zero, as the specification's own Go types do.
    mutating func nonzero(_ key: String, _ value: some FixedWidthInteger) {
        if value != 0 { member(key, value) }
    }
}
