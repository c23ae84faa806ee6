/// A text from outside and its tree of values, which are only decoded where somebody asks for them.
public final class Document: Sendable {
    let bytes: [UInt8]
    let tape: Tape

    init(bytes: [UInt8], tape: Tape) {
        self.bytes = bytes
        self.tape = tape
    }

    /// Parses strict JSON (RFC 8259 in UTF-8): no byte order mark, no duplicate keys, no half surrogate pairs, nothing behind the value.
    public convenience init(json bytes: consuming [UInt8], limits: Limits = Limits()) throws(TreeError) {
        try self.init(bytes, limits: limits) { source, builder throws(TreeError) in
            var parser = JSONParser(source, builder: builder)
            return try parser.document()
        }
    }

    /// The way in for every syntax: `parse` puts the values of the bytes onto the builder's tape, one root and what is in it.
    package convenience init(
        _ bytes: consuming [UInt8], limits: Limits,
        parse: (UnsafeBufferPointer<UInt8>, consuming TreeBuilder) throws(TreeError) -> TreeBuilder
    ) throws(TreeError) {
        guard bytes.count <= limits.maxBytes else {
            throw TreeError(
                pointer: "", position: nil, message: "the document has \(bytes.count) bytes, more than \(limits.maxBytes)")
        }
        let tape = try bytes.withUnsafeBufferPointer { source throws(TreeError) in
            try parse(source, TreeBuilder(source: source, limits: limits)).tape
        }
        self.init(bytes: bytes, tape: tape)
    }

    /// The value that the document is.
    public var root: Value { Value(document: self, index: 0) }

    @inline(__always)
    func withText<R>(of index: Int, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        bytes.withUnsafeBufferPointer { tape.withText(of: index, in: $0, body) }
    }

    func string(of index: Int) -> String {
        withText(of: index) { String(decoding: $0, as: UTF8.self) }
    }

    func position(of index: Int) -> Position {
        bytes.withUnsafeBufferPointer { Position(of: Int(tape.nodes[index].start), in: $0) }
    }

    func pointer(to index: Int) -> String {
        bytes.withUnsafeBufferPointer { tape.pointer(to: index, in: $0) }
    }

    /// The value of a member, by the bytes of its key; `object` must be one.
    func member(_ key: UnsafeBufferPointer<UInt8>, of object: Int) -> Int? {
        let end = tape.end(of: object)
        var index = object + 1
        while index < end {
            if tape.nodes[index].count == key.count, withText(of: index, { bytesEqual($0, key) }) { return index + 1 }
            index = tape.end(of: index + 1)
        }
        return nil
    }
}
