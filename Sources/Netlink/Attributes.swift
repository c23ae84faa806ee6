/// The attributes of one answer, or of one attribute that holds some: read with every length checked, since what comes over a socket is believed
/// only as far as it is whole.
public struct Attributes: Sequence, Sendable {
    /// One attribute: its type without the flag bits, and its value.
    public struct Attribute: Sendable {
        public let type: UInt16
        public let value: ArraySlice<UInt8>
    }

    private let all: [Attribute]

    /// nil where a length is smaller than a header or reaches behind the end. Up to three bytes of padding at the end are none.
    public init?(_ bytes: ArraySlice<UInt8>) {
        var found: [Attribute] = []
        var rest = bytes
        while rest.count >= NetlinkMessage.attributeHeader {
            let length = Int(rest.number(UInt16.self, at: 0))
            guard length >= NetlinkMessage.attributeHeader, length <= rest.count else { return nil }
            let type = rest.number(UInt16.self, at: 2) & 0x3fff
            let start = rest.startIndex
            found.append(Attribute(type: type, value: rest[(start + NetlinkMessage.attributeHeader)..<(start + length)]))
            rest = rest.dropFirst((length + 3) & ~3)
        }
        guard rest.isEmpty || rest.allSatisfy({ $0 == 0 }) else { return nil }
        all = found
    }

    public func makeIterator() -> IndexingIterator<[Attribute]> { all.makeIterator() }

    /// The value of the first attribute of a type.
    public subscript(_ type: UInt16) -> ArraySlice<UInt8>? { all.first { $0.type == type }?.value }

    /// The attributes inside the first of a type; nil where there is none, or where it is broken.
    public func nested(_ type: UInt16) -> Attributes? { self[type].flatMap(Attributes.init) }

    /// A number in the host's order; nil where it is not there or has another size.
    public func number<Number: FixedWidthInteger>(_ type: UInt16, as: Number.Type = Number.self) -> Number? {
        guard let value = self[type], value.count == MemoryLayout<Number>.size else { return nil }
        return value.number(Number.self, at: 0)
    }

    /// A number in network order; nil where it is not there or has another size.
    public func bigEndian<Number: FixedWidthInteger>(_ type: UInt16, as: Number.Type = Number.self) -> Number? {
        number(type, as: Number.self).map { Number(bigEndian: $0) }
    }

    /// A text up to its first NUL; nil where it is not there or no UTF-8.
    public func text(_ type: UInt16) -> String? {
        self[type].flatMap { String(validating: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}

extension ArraySlice<UInt8> {
    /// A number in the host's order at an offset from the slice's start, which must have it.
    func number<Number: FixedWidthInteger>(_: Number.Type, at offset: Int) -> Number {
        withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Number.self) }
    }
}
