/// The grammars of names in the Pod API (`defaults.md`, section 2). Each is a predicate with the words that say what it wants.
struct Syntax: Sendable {
    /// What is expected, for messages.
    let phrase: String
    let accepts: @Sendable (String) -> Bool

    static let label = Syntax(phrase: "lower case letters, digits and '-', at most 63, with a letter or digit at both ends") {
        isLabel($0.utf8)
    }

    static let subdomain = Syntax(
        phrase: "lower case letters, digits, '-' and '.', at most 253, with a letter or digit at the ends of each part",
        accepts: isSubdomain)

    static let portName = Syntax(
        phrase: "lower case letters, digits and single '-', at most 15, with a letter, and none of '-' at the ends"
    ) { name in
        (1...15).contains(name.utf8.count) && name.utf8.allSatisfy { isLowerAlphanumeric($0) || $0 == dash }
            && name.utf8.contains(where: isLower) && name.utf8.first != dash && name.utf8.last != dash && !name.contains("--")
    }

    static let labelKey = Syntax(
        phrase: "a name of letters, digits, '-', '_' and '.', at most 63, and before it perhaps a domain and '/'",
        accepts: isQualifiedName)

    static let labelValue = Syntax(
        phrase: "letters, digits, '-', '_' and '.', at most 63, with a letter or digit at both ends, or nothing"
    ) { $0.isEmpty || isQualifiedPart($0.utf8) }

    static let environmentName = Syntax(phrase: "printable ASCII characters without '='") { name in
        !name.isEmpty && name.utf8.allSatisfy { (0x20...0x7e).contains($0) && $0 != UInt8(ascii: "=") }
    }

    static let sysctl = Syntax(
        phrase: "parts of lower case letters, digits, '-' and '_', joined by '.' or '/', at most 253"
    ) { name in
        name.utf8.count <= 253
            && name.utf8.split(omittingEmptySubsequences: false) { $0 == dot || $0 == slash }.allSatisfy { part in
                part.allSatisfy { isLowerAlphanumeric($0) || $0 == dash || $0 == underscore }
                    && part.first.map(isLowerAlphanumeric) == true && part.last.map(isLowerAlphanumeric) == true
            }
    }

    /// A domain of `dnsConfig.searches`: underscores are allowed, a dot at the end, and `.` alone.
    static let searchDomain = Syntax(phrase: "a domain name") { name in
        if name == "." { return true }
        let plain = name.utf8.last == dot ? String(name.dropLast()) : name
        return isSubdomain(String(decoding: plain.utf8.map { $0 == underscore ? UInt8(ascii: "x") : $0 }, as: UTF8.self))
    }

    static let address = Syntax(phrase: "an IPv4 or IPv6 address") { AddressSyntax.isIPv4($0) || AddressSyntax.isIPv6($0) }
}

extension Syntax {
    static let dash = UInt8(ascii: "-")
    static let dot = UInt8(ascii: ".")
    static let slash = UInt8(ascii: "/")
    static let underscore = UInt8(ascii: "_")

    @Sendable static func isLower(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }

    @Sendable static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    @Sendable static func isLowerAlphanumeric(_ byte: UInt8) -> Bool { isLower(byte) || isDigit(byte) }

    static func isAlphanumeric(_ byte: UInt8) -> Bool { isDigit(byte) || isLower(byte | 0x20) }

    static func isLabel(_ name: some BidirectionalCollection<UInt8>) -> Bool {
        guard (1...63).contains(name.count), let first = name.first, let last = name.last else { return false }
        return isLowerAlphanumeric(first) && isLowerAlphanumeric(last)
            && name.allSatisfy { isLowerAlphanumeric($0) || $0 == dash }
    }

    /// The parts have no limit of their own, only the whole.
    @Sendable static func isSubdomain(_ name: String) -> Bool {
        guard (1...253).contains(name.utf8.count) else { return false }
        return name.utf8.split(separator: dot, omittingEmptySubsequences: false).allSatisfy { part in
            guard let first = part.first, let last = part.last else { return false }
            return isLowerAlphanumeric(first) && isLowerAlphanumeric(last)
                && part.allSatisfy { isLowerAlphanumeric($0) || $0 == dash }
        }
    }

    @Sendable static func isQualifiedName(_ key: String) -> Bool {
        let parts = key.utf8.split(separator: slash, omittingEmptySubsequences: false)
        switch parts.count {
        case 1: return isQualifiedPart(parts[0])
        case 2: return isSubdomain(String(decoding: parts[0], as: UTF8.self)) && isQualifiedPart(parts[1])
        default: return false
        }
    }

    static func isQualifiedPart(_ name: some BidirectionalCollection<UInt8>) -> Bool {
        guard (1...63).contains(name.count), let first = name.first, let last = name.last else { return false }
        return isAlphanumeric(first) && isAlphanumeric(last)
            && name.allSatisfy { isAlphanumeric($0) || $0 == dash || $0 == dot || $0 == underscore }
    }
}

extension Syntax {
    /// The first bytes of ASCII text.
    static func cut(_ text: String, to count: Int) -> String { String(decoding: text.utf8.prefix(count), as: UTF8.self) }

    /// Without `-` and `.` at the end.
    static func trimmed(_ text: String) -> String {
        var bytes = Array(text.utf8)
        while let last = bytes.last, last == dash || last == dot { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}
