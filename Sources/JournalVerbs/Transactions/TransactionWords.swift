/// A transaction's text as lines of words: what is between spaces, `'…'` as it is, `"…"` with the escapes of Go. A quoted word may go on over lines.
struct TransactionWords {
    struct Line {
        /// From 1.
        let number: Int
        var words: [String]
        /// As it was written, for comparisons.
        var text: String
    }

    private(set) var lines: [Line] = []

    init(_ bytes: [UInt8]) throws(Failure) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Failure("the transaction is not UTF-8", hint: "its JSON form has 'key_base64' and 'value_base64'", exit: .usage)
        }
        var scanner = Scanner(text)
        while let line = try scanner.line() { lines.append(line) }
    }

    /// Lines up to the first empty one of three parts. Throws where there is more behind the third.
    func parts() throws(Failure) -> [[Line]] {
        var parts: [[Line]] = [[]]
        for line in lines {
            if line.words.isEmpty {
                parts.append([])
                continue
            }
            guard parts.count <= 3 else {
                throw Failure(
                    "line \(line.number): there is more behind the third part",
                    hint: "empty lines set apart comparisons, operations, and operations for when they do not hold", exit: .usage)
            }
            parts[parts.count - 1].append(line)
        }
        while parts.count < 3 { parts.append([]) }
        return parts
    }
}

/// Reads the text scalar by scalar.
private struct Scanner {
    private let scalars: [Unicode.Scalar]
    private var at = 0
    private var number = 1

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    /// nil at the end.
    mutating func line() throws(Failure) -> TransactionWords.Line? {
        guard at < scalars.count else { return nil }
        let start = at
        let first = number
        var words: [String] = []
        while at < scalars.count {
            switch scalars[at] {
            case "\n":
                defer { at += 1 }
                number += 1
                return TransactionWords.Line(number: first, words: words, text: text(start, at))
            case " ", "\t", "\r": at += 1
            default: words.append(try word())
            }
        }
        return TransactionWords.Line(number: first, words: words, text: text(start, at))
    }

    private func text(_ start: Int, _ end: Int) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[start..<end])
        return String(text)
    }

    private mutating func word() throws(Failure) -> String {
        var word = String.UnicodeScalarView()
        while at < scalars.count, ![" ", "\t", "\r", "\n"].contains(scalars[at]) {
            switch scalars[at] {
            case "'": try quoted(&word, "'", hasEscapes: false)
            case "\"": try quoted(&word, "\"", hasEscapes: true)
            case let scalar:
                word.append(scalar)
                at += 1
            }
        }
        return String(word)
    }

    private mutating func quoted(_ word: inout String.UnicodeScalarView, _ mark: Unicode.Scalar, hasEscapes: Bool) throws(Failure)
    {
        let first = number
        at += 1
        while at < scalars.count, scalars[at] != mark {
            if scalars[at] == "\n" { number += 1 }
            if hasEscapes, scalars[at] == "\\" {
                at += 1
                word.append(try escape())
            } else {
                word.append(scalars[at])
            }
            at += 1
        }
        guard at < scalars.count else { throw Failure("line \(first): a \(mark) is not closed", exit: .usage) }
        at += 1
    }

    /// The scalar that the one behind a backslash stands for.
    private func escape() throws(Failure) -> Unicode.Scalar {
        let escapes: [Unicode.Scalar: Unicode.Scalar] = ["\\": "\\", "\"": "\"", "'": "'", "n": "\n", "t": "\t", "r": "\r"]
        guard at < scalars.count, let scalar = escapes[scalars[at]] else {
            throw Failure(
                "line \(number): an escape that there is not: there are \\\\, \\\", \\', \\n, \\t and \\r",
                hint: "the JSON form has 'key_base64' and 'value_base64' for any bytes", exit: .usage)
        }
        return scalar
    }
}
