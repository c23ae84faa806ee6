/// Puts values onto a tape in the order of the text, and holds the limits and the uniqueness of keys for every syntax.
///
/// Between `open` of an object and its `close`, keys and values come in turn; the parser sees to that.
package struct TreeBuilder {
    private(set) var tape = Tape()
    /// The containers not yet closed, outermost first.
    private var open: [Int] = []
    package let source: UnsafeBufferPointer<UInt8>
    private let limits: Limits

    /// SAFETY: `source` must outlive the builder; parsers run inside `withUnsafeBufferPointer` of the document's bytes.
    /// `expectedNodes` is a guess for which there is room at once.
    package init(source: UnsafeBufferPointer<UInt8>, limits: Limits, expectedNodes: Int) {
        self.source = source
        self.limits = limits
        tape.nodes.reserveCapacity(min(expectedNodes, limits.maxNodes))
    }

    /// Values and keys so far.
    package var nodeCount: Int { tape.nodes.count }

    /// The innermost open container and whether it has elements; nil outside of all.
    @inline(__always)
    package var innermost: (kind: Kind, isEmpty: Bool)? {
        guard let index = open.last else { return nil }
        return (tape.nodes[index].kind, tape.nodes[index].count == 0)
    }

    /// An error at a byte, with the pointer of the innermost open container.
    package func failure(at offset: Int, _ message: String) -> TreeError {
        let pointer = open.last.map { tape.pointer(to: $0, in: source) } ?? ""
        return TreeError(pointer: pointer, position: Position(of: offset, in: source), message: message)
    }
}

extension TreeBuilder {
    package mutating func openContainer(_ kind: Kind, at offset: Int) throws(TreeError) {
        guard open.count < limits.maxDepth else {
            throw failure(at: offset, "arrays and objects are nested more than \(limits.maxDepth) deep")
        }
        try add(Node(start: UInt32(offset), count: 0, link: 0, kind: kind, flags: []))
        open.append(tape.nodes.count - 1)
    }

    package mutating func closeContainer() throws(TreeError) {
        let index = open[open.count - 1]
        tape.nodes[index].link = UInt32(tape.nodes.count)
        if tape.nodes[index].kind == .object, let (first, second) = duplicateKeys(of: index) {
            let position = Position(of: Int(tape.nodes[first].start), in: source)
            throw TreeError(
                pointer: tape.pointer(to: index, in: source), position: Position(of: Int(tape.nodes[second].start), in: source),
                message: "duplicate key '\(tape.string(of: second, in: source))', first at \(position)")
        }
        open.removeLast()
    }

    package mutating func addNull(at offset: Int) throws(TreeError) {
        try add(Node(start: UInt32(offset), count: 0, link: 0, kind: .null, flags: []))
    }

    package mutating func addBool(_ value: Bool, at offset: Int) throws(TreeError) {
        try add(Node(start: UInt32(offset), count: 0, link: 0, kind: .bool, flags: value ? .isTrue : []))
    }

    /// A number by its text in the source, which the parser has checked to be one of JSON.
    package mutating func addNumber(_ text: Range<Int>, isInteger: Bool) throws(TreeError) {
        let flags: Node.Flags = isInteger ? .isInteger : []
        try add(
            Node(
                start: UInt32(text.lowerBound), count: UInt32(text.count), link: UInt32(text.lowerBound), kind: .number,
                flags: flags))
    }

    /// A number by its text in the grammar of JSON, wherever it lies.
    package mutating func addNumber(_ text: Text, at offset: Int, isInteger: Bool) throws(TreeError) {
        try add(text.node(at: offset, kind: .number, isInteger ? .isInteger : []))
    }

    package mutating func addString(_ text: Text, at offset: Int) throws(TreeError) {
        try add(text.node(at: offset))
    }

    /// Counts as the member; the value that follows does not.
    package mutating func addKey(_ text: Text, at offset: Int) throws(TreeError) {
        try makeRoom(at: offset)
        tape.nodes.append(text.node(at: offset))
    }

