internal import LinuxKernel

/// Sixteen bytes that name a store or a boot.
struct Identifier: Hashable, Sendable {
    var first: UInt64
    var second: UInt64

    /// A new one that nobody else has.
    static func random() throws(KernelError) -> Identifier {
        Identifier(first: try randomNumber(), second: try randomNumber())
    }

    init(first: UInt64, second: UInt64) {
        self.first = first
        self.second = second
    }

    /// From a text of 32 hexadecimal digits, with or without hyphens, as the kernel writes its boot id; nil for anything else.
    init?(hexadecimal text: String) {
        let digits = text.filter { $0 != "-" }
        guard digits.utf8.count == 32, let first = UInt64(digits.prefix(16), radix: 16),
            let second = UInt64(digits.suffix(16), radix: 16)
        else { return nil }
        self.init(first: first, second: second)
    }
}

extension Identifier: CustomStringConvertible {
    var description: String { hexadecimal(first) + hexadecimal(second) }
}

/// Sixteen digits. One by one: the standard library's generic way costs a short-lived process more type metadata than the digits are worth.
func hexadecimal(_ number: UInt64) -> String {
    String(unsafeUninitializedCapacity: 16) { buffer in
        for place in 0..<16 {
            let digit = UInt8(truncatingIfNeeded: number >> UInt64(60 - 4 * place)) & 15
            buffer[place] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
        }
        return 16
    }
}
