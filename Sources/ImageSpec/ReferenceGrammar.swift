/// The parts of an image's name, each by the grammar of distribution/reference.
enum ReferenceGrammar {
    /// `host[:port]`: names of letters, digits and inner dashes between dots, or an IPv6 address in brackets.
    static func isDomain(_ text: String) -> Bool {
        var host = text.utf8[...]
        if host.first == UInt8(ascii: "[") {
            guard let end = host.firstIndex(of: UInt8(ascii: "]")) else { return false }
            let address = host[host.index(after: host.startIndex)..<end]
            let isAddress = !address.isEmpty && address.allSatisfy { isHex($0) || $0 == UInt8(ascii: ":") }
            let rest = host[host.index(after: end)...]
            return isAddress && (rest.isEmpty || isPort(rest))
        }
        if let colon = host.firstIndex(of: UInt8(ascii: ":")) {
            guard isPort(host[colon...]) else { return false }
            host = host[..<colon]
        }
        return host.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
            guard let first = label.first, let last = label.last, isAlphanumeric(first), isAlphanumeric(last) else {
                return false
            }
            return label.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
        }
    }

    private static func isPort(_ text: Substring.UTF8View) -> Bool {
        text.count > 1 && text.first == UInt8(ascii: ":") && text.dropFirst().allSatisfy(isDigit)
    }

    /// Components of lower-case letters and digits, in which one of `.`, `_`, `__` or dashes stands between two others.
    static func isPath(_ text: Substring) -> Bool {
        text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy(isComponent)
    }

    private static func isComponent(_ text: Substring.UTF8View) -> Bool {
        var separator: [UInt8] = []
        guard let first = text.first, isLowerAlphanumeric(first) else { return false }
        for byte in text {
            if isLowerAlphanumeric(byte) {
                guard separator.isEmpty || isSeparator(separator) else { return false }
                separator = []
            } else {
                separator.append(byte)
            }
        }
        return separator.isEmpty
    }

    private static func isSeparator(_ bytes: [UInt8]) -> Bool {
        if bytes.allSatisfy({ $0 == UInt8(ascii: "-") }) { return true }
        return bytes == [UInt8(ascii: ".")] || bytes == [UInt8(ascii: "_")] || bytes == [UInt8(ascii: "_"), UInt8(ascii: "_")]
    }

    /// A letter, digit or underscore, then at most 127 of them, dots or dashes.
    static func isTag(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 128, isWord(first) else { return false }
        return text.utf8.allSatisfy { isWord($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    }

    /// `algorithm:hex` with 32 digits or more, known or not.
    static func looksLikeDigest(_ text: Substring) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 2, let first = parts[0].first, isAlphanumeric(first), !isDigit(first) else { return false }
        return parts[0].allSatisfy { isAlphanumeric($0) || "-_+.".utf8.contains($0) } && parts[1].count >= 32
            && parts[1].allSatisfy(isHex)
    }

    static func marksDomain(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ".") || byte == UInt8(ascii: ":") || isUpper(byte)
    }

    static func isUpper(_ byte: UInt8) -> Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }

    static func isLowerHex(_ byte: UInt8) -> Bool { isHex(byte) && !isUpper(byte) }

    private static func isWord(_ byte: UInt8) -> Bool { isAlphanumeric(byte) || byte == UInt8(ascii: "_") }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isLowerAlphanumeric(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool { isLowerAlphanumeric(byte) || isUpper(byte) }

    private static func isHex(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
            || (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(byte)
    }
}
