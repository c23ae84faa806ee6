/// An amount of a resource, exact to a billionth: `500m`, `1.5Gi`, `2e3` (`defaults.md`, section 6).
///
/// Parsing rounds away from zero to billionths and caps binary amounts at 2^63 − 1, as Kubernetes does.
public struct Quantity: Hashable, Sendable {
    /// The amount times 10^9.
    public let nano: Int128
    /// The family of suffixes that it is written with.
    public let format: Format

    /// How an amount is written.
    public enum Format: Hashable, Sendable {
        /// `n u m`, none, `k M G T P E`.
        case decimalSI
        /// `Ki Mi Gi Ti Pi Ei`; amounts below 1,024 and fractions are written as `decimalSI`.
        case binarySI
        /// `e3`, `e-6`, in multiples of three.
        case decimalExponent
    }

    public init(nano: Int128, format: Format = .decimalSI) {
        self.nano = nano
        self.format = format
    }

    /// Whole units, rounded away from zero.
    public var value: Int128 { Self.divide(nano, by: 1_000_000_000) }

    /// Thousandths, rounded away from zero.
    public var milliValue: Int128 { Self.divide(nano, by: 1_000_000) }

    static func divide(_ amount: Int128, by divisor: Int128) -> Int128 {
        let (quotient, remainder) = amount.quotientAndRemainder(dividingBy: divisor)
        return remainder == 0 ? quotient : quotient + amount.signum()
    }
}

extension Quantity: Comparable {
    /// By amount, whatever the format.
    public static func < (left: Quantity, right: Quantity) -> Bool { left.nano < right.nano }
}

extension Quantity: CustomStringConvertible {
    /// The canonical form: no fraction, the largest suffix that loses nothing.
    public var description: String {
        guard nano != 0 else { return "0" }
        let unit: Int128 = 1_000_000_000
        if format == .binarySI, nano % unit == 0, (nano / unit).magnitude >= 1024 {
            return Self.scaled(nano / unit, by: 1024, suffixes: ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"])
        }
        guard format == .decimalExponent else {
            return Self.scaled(nano, by: 1000, suffixes: ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"])
        }
        let exponents = stride(from: -9, through: 36, by: 3).map { $0 == 0 ? "" : "e\($0)" }
        return Self.scaled(nano, by: 1000, suffixes: exponents)
    }

    private static func scaled(_ amount: Int128, by factor: Int128, suffixes: [String]) -> String {
        var amount = amount
        var step = 0
        while step + 1 < suffixes.count, amount % factor == 0 {
            amount /= factor
            step += 1
        }
        return "\(amount)\(suffixes[step])"
    }
}
