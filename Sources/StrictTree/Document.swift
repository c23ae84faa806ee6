/// A text from outside and its tree of values, which are only decoded where somebody asks for them.
public final class Document: Sendable {
    let bytes: [UInt8]
    let tape: Tape
    private let places: PlaceIndex?

    init(bytes: [UInt8], tape: Tape, places: PlaceIndex? = nil) {
        self.bytes = bytes
        self.tape = tape
        self.places = places
    }

    /// Parses strict JSON (RFC 8259 in UTF-8): no byte order mark, no duplicate keys, no half surrogate pairs, nothing behind the value.
    public convenience init(json bytes: consuming [UInt8], limits: Limits = Limits()) throws(TreeError) {
        try self.init(bytes, limits: limits) { source, builder throws(TreeError) in
            var parser = JSONParser(source, builder: builder)
            return try parser.document()
        }
    }

    /// The same document, which from now on tells places in constant time; costs a walk through the text.
    package var indexed: Document {
        Document(bytes: bytes, tape: tape, places: bytes.withUnsafeBufferPointer { PlaceIndex($0) })
    }

    /// The way in for every syntax: `parse` puts the values of the bytes onto the builder's tape, one root and what is in it.
    package convenience init(
        _ bytes: consuming [UInt8], limits: Limits,
        parse: (UnsafeBufferPointer<UInt8>, consuming TreeBuilder) throws(TreeError) -> TreeBuilder
    ) throws(TreeError) {
        try Self.checkSize(bytes, limits)
        let tape = try bytes.withUnsafeBufferPointer { source throws(TreeError) in
            try parse(source, TreeBuilder(source: source, limits: limits, expectedNodes: source.count / 8 + 16)).tape
        }
        self.init(bytes: bytes, tape: tape)
    }

    /// The way in for a syntax that has several documents in one text, which they share.
    package static func several(
        _ bytes: [UInt8], limits: Limits,
        parse: (UnsafeBufferPointer<UInt8>, Limits) throws(TreeError) -> [TreeBuilder]
    ) throws(TreeError) -> [Document] {
        try checkSize(bytes, limits)
        let tapes = try bytes.withUnsafeBufferPointer { source throws(TreeError) in try parse(source, limits).map(\.tape) }
        let places = bytes.withUnsafeBufferPointer { PlaceIndex($0) }
        return tapes.map { Document(bytes: bytes, tape: $0, places: places) }
    }

    private static func checkSize(_ bytes: borrowing [UInt8], _ limits: Limits) throws(TreeError) {
        guard bytes.count <= limits.maxBytes else {
            throw TreeError(
                pointer: "", position: nil, message: "the document has \(bytes.count) bytes, more than \(limits.maxBytes)")
        }
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
        let start = Int(tape.nodes[index].start)
        return bytes.withUnsafeBufferPointer { places?.position(of: start, in: $0) ?? Position(of: start, in: $0) }
    }

    func pointer(to index: Int) -> String {
        bytes.withUnsafeBufferPointer { tape.pointer(to: index, in: $0) }
    }

    func path(to index: Int) -> String {
        bytes.withUnsafeBufferPointer { tape.path(to: index, in: $0) }
    }

    /// The value of a member, by the bytes of its key; `object` must be one. The search begins at the key `start`, and comes round.
    func member(_ key: UnsafeBufferPointer<UInt8>, of object: Int, from start: Int? = nil) -> Int? {
        let first = object + 1
        let end = tape.end(of: object)
        let start = start ?? first
        return member(key, in: start..<end) ?? member(key, in: first..<start)
    }

    /// Of the members whose keys are in a range.
    private func member(_ key: UnsafeBufferPointer<UInt8>, in range: Range<Int>) -> Int? {
        var index = range.lowerBound
        while index < range.upperBound {
            if tape.nodes[index].count == key.count, withText(of: index, { bytesEqual($0, key) }) { return index + 1 }
            index = tape.end(of: index + 1)
        }
        return nil
    }
}