    @inline(__always)
    private mutating func add(_ node: Node) throws(TreeError) {
        try makeRoom(at: Int(node.start))
        if let container = open.last { tape.nodes[container].count += 1 }
        tape.nodes.append(node)
    }

    @inline(__always)
    private func makeRoom(at offset: Int) throws(TreeError) {
        guard tape.nodes.count < limits.maxNodes else {
            throw failure(at: offset, "the document has more than \(limits.maxNodes) values")
        }
    }
}

extension TreeBuilder {
    /// The text of a string or key, valid UTF-8: in the source as it stands, or decoded.
    package struct Text {
        fileprivate let offset: Int
        /// Bytes.
        package let count: Int
        fileprivate let flags: Node.Flags

        /// Text that stands in the source as it is.
        @inline(__always)
        package static func source(_ range: Range<Int>) -> Text {
            Text(offset: range.lowerBound, count: range.count, flags: [])
        }

        @inline(__always)
        fileprivate func node(at start: Int, kind: Kind = .string, _ more: Node.Flags = []) -> Node {
            Node(start: UInt32(start), count: UInt32(count), link: UInt32(offset), kind: kind, flags: flags.union(more))
        }
    }

    /// Bytes decoded so far; where the next decoded text begins.
    package var decodedCount: Int { tape.decoded.count }

    package mutating func appendDecoded(_ bytes: some Sequence<UInt8>) { tape.decoded.append(contentsOf: bytes) }

    /// The bytes of a text of this builder.
    package func bytes(of text: Text) -> [UInt8] {
        let range = text.offset..<text.offset + text.count
        return text.flags.contains(.isDecoded) ? Array(tape.decoded[range]) : Array(source[range])
    }

    /// What has been decoded since `start`.
    package func decoded(from start: Int, holdsNUL: Bool) -> Text {
        Text(offset: start, count: decodedCount - start, flags: holdsNUL ? [.isDecoded, .holdsNUL] : .isDecoded)
    }
}

extension TreeBuilder {
    /// The first key that an earlier one equals, with that one.
    private func duplicateKeys(of object: Int) -> (first: Int, second: Int)? {
        let count = Int(tape.nodes[object].count)
        guard count > 1 else { return nil }
        return count <= 16 ? duplicateByComparing(object) : duplicateByHashing(object, count: count)
    }

    /// Lengths differ mostly, so that pairs cost a nanosecond each.
    private func duplicateByComparing(_ object: Int) -> (first: Int, second: Int)? {
        let end = tape.end(of: object)
        var second = object + 1
        while second < end {
            var first = object + 1
            while first < second {
                if keysEqual(first, second) { return (first, second) }
                first = tape.end(of: first + 1)
            }
            second = tape.end(of: second + 1)
        }
        return nil
    }

    /// Open addressing. The standard library's hash is seeded per process: nobody can choose keys that all collide.
    private func duplicateByHashing(_ object: Int, count: Int) -> (first: Int, second: Int)? {
        var capacity = 64
        while capacity < count * 2 { capacity *= 2 }
        var slots = [UInt32](repeating: 0, count: capacity)
        let end = tape.end(of: object)
        var key = object + 1
        while key < end {
            var hasher = Hasher()
            tape.withText(of: key, in: source) { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
            var slot = hasher.finalize() & (capacity - 1)
            while slots[slot] != 0 {
                if keysEqual(Int(slots[slot]), key) { return (Int(slots[slot]), key) }
                slot = (slot + 1) & (capacity - 1)
            }
            slots[slot] = UInt32(key)
            key = tape.end(of: key + 1)
        }
        return nil
    }

    private func keysEqual(_ first: Int, _ second: Int) -> Bool {
        guard tape.nodes[first].count == tape.nodes[second].count else { return false }
        return tape.withText(of: first, in: source) { left in
            tape.withText(of: second, in: source) { right in bytesEqual(left, right) }
        }
    }
}

/// Both of the same length.
@inline(__always)
func bytesEqual(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
    for index in 0..<left.count where left[index] != right[index] { return false }
    return true
}
