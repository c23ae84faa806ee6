/// Strict RFC 8259: reads one document onto a tape, without recursion.
struct JSONParser {
    let source: UnsafeBufferPointer<UInt8>
    var cursor = 0
    var builder: TreeBuilder

    init(_ source: UnsafeBufferPointer<UInt8>, builder: consuming TreeBuilder) {
        self.source = source
        self.builder = builder
    }

    mutating func document() throws(TreeError) -> TreeBuilder {
        try refuseByteOrderMark()
        skipWhitespace()
        guard cursor < source.count else { throw TreeError(pointer: "", position: nil, message: "the document is empty") }
        try value()
        while let container = builder.innermost {
            skipWhitespace()
            try step(in: container.kind, isEmpty: container.isEmpty)
        }
        skipWhitespace()
        guard cursor == source.count else { throw failure("expected the end of the document, found \(found)") }
        return builder
    }

    /// The end of a container, or its next element or member.
    private mutating func step(in kind: Kind, isEmpty: Bool) throws(TreeError) {
        let closer = kind == .object ? UInt8(ascii: "}") : UInt8(ascii: "]")
        guard cursor < source.count else { throw failure("the document ends inside \(kind.phrase)") }
        if source[cursor] == closer {
            cursor += 1
            try builder.closeContainer()
            return
        }
        if !isEmpty {
            guard source[cursor] == UInt8(ascii: ",") else {
                throw failure("expected ',' or '\(Character(Unicode.Scalar(closer)))', found \(found)")
            }
            cursor += 1
            skipWhitespace()
        }
        if kind == .object { try key() }
        try value()
    }

    private mutating func key() throws(TreeError) {
        guard cursor < source.count, source[cursor] == UInt8(ascii: "\"") else {
            throw failure("expected a key in double quotes, found \(found)")
        }
        let start = cursor
        try builder.addKey(string(), at: start)
        skipWhitespace()
        guard cursor < source.count, source[cursor] == UInt8(ascii: ":") else { throw failure("expected ':', found \(found)") }
        cursor += 1
        skipWhitespace()
    }

    private mutating func value() throws(TreeError) {
        guard cursor < source.count else { throw failure("expected a value, found \(found)") }
        let start = cursor
        switch source[cursor] {
        case UInt8(ascii: "\""):
            try builder.addString(string(), at: start)
        case UInt8(ascii: "{"):
            try builder.openContainer(.object, at: start)
            cursor += 1
        case UInt8(ascii: "["):
            try builder.openContainer(.array, at: start)
            cursor += 1
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            let isInteger = try number()
            try builder.addNumber(start..<cursor, isInteger: isInteger)
        case UInt8(ascii: "t"):
            try word("true")
            try builder.addBool(true, at: start)
        case UInt8(ascii: "f"):
            try word("false")
            try builder.addBool(false, at: start)
        case UInt8(ascii: "n"):
            try word("null")
            try builder.addNull(at: start)
        default:
            throw failure("expected a value, found \(found)")
        }
    }

    private mutating func word(_ word: StaticString) throws(TreeError) {
        let length = word.utf8CodeUnitCount
        let expected = UnsafeBufferPointer(start: word.utf8Start, count: length)
        guard cursor + length <= source.count,
            bytesEqual(UnsafeBufferPointer(rebasing: source[cursor..<cursor + length]), expected)
        else { throw failure("expected a value, found a word other than 'true', 'false' and 'null'") }
        cursor += length
    }

    @inline(__always)
    private mutating func skipWhitespace() {
        while cursor < source.count {
            switch source[cursor] {
            case 0x20, 0x0a, 0x0d, 0x09: cursor += 1
            default: return
            }
        }
    }

    private func refuseByteOrderMark() throws(TreeError) {
        let head = Array(source.prefix(3))
        guard head.count >= 2 else { return }
        if head == [0xef, 0xbb, 0xbf] || head[0...1] == [0xff, 0xfe] || head[0...1] == [0xfe, 0xff] {
            throw TreeError(
                pointer: "", position: Position(line: 1, column: 1),
                message: "the document begins with a byte order mark; JSON is UTF-8 without one")
        }
    }

    func failure(_ message: String) -> TreeError { builder.failure(at: cursor, message) }

    /// The byte at the cursor, for messages.
    var found: String {
        guard cursor < source.count else { return "the end of the document" }
        let byte = source[cursor]
        if byte > 0x20, byte < 0x7f { return "'\(Character(Unicode.Scalar(byte)))'" }
        return "byte 0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
}
