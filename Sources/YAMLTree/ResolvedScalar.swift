/// The type of a plain scalar by its text, as YAML 1.1 has it in Kubernetes' tools: what `kubectl` takes for a boolean is one here.
///
/// - null: nothing, `~`, `null`, `Null`, `NULL`.
/// - booleans: `true`, `yes`, `on`, `y` and `false`, `no`, `off`, `n`, each also capitalized or in capitals.
/// - integers: decimal, `0x…`, `0o…`, `0b…`, octal with a leading `0`; signed, with `_` anywhere behind the first digit. Exact, also beyond 64 bits.
/// - floats as `1.5`, `.5`, `1e3`; exact as well, since nothing is computed.
/// - everything else is a string: dates, `1:30`, `0x` with no digits.
///
/// Refused are `.inf` and `.nan`, which JSON lacks, and `0` before digits of which one is 8 or 9, which some readers take for decimal.
enum ResolvedScalar: Equatable {
    case null
    case bool(Bool)
    /// The text in JSON's grammar.
    case number(String, isInteger: Bool)
    case merge
    case string
    /// Why it is refused.
    case refused(String)

    init(plain text: UnsafeBufferPointer<UInt8>) {
        // All words and the beginnings of numbers are ASCII.
        guard let first = text.first else {
            self = .null
            return
        }
        switch first {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            self = Self.number(String(decoding: text, as: UTF8.self))
        default:
            self = text.count <= 5 ? Self.word(String(decoding: text, as: UTF8.self)) : .string
        }
    }

    private static func word(_ text: String) -> ResolvedScalar {
        switch text {
        case "~", "null", "Null", "NULL": .null
        case "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON", "y", "Y": .bool(true)
        case "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF", "n", "N": .bool(false)
        case "<<": .merge
        default: .string
        }
    }

    private static func number(_ text: String) -> ResolvedScalar {
        switch text {
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF", ".nan", ".NaN", ".NAN":
            return .refused("there is no number '\(text)' in JSON: put it in quotes where it is a string")
        default: break
        }
        let bytes = text.utf8.filter { $0 != UInt8(ascii: "_") }
        let isNegative = bytes.first == UInt8(ascii: "-")
        let digits = isNegative || bytes.first == UInt8(ascii: "+") ? bytes[1...] : bytes[...]
        if let magnitude = integer(digits) { return .number(sign(isNegative, magnitude), isInteger: true) }
        guard let decimal = Decimal(digits) else { return .string }
        if decimal.isInteger, digits.first == UInt8(ascii: "0"), digits.count > 1 {
            return .refused("'\(text)' begins as an octal number and is none: put it in quotes where it is a string")
        }
        return .number((isNegative ? "-" : "") + decimal.text, isInteger: decimal.isInteger)
    }

    private static func sign(_ isNegative: Bool, _ magnitude: UInt64) -> String {
        (isNegative && magnitude != 0 ? "-" : "") + String(magnitude)
    }

    /// nil for what is no integer of 64 bits in one of the notations.
    private static func integer(_ digits: ArraySlice<UInt8>) -> UInt64? {
        guard digits.first == UInt8(ascii: "0"), digits.count > 1 else { return magnitude(digits, radix: 10) }
        switch digits[digits.startIndex + 1] {
        case UInt8(ascii: "x"), UInt8(ascii: "X"): return magnitude(digits.dropFirst(2), radix: 16)
        case UInt8(ascii: "o"), UInt8(ascii: "O"): return magnitude(digits.dropFirst(2), radix: 8)
        case UInt8(ascii: "b"), UInt8(ascii: "B"): return magnitude(digits.dropFirst(2), radix: 2)
        default: return magnitude(digits.dropFirst(), radix: 8)
        }
    }

    private static func magnitude(_ digits: ArraySlice<UInt8>, radix: UInt64) -> UInt64? {
        guard !digits.isEmpty else { return nil }
        var magnitude: UInt64 = 0
        for digit in digits {
            guard digit < 0x80, let value = Character(Unicode.Scalar(digit)).hexDigitValue, value < radix else { return nil }
            let (product, overflow) = magnitude.multipliedReportingOverflow(by: radix)
            let (sum, carry) = product.addingReportingOverflow(UInt64(value))
            if overflow || carry { return nil }
            magnitude = sum
        }
        return magnitude
    }
}

/// `digits[.digits][e[sign]digits]` or `.digits…`, brought into JSON's grammar.
private struct Decimal {
    let text: String
    let isInteger: Bool

    /// nil for what is none; without a sign.
    init?(_ bytes: ArraySlice<UInt8>) {
        func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        let whole = bytes.prefix(while: isDigit)
        var rest = bytes[whole.endIndex...]
        var fraction: ArraySlice<UInt8> = []
        let hasPoint = rest.first == UInt8(ascii: ".")
        if hasPoint {
            fraction = rest.dropFirst().prefix(while: isDigit)
            rest = rest[fraction.endIndex...]
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        var exponent: ArraySlice<UInt8> = []
        if let letter = rest.first, letter | 0x20 == UInt8(ascii: "e") {
            exponent = rest
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
            guard !rest.isEmpty else { return nil }
            rest = rest.drop(while: isDigit)
        }
        guard rest.isEmpty else { return nil }
        let significant = whole.drop { $0 == UInt8(ascii: "0") }
        var text = significant.isEmpty ? "0" : String(decoding: significant, as: UTF8.self)
        if !fraction.isEmpty { text += "." + String(decoding: fraction, as: UTF8.self) }
        self.text = text + String(decoding: exponent, as: UTF8.self)
        isInteger = !hasPoint && exponent.isEmpty
    }
}
