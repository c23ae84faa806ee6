/// Reads the elements of ITU-T X.690's distinguished encoding, one after the other: each length in its shortest form, nothing else is one.
struct DER {
    static let sequence: UInt8 = 0x30
    static let integer: UInt8 = 0x02
    static let bitString: UInt8 = 0x03
    static let octetString: UInt8 = 0x04
    static let null: UInt8 = 0x05
    static let objectIdentifier: UInt8 = 0x06

    private var rest: ArraySlice<UInt8>

    init(_ bytes: some Collection<UInt8>) { rest = ArraySlice(bytes) }

    var isAtEnd: Bool { rest.isEmpty }

    /// The tag of the next element.
    var tag: UInt8? { rest.first }

    /// The contents of the next element, which must have this tag; nil where it does not, or is not all there.
    mutating func element(_ tag: UInt8) -> ArraySlice<UInt8>? {
        var bytes = rest
        guard bytes.popFirst() == tag, let first = bytes.popFirst() else { return nil }
        var length = Int(first)
        if first >= 0x80 {
            // Two bytes of length are far above what any key or signature has.
            let count = Int(first & 0x7f)
            guard (1...2).contains(count), bytes.count >= count else { return nil }
            length = bytes.prefix(count).reduce(0) { $0 << 8 | Int($1) }
            guard length >= (count == 1 ? 0x80 : 0x100) else { return nil }
            bytes = bytes.dropFirst(count)
        }
        guard bytes.count >= length else { return nil }
        rest = bytes.dropFirst(length)
        return bytes.prefix(length)
    }

    /// The only element that there is.
    static func only(_ tag: UInt8, in bytes: some Collection<UInt8>) -> ArraySlice<UInt8>? {
        var reader = DER(bytes)
        guard let element = reader.element(tag), reader.isAtEnd else { return nil }
        return element
    }

    /// A whole number that is not negative, without leading zeros; nil for what is none in its shortest form.
    static func magnitude(_ integer: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let first = integer.first, first < 0x80 else { return nil }
        guard first == 0, integer.count > 1 else { return integer }
        let second = integer[integer.startIndex + 1]
        return second >= 0x80 ? integer.dropFirst() : nil
    }

    /// An element of our own making, of at most 127 bytes.
    static func short(_ tag: UInt8, _ contents: [UInt8]) -> [UInt8] { [tag, UInt8(contents.count)] + contents }
}

extension DER {
    /// Dotted decimal, for messages; nil for what is no object identifier.
    static func dotted(_ identifier: ArraySlice<UInt8>) -> String? {
        var numbers: [UInt64] = []
        var number: UInt64 = 0
        for byte in identifier {
            guard number < 1 << 56 else { return nil }
            number = number << 7 | UInt64(byte & 0x7f)
            if byte < 0x80 {
                numbers.append(number)
                number = 0
            }
        }
        guard let first = numbers.first, (identifier.last ?? 0x80) < 0x80 else { return nil }
        let top = min(first / 40, 2)
        return ([top, first - top * 40] + numbers.dropFirst()).map(String.init).joined(separator: ".")
    }
}
