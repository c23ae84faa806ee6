/// Reads an extended regular expression: choices of sequences of repeated atoms.
struct PatternParser {
    private let text: [UInt8]
    private var next = 0
    private var depth = 0

    init(_ text: [UInt8]) { self.text = text }

    mutating func parse() throws(PatternError) -> Pattern.Node {
        if text.count > 1024 { throw PatternError("it is longer than 1024 bytes") }
        let node = try parseChoice()
        if next < text.count { throw PatternError("a ')' without '('") }
        return node
    }

    private var current: UInt8? { next < text.count ? text[next] : nil }

    private mutating func take(_ byte: Unicode.Scalar) -> Bool {
        guard current == UInt8(ascii: byte) else { return false }
        next += 1
        return true
    }

    private mutating func parseChoice() throws(PatternError) -> Pattern.Node {
        var sequences = [try parseSequence()]
        while take("|") { sequences.append(try parseSequence()) }
        return sequences.count == 1 ? sequences[0] : .choice(sequences)
    }

    private mutating func parseSequence() throws(PatternError) -> Pattern.Node {
        var nodes: [Pattern.Node] = []
        while let byte = current, byte != UInt8(ascii: "|"), byte != UInt8(ascii: ")") || depth == 0 {
            if byte == UInt8(ascii: ")") { throw PatternError("a ')' without '('") }
            nodes.append(try parseRepeated())
        }
        return .sequence(nodes)
    }

    private mutating func parseRepeated() throws(PatternError) -> Pattern.Node {
        var node = try parseAtom()
        while true {
            if take("*") {
                node = .repeated(node, from: 0, to: nil)
            } else if take("+") {
                node = .repeated(node, from: 1, to: nil)
            } else if take("?") {
                node = .repeated(node, from: 0, to: 1)
            } else if take("{") {
                node = try parseBounds(of: node)
            } else {
                return node
            }
        }
    }

    private mutating func parseBounds(of node: Pattern.Node) throws(PatternError) -> Pattern.Node {
        guard let least = parseNumber() else { throw PatternError("a '{' without a number") }
        let most: Int? = take(",") ? parseNumber() : least
        guard take("}") else { throw PatternError("a '{' without '}'") }
        // RE_DUP_MAX of regex(7).
        guard least <= 255, (most ?? least) <= 255, (most ?? least) >= least else { throw PatternError("bounds beyond 0 to 255") }
        return .repeated(node, from: least, to: most)
    }

    private mutating func parseNumber() -> Int? {
        var number: Int?
        while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte), number ?? 0 < 1000 {
            number = (number ?? 0) * 10 + Int(byte - UInt8(ascii: "0"))
            next += 1
        }
        return number
    }

    private mutating func parseAtom() throws(PatternError) -> Pattern.Node {
        guard let byte = current else { throw PatternError("it ends too early") }
        next += 1
        switch byte {
        case UInt8(ascii: "."): return .any
        case UInt8(ascii: "^"): return .start
        case UInt8(ascii: "$"): return .end
        case UInt8(ascii: "["): return try parseBrackets()
        case UInt8(ascii: "("): return try parseGroup()
        case UInt8(ascii: "\\"): return try parseEscape()
        case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"), UInt8(ascii: "{"):
            throw PatternError("nothing before '\(Unicode.Scalar(byte))' to repeat")
        default: return .byte(byte)
        }
    }

    private mutating func parseGroup() throws(PatternError) -> Pattern.Node {
        depth += 1
        if depth > 32 { throw PatternError("more than 32 '(' in each other") }
        let node = try parseChoice()
        depth -= 1
        guard take(")") else { throw PatternError("a '(' without ')'") }
        return node
    }

    private mutating func parseEscape() throws(PatternError) -> Pattern.Node {
        guard let byte = current else { throw PatternError("a '\\' with nothing behind it") }
        // A letter or digit would be an extension that we do not know.
        if byte >= 0x80 || Self.isAlphanumeric(byte) { throw PatternError("'\\\(Unicode.Scalar(byte))' is not supported") }
        next += 1
        return .byte(byte)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }

    private mutating func parseBrackets() throws(PatternError) -> Pattern.Node {
        let inverted = take("^")
        var ranges: [ClosedRange<UInt8>] = []
        while let byte = current {
            next += 1
            if byte == UInt8(ascii: "]"), !ranges.isEmpty { return .oneOf(ranges, inverted: inverted) }
            if byte == UInt8(ascii: "["), let kind = current, ":.=".utf8.contains(kind) {
                throw PatternError("classes as [:digit:] are not supported")
            }
            guard current == UInt8(ascii: "-"), next + 1 < text.count, text[next + 1] != UInt8(ascii: "]") else {
                ranges.append(byte...byte)
                continue
            }
            let last = text[next + 1]
            next += 2
            guard byte <= last else { throw PatternError("a range that ends before it begins") }
            ranges.append(byte...last)
        }
        throw PatternError("a '[' without ']'")
    }
}
