import CommandSupport
public import Journal

/// Reads a transaction as etcdctl has it, or as JSON where it begins with a brace.
public enum TransactionText {
    /// Bytes of a transaction's text that are read.
    public static let limit = 16 << 20

    public static func transaction(_ bytes: [UInt8]) throws(Failure) -> Transaction {
        let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 }
        if bytes.first(where: { !isSpace($0) }) == UInt8(ascii: "{") { return try TransactionJSON.transaction(bytes) }
        let parts = try TransactionWords(bytes).parts()
        var comparisons: [Comparison] = []
        for line in parts[0] { comparisons.append(try comparison(line)) }
        return Transaction(if: comparisons, then: try operations(parts[1]), else: try operations(parts[2]))
    }

    // MARK: comparisons

    /// `mod("KEY") > "0"`. The words are those of the line: quotes are gone.
    private static func comparison(_ line: TransactionWords.Line) throws(Failure) -> Comparison {
        let text = line.text.unicodeScalars
        guard let open = text.firstIndex(of: "("), let key = quoted(text[text.index(after: open)...]),
            key.rest.first == ")"
        else { throw malformed(line) }
        let target = String(text[..<open].filter { $0 != " " && $0 != "\t" })
        let rest = trimmed(key.rest.dropFirst())
        let sign = String(rest.prefix { $0 == "=" || $0 == "!" || $0 == "<" || $0 == ">" })
        guard let relation = relations[sign], let value = quoted(trimmed(rest.dropFirst(sign.unicodeScalars.count))),
            trimmed(value.rest).isEmpty
        else { throw malformed(line) }
        guard !key.text.isEmpty else { throw Failure("line \(line.number): key is not provided", exit: .usage) }
        return Comparison(.key(Key(key.text)), try subject(target, value.text, line), is: relation)
    }

    private static let relations: [String: Comparison.Relation] = ["=": .equal, "!=": .notEqual, "<": .less, ">": .greater]

    private static func subject(
        _ target: String, _ value: String, _ line: TransactionWords.Line
    ) throws(Failure) -> Comparison.Subject {
        switch target {
        case "val", "value": return .value(Array(value.utf8))
        case "ver", "version": return .version(try number(value, line))
        case "c", "create": return .createRevision(try number(value, line))
        case "m", "mod": return .modRevision(try number(value, line))
        default: throw malformed(line)
        }
    }

    private static func number(_ text: String, _ line: TransactionWords.Line) throws(Failure) -> Int64 {
        guard let number = Int64(text), "\(number)" == text else {
            throw Failure("line \(line.number): '\(PlainText.line(text))' is no revision", exit: .usage)
        }
        return number
    }

    private static func malformed(_ line: TransactionWords.Line) -> Failure {
        Failure(
            "line \(line.number): malformed comparison: \(PlainText.line(line.text))",
            hint: "a comparison is as value(\"KEY\") = \"VALUE\", with value, version, create or mod, and =, !=, < or >",
            exit: .usage)
    }

    private static func trimmed(_ text: Substring.UnicodeScalarView) -> Substring.UnicodeScalarView {
        text.drop { $0 == " " || $0 == "\t" || $0 == "\r" || $0 == "\n" }
    }

    /// What stands in quotes at the beginning, and what follows; nil where nothing does.
    private static func quoted(
        _ text: Substring.UnicodeScalarView
    ) -> (text: String, rest: Substring.UnicodeScalarView)? {
        guard text.first == "\"" else { return nil }
        var result = String.UnicodeScalarView()
        var rest = text.dropFirst()
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\"": return (String(result), rest)
            case "\\":
                guard let escaped = rest.popFirst() else { return nil }
                // Which escapes there are was checked with the words.
                result.append(escaped == "n" ? "\n" : escaped == "t" ? "\t" : escaped == "r" ? "\r" : escaped)
            default: result.append(scalar)
            }
        }
        return nil
    }

    // MARK: operations

    private static func operations(_ lines: [TransactionWords.Line]) throws(Failure) -> [Operation] {
        var operations: [Operation] = []
        for line in lines {
            do throws(UsageError) {
                operations.append(try operation(line))
            } catch {
                switch error {
                case .wrong(let message, _): throw Failure("line \(line.number): \(message)", exit: .usage)
                case .helpRequested: throw Failure("line \(line.number): no help stands in a transaction", exit: .usage)
                }
            }
        }
        return operations
    }

    private static func operation(_ line: TransactionWords.Line) throws(UsageError) -> Operation {
        let name = line.words[0]
        var reader = ArgumentReader(Array(line.words.dropFirst()), program: "hull journal txn")
        reader.command = name
        var verb = VerbReader(reader, isOperation: true)
        switch name {
        case "put":
            let arguments = try PutVerb.arguments(&verb, PutVerb.hangings)
            return .put(
                arguments.key, value: arguments.value ?? [UInt8(ascii: "-")], lease: arguments.lease, keeping: arguments.kept)
        case "get": return .range(try GetVerb.arguments(&verb, form: .single, GetVerb.requestOptions).request)
        case "del": return .delete(try DeleteKeysVerb.arguments(&verb, KeySelection.options).keys)
        default: throw .wrong("invalid transaction request '\(name)': there are put, get and del", hint: nil)
        }
    }
}
