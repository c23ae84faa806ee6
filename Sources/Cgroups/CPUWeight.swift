/// `cpu.weight` of cgroup v2, 1 … 10000.
public struct CPUWeight: Hashable, Sendable {
    public let value: UInt64

    /// From v1 shares, 2 … 262144, not 0: the curve of opencontainers/cgroups 0.0.3 and crun 1.23, which takes the default of one version
    /// (1024) to that of the other (100) and keeps both ends: with l = log2(shares), 10 to the power (l² + 125 l) / 612 − 7/34, rounded up.
    public init(shares: UInt64) {
        if shares <= 2 {
            value = 1
        } else if shares >= 262_144 {
            value = 10_000
        } else {
            let logarithm = Self.log2(Double(shares))
            let exponent = (logarithm * logarithm + 125 * logarithm) / 612 - 7.0 / 34
            let exact = Self.exp2(exponent * Self.log2(10))
            // The curve meets whole numbers at 1024 and the ends; an error of the last bit must not round those up.
            value = UInt64((exact - 1e-9).rounded(.up))
        }
    }

    /// log₂ by squaring the mantissa, one bit of the result at a time: the C library's is not for this layer, and 52 rounds are nothing.
    private static func log2(_ number: Double) -> Double {
        var result = Double(number.exponent)
        var mantissa = number.significand
        var bit = 0.5
        for _ in 0..<52 {
            mantissa *= mantissa
            if mantissa >= 2 {
                mantissa /= 2
                result += bit
            }
            bit /= 2
        }
        return result
    }

    /// 2 to a power between 0 and 14: the whole part exactly, the rest by roots of 2, one bit at a time.
    private static func exp2(_ exponent: Double) -> Double {
        let whole = exponent.rounded(.down)
        var rest = exponent - whole
        var result = Double(sign: .plus, exponent: Int(whole), significand: 1)
        var root = 2.0.squareRoot()
        for _ in 0..<52 {
            rest *= 2
            if rest >= 1 {
                rest -= 1
                result *= root
            }
            root.formSquareRoot()
        }
        return result
    }
}
