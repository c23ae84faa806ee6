/// Interpolation of integers into text, digit by digit. The standard library's own goes through generic code, whose type metadata costs a process
/// that lives for milliseconds a tenth of one; a module that imports this one gets these without a word.
extension DefaultStringInterpolation {
    public mutating func appendInterpolation(_ value: Int) { append(isNegative: value < 0, UInt64(value.magnitude)) }
    public mutating func appendInterpolation(_ value: Int32) { append(isNegative: value < 0, UInt64(value.magnitude)) }
    public mutating func appendInterpolation(_ value: Int64) { append(isNegative: value < 0, value.magnitude) }
    public mutating func appendInterpolation(_ value: UInt32) { append(isNegative: false, UInt64(value)) }
    public mutating func appendInterpolation(_ value: UInt64) { append(isNegative: false, value) }

    private mutating func append(isNegative: Bool, _ magnitude: UInt64) {
        // 20 digits and a sign at most; what fits into 15 bytes is a string without an allocation.
        appendLiteral(
            String(unsafeUninitializedCapacity: 21) { bytes in
                var rest = magnitude
                var start = 21
                repeat {
                    start -= 1
                    bytes.initializeElement(at: start, to: UInt8(ascii: "0") + UInt8(rest % 10))
                    rest /= 10
                } while rest > 0
                if isNegative {
                    start -= 1
                    bytes.initializeElement(at: start, to: UInt8(ascii: "-"))
                }
                let count = 21 - start
                for index in 0..<count { bytes.initializeElement(at: index, to: bytes[start + index]) }
                return count
            })
    }
}
