/// Reads the members of one object by name and knows afterwards which ones nobody asked for.
public struct Fields {
    /// The object itself.
    public let object: Value
    private var asked: [(name: StaticString, index: Int)] = []
    private var found = 0
    /// The key behind the member that was found last.
    private var upcoming: Int

    /// Throws where the value is not an object.
    public init(_ value: Value) throws(TreeError) {
        guard value.kind == .object else { throw value.failure(expected: "an object") }
        object = value
        upcoming = value.index + 1
        asked.reserveCapacity(16)
    }

    /// A member that may be absent; `null` counts as absent.
    public mutating func optional(_ name: StaticString) -> Value? {
        let key = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        // What we have written ourselves is read in the order in which it was written: then the next member is the one.
        let index = object.document.member(key, of: object.index, from: upcoming)
        if let index { upcoming = object.document.tape.end(of: index) }
        // A member that is asked for twice must not stand for another in the count.
        if let index, !asked.contains(where: { $0.index == index }) { found += 1 }
        asked.append((name, index ?? -1))
        guard let index else { return nil }
        let value = Value(document: object.document, index: index)
        return value.isNull ? nil : value
    }

    /// A member that must be there and not `null`.
    public mutating func required(_ name: StaticString) throws(TreeError) -> Value {
        guard let value = optional(name) else { throw object.failure("'\(name)' is missing") }
        return value
    }

    /// The members that nobody asked for, in order.
    public var unknown: [Member] {
        guard found < Int(object.node.count) else { return [] }
        let members = Members(object)
        return members.filter { member in !asked.contains { $0.index == member.value.index } }
    }

    /// Throws for a member that nobody asked for: what is not understood is not left out.
    public func refuseUnknown() throws(TreeError) {
        guard let member = unknown.first else { return }
        let hint = Suggestion.hint(for: member.anyKey, in: known)
        throw member.value.failure("unknown member '\(member.anyKey)'\(hint)")
    }

    /// Every name asked for, to suggest one of them.
    public var known: [String] { asked.map { "\($0.name)" } }
}

extension Fields {
    public mutating func string(_ name: StaticString) throws(TreeError) -> String? {
        try optional(name)?.string
    }

    /// Empty is absent: callers that write all their fields write an empty one for none.
    public mutating func text(_ name: StaticString) throws(TreeError) -> String? {
        try string(name).flatMap { $0.isEmpty ? nil : $0 }
    }

    public mutating func bool(_ name: StaticString) throws(TreeError) -> Bool? {
        try optional(name)?.bool
    }

    /// Empty where the member is absent.
    public mutating func strings(_ name: StaticString) throws(TreeError) -> [String] {
        guard let value = optional(name) else { return [] }
        return try value.strings
    }

    public mutating func int64(_ name: StaticString) throws(TreeError) -> Int64? {
        try optional(name)?.integer
    }

    public mutating func uint64(_ name: StaticString) throws(TreeError) -> UInt64? {
        try optional(name)?.unsigned
    }

    public mutating func uint32(_ name: StaticString) throws(TreeError) -> UInt32? {
        try optional(name)?.integer(in: 0...UInt32.max)
    }
}

extension Value {
    /// An array of strings.
    public var strings: [String] {
        get throws(TreeError) { try array.map { element throws(TreeError) in try element.string } }
    }
}
