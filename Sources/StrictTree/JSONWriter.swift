/// Writes JSON in the order of the calls; strings are escaped as RFC 8259 asks and no more, integers are exact.
public struct JSONWriter {
    /// What has been written so far.
    public internal(set) var bytes: [UInt8] = []
    private let layout: Layout
    private var depth = 0
    private var isFirst = true

    /// How elements and members are set apart.
    public enum Layout: Sendable {
        /// Everything on one line, without spaces.
        case compact
        /// One per line, behind this many spaces for each level; runc's `state` has two.
        case spaces(Int)
        /// One per line, behind a tab for each level; runc's `spec`.
        case tabs
    }

    public init(_ layout: Layout = .compact) { self.layout = layout }

    public var string: String { String(decoding: bytes, as: UTF8.self) }
}

extension JSONWriter {
    /// An object, or an element that is one; `body` writes its members.
    public mutating func object(_ body: (inout JSONWriter) -> Void) {
        separate()
        enclose(UInt8(ascii: "{"), UInt8(ascii: "}"), body)
    }

    /// An array, or an element that is one; `body` writes its elements.
    public mutating func array(_ body: (inout JSONWriter) -> Void) {
        separate()
        enclose(UInt8(ascii: "["), UInt8(ascii: "]"), body)
    }

    public mutating func element(_ value: String) {
        separate()
        quote(value)
    }

    public mutating func element(_ value: Bool) {
        separate()
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    /// A number or a word as it stands in a document that was parsed.
    mutating func scalarElement(_ text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
    }

    @inlinable
    public mutating func element(_ value: some FixedWidthInteger) {
        element(isNegative: value < 0, UInt64(value.magnitude))
    }

    @usableFromInline
    mutating func element(isNegative: Bool, _ magnitude: UInt64) {
        separate()
        append(isNegative: isNegative, magnitude)
    }
}

extension JSONWriter {
    /// A member that is an object.
    public mutating func object(_ key: String, _ body: (inout JSONWriter) -> Void) {
        name(key)
        enclose(UInt8(ascii: "{"), UInt8(ascii: "}"), body)
    }

    /// A member that is an array.
    public mutating func array(_ key: String, _ body: (inout JSONWriter) -> Void) {
        name(key)
        enclose(UInt8(ascii: "["), UInt8(ascii: "]"), body)
    }

    /// A member, left out for nil.
    public mutating func member(_ key: String, _ value: String?) {
        guard let value else { return }
        name(key)
        quote(value)
    }

    /// A member, left out for nil.
    public mutating func member(_ key: String, _ value: Bool?) {
        guard let value else { return }
        name(key)
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    /// A member, left out for nil.
    @inlinable
    public mutating func member(_ key: String, _ value: (some FixedWidthInteger)?) {
        guard let value else { return }
        member(key, isNegative: value < 0, UInt64(value.magnitude))
    }

    /// The one that is not generic: what calls the other knows its type, and so needs no metadata at run time.
    @usableFromInline
    mutating func member(_ key: String, isNegative: Bool, _ magnitude: UInt64) {
        name(key)
        append(isNegative: isNegative, magnitude)
    }

    /// A number as it stands in a document that was parsed.
    mutating func scalarMember(_ key: String, _ text: String) {
        name(key)
        bytes.append(contentsOf: text.utf8)
    }

    /// A member that is an array of strings, left out for nil, written when empty.
    public mutating func member(_ key: String, _ values: [String]?) {
        guard let values else { return }
        array(key) { json in
            for value in values { json.element(value) }
        }
    }
}

extension JSONWriter {
    mutating func name(_ key: String) {
        separate()
        quote(key)
        bytes.append(UInt8(ascii: ":"))
        if case .compact = layout { return }
        bytes.append(UInt8(ascii: " "))
    }

    mutating func enclose(_ opener: UInt8, _ closer: UInt8, _ body: (inout JSONWriter) -> Void) {
        bytes.append(opener)
        depth += 1
        isFirst = true
        body(&self)
        depth -= 1
        // Nothing written: `{}` and `[]` stay on their line.
        if !isFirst { breakLine() }
        bytes.append(closer)
        isFirst = false
    }

    mutating func separate() {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
        if depth > 0 { breakLine() }
    }

    private mutating func breakLine() {
        switch layout {
        case .compact: return
        case .spaces(let width): breakLine(UInt8(ascii: " "), depth * width)
        case .tabs: breakLine(UInt8(ascii: "\t"), depth)
        }
    }

    private mutating func breakLine(_ filler: UInt8, _ count: Int) {
        bytes.append(UInt8(ascii: "\n"))
        for _ in 0..<count { bytes.append(filler) }
    }

    /// Digit by digit: the standard library's generic `description` costs a short-lived process a tenth of a millisecond of type metadata.
    private mutating func append(isNegative: Bool, _ magnitude: UInt64) {
        if isNegative { bytes.append(UInt8(ascii: "-")) }
        var scale: UInt64 = 1
        while magnitude / scale >= 10 { scale *= 10 }
        while scale > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(magnitude / scale % 10))
            scale /= 10
        }
    }

    mutating func quote(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(contentsOf: [UInt8(ascii: "\\"), byte])
            case 0x08: bytes.append(contentsOf: "\\b".utf8)
            case 0x09: bytes.append(contentsOf: "\\t".utf8)
            case 0x0a: bytes.append(contentsOf: "\\n".utf8)
            case 0x0c: bytes.append(contentsOf: "\\f".utf8)
            case 0x0d: bytes.append(contentsOf: "\\r".utf8)
            case 0..<0x20, 0x7f: bytes.append(contentsOf: ("\\u00" + (byte < 16 ? "0" : "") + String(byte, radix: 16)).utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
