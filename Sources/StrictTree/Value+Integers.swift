extension Value {
    /// An integer that fits in `Int64`, exactly.
    public var integer: Int64 {
        get throws(TreeError) { try integer(in: Int64.min...Int64.max) }
    }

    /// An integer that fits in `UInt64`, exactly.
    public var unsigned: UInt64 {
        get throws(TreeError) { try integer(in: UInt64.min...UInt64.max) }
    }

    /// An integer in a range. `1.0` and `1e2` are refused: what is not written as an integer is not one.
    @inlinable
    public func integer<T: FixedWidthInteger & Sendable>(in range: ClosedRange<T>) throws(TreeError) -> T {
        if let written = try writtenInteger {
            let value =
                if !written.isNegative {
                    T(exactly: written.magnitude)
                } else if written.magnitude <= 1 << 63 {
                    T(exactly: Int64(truncatingIfNeeded: 0 &- written.magnitude))
                } else {
                    nil as T?
                }
            if let value, range.contains(value) { return value }
        }
        throw outOfRange(from: "\(range.lowerBound)", to: "\(range.upperBound)")
    }

    /// nil for a magnitude above 2^64 − 1.
    @usableFromInline
    var writtenInteger: (isNegative: Bool, magnitude: UInt64)? {
        get throws(TreeError) {
            guard kind == .number else { throw failure(expected: "an integer") }
            guard node.flags.contains(.isInteger) else {
                throw failure("expected an integer, found \(excerpt); write it without fraction and exponent")
            }
            return document.withText(of: index, Self.parse)
        }
    }

    @usableFromInline
    func outOfRange(from lower: String, to upper: String) -> TreeError {
        failure(expected: "an integer from \(lower) to \(upper)")
    }

    private static func parse(_ text: UnsafeBufferPointer<UInt8>) -> (isNegative: Bool, magnitude: UInt64)? {
        let isNegative = text.first == UInt8(ascii: "-")
        var magnitude: UInt64 = 0
        for byte in text.dropFirst(isNegative ? 1 : 0) {
            let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(byte &- UInt8(ascii: "0")))
            if overflow || carry { return nil }
            magnitude = sum
        }
        return (isNegative, magnitude)
    }
}
