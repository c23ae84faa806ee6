/// One value of a document: a cursor, cheap to copy, that keeps the document alive.
public struct Value: Sendable {
    let document: Document
    let index: Int

    @inline(__always)
    var node: Node { document.tape.nodes[index] }

    public var kind: Kind { node.kind }

    /// Where the value begins. Counted on demand, in time linear in the offset: for messages only.
    public var position: Position { document.position(of: index) }

    /// The JSON pointer (RFC 6901), as `/process/args/0`; empty for the root. Found on demand: for messages only.
    public var pointer: String { document.pointer(to: index) }

    /// The path as Kubernetes writes it, as `spec.containers[0].env` or `metadata.labels['example.com/role']`. Found on demand: for messages only.
    public var path: String { document.path(to: index) }

    /// Go programs write `null` for empty lists and maps, so that optional members treat it as absent.
    public var isNull: Bool { node.kind == .null }

    /// An error at this value.
    public func failure(_ message: String) -> TreeError {
        TreeError(pointer: pointer, position: position, message: message)
    }

    /// An error at this value that names what stands there.
    func failure(expected: String) -> TreeError { failure("expected \(expected), found \(found)") }

    private var found: String {
        switch kind {
        case .number: excerpt
        case .bool: node.flags.contains(.isTrue) ? "true" : "false"
        default: kind.phrase
        }
    }

    /// A number as written; long ones only by kind.
    var excerpt: String { node.count <= 40 ? document.string(of: index) : kind.phrase }
}

extension Value {
    /// The text of a string. Refuses U+0000, since every string of ours can end as a path or an argument of the kernel.
    public var string: String {
        get throws(TreeError) {
            guard kind == .string else { throw failure(expected: "a string") }
            guard !node.flags.contains(.holdsNUL) else { throw failure("the string holds a NUL character") }
            return document.string(of: index)
        }
    }

    /// The text of a string, which may hold U+0000.
    public var anyString: String {
        get throws(TreeError) {
            guard kind == .string else { throw failure(expected: "a string") }
            return document.string(of: index)
        }
    }

    /// A number as it was written, in JSON's grammar.
    public var numberText: String {
        get throws(TreeError) {
            guard kind == .number else { throw failure(expected: "a number") }
            return document.string(of: index)
        }
    }

    public var bool: Bool {
        get throws(TreeError) {
            guard kind == .bool else { throw failure(expected: "a boolean") }
            return node.flags.contains(.isTrue)
        }
    }

    /// Members of an object, in its order.
    public var members: Members {
        get throws(TreeError) {
            guard kind == .object else { throw failure(expected: "an object") }
            return Members(self)
        }
    }

    /// Elements of an array, in its order.
    public var array: Elements {
        get throws(TreeError) {
            guard kind == .array else { throw failure(expected: "an array") }
            return Elements(self)
        }
    }

    /// The value of a member, `null` included; nil where the object has none. Scans the object: see `Fields` to read many.
    public func member(_ key: String) throws(TreeError) -> Value? {
        guard kind == .object else { throw failure(expected: "an object") }
        var key = key
        return key.withUTF8 { document.member($0, of: index) }.map { Value(document: document, index: $0) }
    }
}
