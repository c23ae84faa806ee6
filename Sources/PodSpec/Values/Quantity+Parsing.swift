extension Quantity {
    /// nil for what is no quantity, and for amounts beyond 10^28 or so.
    public init?(_ text: String) {
        var rest = Substring(text)
        let isNegative = rest.first == "-"
        if isNegative || rest.first == "+" { rest.removeFirst() }
        guard let mantissa = Mantissa(&rest), let suffix = Suffix(rest) else { return nil }
        guard let magnitude = mantissa.nano(suffix) else { return nil }
        let cap = Int128(Int64.max) * 1_000_000_000
        let capped = suffix.format == .binarySI ? min(magnitude, cap) : magnitude
        self.init(nano: isNegative ? -capped : capped, format: suffix.format)
    }
}

/// `digits[.digits]`, `.digits` or `digits.`: an integer and how many of its digits are behind the point.
private struct Mantissa {
    var digits: Int128 = 0
    var fraction = 0
    /// Digits too small to count were left out, and not all were zero.
    var isMore = false

    /// Takes the number from the front of the text; nil where there is none, or where it has more than 30 digits before the point.
    init?(_ text: inout Substring) {
        var seen = 0
        var isBehindPoint = false
        while let byte = text.utf8.first {
            if byte == UInt8(ascii: "."), !isBehindPoint {
                isBehindPoint = true
            } else if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
                seen += 1
                let digit = Int128(byte - UInt8(ascii: "0"))
                if digits < 1_000_000_000_000_000_000_000_000_000_000 {
                    digits = digits * 10 + digit
                    if isBehindPoint { fraction += 1 }
                } else if isBehindPoint {
                    isMore = isMore || digit != 0
                } else {
                    return nil
                }
            } else {
                break
            }
            text = Substring(text.utf8.dropFirst())
        }
        guard seen > 0 else { return nil }
    }

    /// Rounded up; nil for what does not fit.
    func nano(_ suffix: Suffix) -> Int128? {
        guard digits != 0 else { return isMore ? 1 : 0 }
        let (scaled, overflow) = digits.multipliedReportingOverflow(by: suffix.factor)
        guard !overflow else { return nil }
        let power = 9 + suffix.exponent - fraction
        if power >= 0 {
            guard let factor = Self.powerOfTen(power) else { return nil }
            let (product, overflow) = scaled.multipliedReportingOverflow(by: factor)
            return overflow ? nil : product + (isMore ? 1 : 0)
        }
        guard let divisor = Self.powerOfTen(-power) else { return 1 }
        let (quotient, remainder) = scaled.quotientAndRemainder(dividingBy: divisor)
        return quotient + (remainder != 0 || isMore ? 1 : 0)
    }

    /// nil where it does not fit in 128 bits.
    private static func powerOfTen(_ exponent: Int) -> Int128? {
        exponent > 38 ? nil : (0..<exponent).reduce(1) { power, _ in power * 10 }
    }
}

/// What stands behind the number.
private struct Suffix {
    var factor: Int128 = 1
    var exponent = 0
    var format = Quantity.Format.decimalSI

    init?(_ text: Substring) {
        if let power = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"].firstIndex(where: { $0 == text }) {
            factor = 1 << (10 * (Int128(power) + 1))
            format = .binarySI
        } else if let step = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"].firstIndex(where: { $0 == text }) {
            exponent = 3 * step - 9
        } else if let letter = text.utf8.first, letter | 0x20 == UInt8(ascii: "e"), let written = Self.signed(text.dropFirst()) {
            exponent = written
            format = .decimalExponent
        } else {
            return nil
        }
    }

    /// Digits with an optional sign; far ones are all the same to a number of billionths.
    private static func signed(_ text: Substring) -> Int? {
        let digits = text.first == "-" || text.first == "+" ? text.dropFirst() : text
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        let magnitude = min(Int(digits.prefix(12)) ?? 0, 1000)
        return text.first == "-" ? -magnitude : magnitude
    }
}
