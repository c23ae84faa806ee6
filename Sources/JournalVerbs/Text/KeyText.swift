/// A key as text that any terminal and any line takes, and back.
///
/// What can be printed stands for itself, a backslash for `\\`, a newline, tab and return for `\n`, `\t` and `\r`, every other byte for `\xNN`.
public enum KeyText {
    public static func string(_ bytes: [UInt8]) -> String {
        // Most keys are plain.
        if bytes.allSatisfy({ (0x20...0x7e).contains($0) && $0 != UInt8(ascii: "\\") }) {
            return String(decoding: bytes, as: UTF8.self)
        }
        var text = String.UnicodeScalarView()
        var rest = bytes[...]
        while let byte = rest.first {
            guard let (scalar, count) = Self.scalar(rest) else {
                append(&text, byte)
                rest.removeFirst()
                continue
            }
            switch scalar {
            case "\\": text.append(contentsOf: "\\\\".unicodeScalars)
            case "\n": text.append(contentsOf: "\\n".unicodeScalars)
            case "\t": text.append(contentsOf: "\\t".unicodeScalars)
            case "\r": text.append(contentsOf: "\\r".unicodeScalars)
            case _ where isPrintable(scalar): text.append(scalar)
            default: for byte in rest.prefix(count) { append(&text, byte) }
            }
            rest.removeFirst(count)
        }
        return String(text)
    }

    /// The bytes of such a text; nil for an escape that there is not.
    public static func bytes(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                bytes.append(byte)
                continue
            }
            switch rest.popFirst() {
            case UInt8(ascii: "\\"): bytes.append(byte)
            case UInt8(ascii: "n"): bytes.append(0x0a)
            case UInt8(ascii: "t"): bytes.append(0x09)
            case UInt8(ascii: "r"): bytes.append(0x0d)
            case UInt8(ascii: "x"):
                guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else { return nil }
                bytes.append(high << 4 | low)
            default: return nil
            }
        }
        return bytes
    }

    /// Whether a terminal shows it and nothing else happens: no control, no change of direction, nothing that is no character.
    static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x7f { return scalar.value >= 0x20 }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: return false
        default: return true
        }
    }

    /// The first scalar with its length in bytes; nil where the bytes are not UTF-8.
    static func scalar(_ bytes: ArraySlice<UInt8>) -> (Unicode.Scalar, Int)? {
        var decoder = UTF8()
        var iterator = bytes.prefix(4).makeIterator()
        guard case .scalarValue(let scalar) = decoder.decode(&iterator) else { return nil }
        return (scalar, UTF8.width(scalar))
    }

    static func append(_ text: inout String.UnicodeScalarView, _ byte: UInt8) {
        let digits = String(byte, radix: 16)
        text.append(contentsOf: ("\\x" + (byte < 16 ? "0" : "") + digits).unicodeScalars)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
