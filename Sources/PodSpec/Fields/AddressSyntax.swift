/// Addresses as text: dotted IPv4 (RFC 6943, strict form) and IPv6 (RFC 4291, section 2.2), without zones.
enum AddressSyntax {
    /// Four numbers up to 255, none with a leading zero, which some programs take for octal.
    static func isIPv4(_ text: String) -> Bool { isIPv4(text.utf8[...]) }

    /// Eight groups of up to four hexadecimal digits; once `::` for one or more zero groups; an IPv4 address may stand for the last two.
    static func isIPv6(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard let gap = firstGap(in: bytes) else { return groups(bytes[...], mayEndInIPv4: true) == 8 }
        guard let before = groups(bytes[..<gap], mayEndInIPv4: false), let after = groups(bytes[(gap + 2)...], mayEndInIPv4: true)
        else { return false }
        return before + after <= 7
    }

    private static func isIPv4(_ text: some Collection<UInt8>) -> Bool {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                (1...3).contains(part.count) && part.allSatisfy(Syntax.isDigit)
                    && (part.count == 1 || part.first != UInt8(ascii: "0"))
                    && part.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) } <= 255
            }
    }

    private static func firstGap(in bytes: [UInt8]) -> Int? {
        bytes.indices.dropLast().first { bytes[$0] == UInt8(ascii: ":") && bytes[$0 + 1] == UInt8(ascii: ":") }
    }

    /// How many groups of 16 bits a part without `::` has; nil where it is wrong.
    private static func groups(_ text: ArraySlice<UInt8>, mayEndInIPv4: Bool) -> Int? {
        guard !text.isEmpty else { return 0 }
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        var count = 0
        for (ordinal, part) in parts.enumerated() {
            if mayEndInIPv4, ordinal == parts.count - 1, isIPv4(part) {
                count += 2
            } else {
                guard (1...4).contains(part.count), part.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit && $0 < 0x80 })
                else { return nil }
                count += 1
            }
        }
        return count
    }
}
