/// An extended regular expression, `regex(7)`, for container IDs: literals, `.`, `[…]`, `*`, `+`, `?`, `{m,n}`, `|`, `(…)`, `^`, `$`.
///
/// Classes as `[:digit:]` and back references are refused. Matching keeps sets of positions instead of going back: its time is bounded by the
/// length of pattern and text.
public struct Pattern: Hashable, Sendable {
    private let root: Node

    /// Throws for what is no pattern, and for what it does not know.
    public init(_ text: String) throws(PatternError) {
        var parser = PatternParser(Array(text.utf8))
        root = try parser.parse()
    }

    /// Whether it matches somewhere in the text.
    public func matches(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return !root.ends(in: bytes, from: Set(0...bytes.count)).isEmpty
    }

    /// A part of a pattern.
    indirect enum Node: Hashable, Sendable {
        case byte(UInt8)
        case any
        case oneOf([ClosedRange<UInt8>], inverted: Bool)
        case start, end
        case sequence([Node])
        case choice([Node])
        case repeated(Node, from: Int, to: Int?)

        /// Where a match can end that begins at one of the positions.
        func ends(in text: [UInt8], from starts: Set<Int>) -> Set<Int> {
            switch self {
            case .byte(let byte): step(text, starts) { $0 == byte }
            case .any: step(text, starts) { _ in true }
            case .oneOf(let ranges, let inverted):
                step(text, starts) { byte in ranges.contains { $0.contains(byte) } != inverted }
            case .start: starts.intersection([0])
            case .end: starts.intersection([text.count])
            case .sequence(let nodes): nodes.reduce(starts) { $1.ends(in: text, from: $0) }
            case .choice(let nodes): nodes.reduce(into: Set()) { $0.formUnion($1.ends(in: text, from: starts)) }
            case .repeated(let node, let least, let most): Self.repeated(node, least, most, in: text, from: starts)
            }
        }

        private func step(_ text: [UInt8], _ starts: Set<Int>, _ matches: (UInt8) -> Bool) -> Set<Int> {
            Set(starts.filter { $0 < text.count && matches(text[$0]) }.map { $0 + 1 })
        }

        private static func repeated(
            _ node: Node, _ least: Int, _ most: Int?, in text: [UInt8], from starts: Set<Int>
        ) -> Set<Int> {
            var current = starts
            for _ in 0..<least {
                let reached = node.ends(in: text, from: current)
                // More rounds change nothing: bounds within bounds would multiply for nothing.
                if reached == current { break }
                current = reached
            }
            var reached = current
            var rounds = least
            while !current.isEmpty, rounds < most ?? Int.max {
                // What was reached before leads nowhere new.
                current = node.ends(in: text, from: current).subtracting(reached)
                reached.formUnion(current)
                rounds += 1
            }
            return reached
        }
    }
}

/// Why a text is no pattern.
public struct PatternError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}
