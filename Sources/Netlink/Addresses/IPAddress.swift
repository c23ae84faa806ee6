/// An IPv4 or IPv6 address.
public struct IPAddress: Hashable, Sendable {
    public enum Family: UInt8, Sendable {
        case v4 = 2
        case v6 = 10

        /// Bits of an address.
        public var width: Int { self == .v4 ? 32 : 128 }
    }

    public let family: Family
    /// The address as a number; of IPv4 the low 32 bits.
    let number: UInt128

    init(_ family: Family, _ number: UInt128) {
        self.family = family
        self.number = number
    }

    public init(v4 number: UInt32) { self.init(.v4, UInt128(number)) }

    /// nil for another number of bytes than 4 and 16.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.init(bytes.count == 4 ? .v4 : .v6, bytes.reduce(0) { $0 << 8 | UInt128($1) })
    }

    /// The address in network order: 4 or 16 bytes.
    public var bytes: [UInt8] {
        (0..<(family.width / 8)).map { UInt8(truncatingIfNeeded: number >> UInt128(family.width - 8 - $0 * 8)) }
    }

    /// `0.0.0.0` and `::`.
    public var isUnspecified: Bool { number == 0 }

    /// 127.0.0.0/8 and ::1.
    public var isLoopback: Bool { family == .v4 ? number >> 24 == 127 : number == 1 }

    /// fe80::/10 and 169.254.0.0/16.
    public var isLinkLocal: Bool { family == .v4 ? number >> 16 == 0xa9fe : number >> 118 == 0x3fa }

    public static func unspecified(_ family: Family) -> IPAddress { IPAddress(family, 0) }
}

extension IPAddress: CustomStringConvertible {
    /// Dotted numbers, or the text of RFC 5952.
    public var description: String {
        if family == .v4 { return bytes.map { "\($0)" }.joined(separator: ".") }
        let groups = (0..<8).map { UInt16(truncatingIfNeeded: number >> UInt128(112 - $0 * 16)) }
        // The longest run of at least two zero groups is shortened, the first of equals.
        var best = 0..<0
        var start = 0
        while start < 8 {
            let end = groups[start...].firstIndex { $0 != 0 } ?? 8
            if end - start > max(best.count, 1) { best = start..<end }
            start = max(end, start + 1)
        }
        let text = { (part: ArraySlice<UInt16>) in part.map { String($0, radix: 16) }.joined(separator: ":") }
        return best.isEmpty ? text(groups[...]) : text(groups[..<best.lowerBound]) + "::" + text(groups[best.upperBound...])
    }
}

extension IPAddress {
    /// Strict: four decimal numbers without leading zeros, or the forms of RFC 4291 without a zone. nil for anything else.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        if bytes.contains(UInt8(ascii: ":")) {
            guard let number = Self.parse6(bytes[...]) else { return nil }
            self.init(.v6, number)
        } else {
            guard let number = Self.parse4(bytes[...]) else { return nil }
            self.init(.v4, UInt128(number))
        }
    }

    private static func parse4(_ text: ArraySlice<UInt8>) -> UInt32? {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var number: UInt32 = 0
        for part in parts {
            guard (1...3).contains(part.count), part.count == 1 || part.first != UInt8(ascii: "0") else { return nil }
            var value: UInt32 = 0
            for digit in part {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
                value = value * 10 + UInt32(digit - UInt8(ascii: "0"))
            }
            guard value <= 255 else { return nil }
            number = number << 8 | value
        }
        return number
    }

    private static func parse6(_ text: ArraySlice<UInt8>) -> UInt128? {
        let colon = UInt8(ascii: ":")
        var halves: [ArraySlice<UInt8>] = [text]
        if let gap = text.indices.dropLast().first(where: { text[$0] == colon && text[$0 + 1] == colon }) {
            halves = [text[..<gap], text[(gap + 2)...]]
        }
        guard let head = groups6(halves[0], isLast: halves.count == 1),
            let tail = halves.count == 1 ? [] : groups6(halves[1], isLast: true)
        else { return nil }
        let missing = 8 - head.count - tail.count
        guard halves.count == 1 ? missing == 0 : missing >= 1 else { return nil }
        return (head + [UInt16](repeating: 0, count: max(missing, 0)) + tail).reduce(0) { $0 << 16 | UInt128($1) }
    }

    /// The groups between colons; the last may be an IPv4 address.
    private static func groups6(_ text: ArraySlice<UInt8>, isLast: Bool) -> [UInt16]? {
        if text.isEmpty { return [] }
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count <= 8 else { return nil }
        var groups: [UInt16] = []
        for (index, part) in parts.enumerated() {
            if isLast, index == parts.count - 1, part.contains(UInt8(ascii: ".")) {
                guard let number = parse4(part) else { return nil }
                groups += [UInt16(number >> 16), UInt16(truncatingIfNeeded: number)]
                continue
            }
            guard (1...4).contains(part.count), !part.contains(UInt8(ascii: "+")),
                let value = UInt16(String(decoding: part, as: UTF8.self), radix: 16)
            else { return nil }
            groups.append(value)
        }
        return groups
    }
}
