extension JSONWriter {
    /// A member that is a copy of a value: keys and elements in their order, numbers as they were written.
    public mutating func member(_ key: String, copying value: Value) {
        name(key)
        write(value)
    }

    /// An element, or the whole document, that is a copy of a value.
    public mutating func element(copying value: Value) {
        separate()
        write(value)
    }

    private mutating func write(_ value: Value) {
        switch value.kind {
        case .object:
            enclose(UInt8(ascii: "{"), UInt8(ascii: "}")) { json in
                for member in Members(value) { json.member(member.anyKey, copying: member.value) }
            }
        case .array:
            enclose(UInt8(ascii: "["), UInt8(ascii: "]")) { json in
                for element in Elements(value) { json.element(copying: element) }
            }
        case .string: quote(value.document.string(of: value.index))
        case .number: bytes.append(contentsOf: value.document.string(of: value.index).utf8)
        case .bool: bytes.append(contentsOf: (value.node.flags.contains(.isTrue) ? "true" : "false").utf8)
        case .null: bytes.append(contentsOf: "null".utf8)
        }
    }
}
