extension JSONWriter {
    /// An element that is a value of a document: keys sorted by their bytes, members that are `null` left out, numbers as written.
    public mutating func canonicalElement(_ value: Value) {
        switch value.kind {
        case .object: object { $0.canonicalMembers(of: value) }
        case .array: array { $0.canonicalElements(of: value) }
        case .null: scalarElement("null")
        case .bool: element(value.node.flags.contains(.isTrue))
        case .number: scalarElement(value.document.string(of: value.index))
        case .string: element(value.document.string(of: value.index))
        }
    }

    /// The same as a member of an object; nothing for `null`.
    public mutating func canonicalMember(_ key: String, _ value: Value) {
        switch value.kind {
        case .object: object(key) { $0.canonicalMembers(of: value) }
        case .array: array(key) { $0.canonicalElements(of: value) }
        case .null: break
        case .bool: member(key, value.node.flags.contains(.isTrue))
        case .number: scalarMember(key, value.document.string(of: value.index))
        case .string: member(key, value.document.string(of: value.index))
        }
    }

    private mutating func canonicalMembers(of object: Value) {
        for member in object.sortedMembers { canonicalMember(member.anyKey, member.value) }
    }

    private mutating func canonicalElements(of array: Value) {
        for element in Elements(array) { canonicalElement(element) }
    }
}

extension Value {
    /// The members of an object that are not `null`, by the bytes of their keys; empty for other values.
    public var sortedMembers: [Member] {
        guard kind == .object else { return [] }
        return Members(self).filter { !$0.value.isNull }.map { (key: $0.anyKey, member: $0) }
            .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            .map(\.member)
    }
}
