/// The elements of an array in order.
public struct Elements: Sequence, IteratorProtocol, Sendable {
    let document: Document
    var upcoming: Int
    let end: Int
    /// How many the array has.
    public let count: Int

    /// Those of a value that is known to be an array.
    init(_ array: Value) {
        document = array.document
        upcoming = array.index + 1
        end = document.tape.end(of: array.index)
        count = Int(array.node.count)
    }

    public var underestimatedCount: Int { count }

    public mutating func next() -> Value? {
        guard upcoming < end else { return nil }
        defer { upcoming = document.tape.end(of: upcoming) }
        return Value(document: document, index: upcoming)
    }
}

/// The members of an object in order.
public struct Members: Sequence, IteratorProtocol, Sendable {
    let document: Document
    var upcoming: Int
    let end: Int
    /// How many the object has.
    public let count: Int

    /// Those of a value that is known to be an object.
    init(_ object: Value) {
        document = object.document
        upcoming = object.index + 1
        end = document.tape.end(of: object.index)
        count = Int(object.node.count)
    }

    public var underestimatedCount: Int { count }

    public mutating func next() -> Member? {
        guard upcoming < end else { return nil }
        defer { upcoming = document.tape.end(of: upcoming + 1) }
        return Member(value: Value(document: document, index: upcoming + 1))
    }
}

/// One member of an object.
public struct Member: Sendable {
    public let value: Value

    /// Refuses U+0000, as `Value.string` does.
    public var key: String {
        get throws(TreeError) { try Value(document: value.document, index: value.index - 1).string }
    }

    /// The key, whatever it holds, for messages.
    public var anyKey: String { value.document.string(of: value.index - 1) }

    /// Where the key begins.
    public var keyPosition: Position { value.document.position(of: value.index - 1) }
}

extension Value {
    /// Whether a container has nothing in it; false for scalars.
    public var isEmpty: Bool { (kind == .array || kind == .object) && node.count == 0 }
}
