/// Durations as Go writes them, which users of kubectl know: `90s`, `1h30m`, `1.5h`, `300ms`; and days, `7d`.
enum DurationText {
    /// Nanoseconds; nil for anything else, a sign included, and for more than 292 years.
    static func nanoseconds(_ text: String) -> Int64? {
        var rest = Substring(text).utf8
        if rest.isEmpty { return nil }
        var total: Int64 = 0
        while !rest.isEmpty {
            guard let part = takePart(&rest) else { return nil }
            let (sum, isTooLarge) = total.addingReportingOverflow(part)
            if isTooLarge { return nil }
            total = sum
        }
        return total
    }

    private static func takePart(_ rest: inout Substring.UTF8View) -> Int64? {
        let whole = rest.prefix(while: isDigit)
        rest = rest.dropFirst(whole.count)
        var fraction = rest.prefix(0)
        if rest.first == UInt8(ascii: ".") {
            fraction = rest.dropFirst().prefix(while: isDigit)
            rest = rest.dropFirst(1 + fraction.count)
        }
        guard whole.count + fraction.count > 0, let unit = takeUnit(&rest), let number = number(whole) else { return nil }
        let (product, isTooLarge) = number.multipliedReportingOverflow(by: unit)
        let (sum, isTooLargeNow) = product.addingReportingOverflow(part(fraction, of: unit))
        return isTooLarge || isTooLargeNow ? nil : sum
    }

    private static func takeUnit(_ rest: inout Substring.UTF8View) -> Int64? {
        // Order: what begins as another unit does stands before it.
        let units: [(String, Int64)] = [
            ("ns", 1), ("us", 1000), ("\u{b5}s", 1000), ("\u{3bc}s", 1000), ("ms", 1_000_000), ("s", 1_000_000_000),
            ("m", 60_000_000_000), ("h", 3_600_000_000_000), ("d", 86_400_000_000_000),
        ]
        for (name, unit) in units where rest.starts(with: name.utf8) {
            rest = rest.dropFirst(name.utf8.count)
            return unit
        }
        return nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func number(_ digits: Substring.UTF8View) -> Int64? { digits.isEmpty ? 0 : Int64(String(Substring(digits))) }

    /// Digits behind a point, of which as many count as the unit has.
    private static func part(_ digits: Substring.UTF8View, of unit: Int64) -> Int64 {
        var scale: Double = 1
        var value: Double = 0
        for digit in digits.prefix(15) {
            scale /= 10
            value += Double(digit - UInt8(ascii: "0")) * scale
        }
        return Int64(value * Double(unit))
    }
}
