import StrictTree

extension Fields {
    /// Bytes that stand as text under one name or as base64 under another; nil where there are neither.
    mutating func bytes(_ name: StaticString, _ base64: StaticString) throws(TreeError) -> [UInt8]? {
        let text = optional(name)
        guard let coded = optional(base64) else {
            return try text.map { value throws(TreeError) in Array(try value.anyString.utf8) }
        }
        guard text == nil else { throw object.failure("'\(name)' and '\(base64)' exclude each other") }
        guard let bytes = Base64.bytes(try coded.string) else { throw coded.failure("expected base64 with padding") }
        return bytes
    }

    /// An integer as a number, or in a string, as programs write it that have no integers of 64 bits.
    mutating func number(_ name: StaticString) throws(TreeError) -> Int64? {
        guard let value = optional(name) else { return nil }
        guard value.kind == .string else { return try value.integer(in: 0...Int64.max) }
        guard let number = Int64(try value.string), number >= 0 else { throw value.failure("expected an integer") }
        return number
    }

    /// One of a few words.
    mutating func choice<T>(_ name: StaticString, _ choices: [(String, T)]) throws(TreeError) -> T? {
        guard let value = optional(name) else { return nil }
        let word = try value.string
        guard let found = choices.first(where: { $0.0 == word }) else {
            throw value.failure("expected one of \(choices.map(\.0).joined(separator: ", ")), found '\(word)'")
        }
        return found.1
    }

    /// The elements of an array; none where it is absent.
    mutating func elements<T>(_ name: StaticString, _ read: (Value) throws(TreeError) -> T) throws(TreeError) -> [T] {
        guard let value = optional(name) else { return [] }
        var elements: [T] = []
        for element in try value.array { elements.append(try read(element)) }
        return elements
    }
}
