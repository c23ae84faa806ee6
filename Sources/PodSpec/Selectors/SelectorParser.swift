/// Reads the string form of a label selector from left to right.
struct SelectorParser {
    private let text: String
    private var tokens: ArraySlice<Token>

    private enum Token: Equatable {
        /// `=`, `==`, `!=`, `!`, `>`, `<`, `(`, `)` and `,`.
        case symbol(String)
        /// A key, a value, or one of the words `in` and `notin`.
        case word(String)
    }

    init(_ text: String) {
        self.text = text
        tokens = Self.tokens(of: Array(text.utf8))[...]
    }

    mutating func requirements() throws(SelectorError) -> [LabelSelector.Requirement] {
        guard !tokens.isEmpty else { return [] }
        var requirements = [try requirement()]
        while !tokens.isEmpty {
            try expect(",", "behind a requirement")
            requirements.append(try requirement())
        }
        return requirements
    }

    private mutating func requirement() throws(SelectorError) -> LabelSelector.Requirement {
        if tokens.first == .symbol("!") {
            tokens.removeFirst()
            return .init(key: try key(), condition: .doesNotExist)
        }
        return .init(key: try key(), condition: try condition())
    }

    private mutating func key() throws(SelectorError) -> String {
        guard case .word(let key)? = tokens.first else { throw failure("expected the key of a label, found \(found)") }
        tokens.removeFirst()
        guard Syntax.labelKey.accepts(key) else {
            throw failure("'\(key)' is no key of a label: expected \(Syntax.labelKey.phrase)")
        }
        return key
    }

    private mutating func condition() throws(SelectorError) -> LabelSelector.Condition {
        switch tokens.first {
        case nil, .symbol(","): return .exists
        case .symbol("="), .symbol("=="):
            tokens.removeFirst()
            return .in([try value()])
        case .symbol("!="):
            tokens.removeFirst()
            return .notIn([try value()])
        case .symbol(">"):
            tokens.removeFirst()
            return .greaterThan(try bound())
        case .symbol("<"):
            tokens.removeFirst()
            return .lessThan(try bound())
        case .word("in"):
            tokens.removeFirst()
            return .in(try values("in"))
        case .word("notin"):
            tokens.removeFirst()
            return .notIn(try values("notin"))
        default: throw failure("expected one of = == != in notin > <, found \(found)")
        }
    }

    /// Empty where none stands there.
    private mutating func value() throws(SelectorError) -> String {
        guard case .word(let value)? = tokens.first else { return "" }
        tokens.removeFirst()
        guard Syntax.labelValue.accepts(value) else {
            throw failure("'\(value)' is no value of a label: expected \(Syntax.labelValue.phrase)")
        }
        return value
    }

    private mutating func bound() throws(SelectorError) -> Int64 {
        let value = try value()
        guard let bound = Int64(value) else { throw failure("expected an integer behind > or <, found '\(value)'") }
        return bound
    }

    /// In parentheses, set apart by commas.
    private mutating func values(_ word: String) throws(SelectorError) -> Set<String> {
        try expect("(", "behind '\(word)'")
        var values: Set = [try value()]
        while tokens.first == .symbol(",") {
            tokens.removeFirst()
            values.insert(try value())
        }
        try expect(")", "behind the values")
        return values
    }

    private mutating func expect(_ symbol: String, _ place: String) throws(SelectorError) {
        guard tokens.first == .symbol(symbol) else { throw failure("expected '\(symbol)' \(place), found \(found)") }
        tokens.removeFirst()
    }

    private var found: String {
        switch tokens.first {
        case .symbol(let text), .word(let text): "'\(text)'"
        case nil: "the end"
        }
    }

    private func failure(_ message: String) -> SelectorError { SelectorError(selector: text, message: message) }

    private static func tokens(of bytes: [UInt8]) -> [Token] {
        var tokens: [Token] = []
        var index = 0
        while index < bytes.count {
            let start = index
            index += 1
            switch bytes[start] {
            case 0x20, 0x09, 0x0a, 0x0d: continue
            case UInt8(ascii: "="), UInt8(ascii: "!"):
                if index < bytes.count, bytes[index] == UInt8(ascii: "=") { index += 1 }
                tokens.append(.symbol(String(decoding: bytes[start..<index], as: UTF8.self)))
            case let byte where symbols.contains(byte):
                tokens.append(.symbol(String(decoding: bytes[start..<index], as: UTF8.self)))
            default:
                while index < bytes.count, !ends.contains(bytes[index]) { index += 1 }
                tokens.append(.word(String(decoding: bytes[start..<index], as: UTF8.self)))
            }
        }
        return tokens
    }

    private static let symbols = Set("()<>,".utf8)
    /// What no word goes on with.
    private static let ends = symbols.union(" \t\r\n=!".utf8)
}
