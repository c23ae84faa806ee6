public import CommandSupport
import Journal
import LinuxTypes

/// Reads the words of one verb: its options, those that every verb has, and its operands.
public struct VerbReader {
    /// What reads the words, for messages.
    public private(set) var reader: ArgumentReader
    /// What the options so far say of the store.
    public private(set) var store: StoreOptions
    /// Words that are no options, in their order.
    public private(set) var operands: [String] = []
    /// Operands are keys with escapes.
    private(set) var hasEscapes = false
    /// The words are those of an operation in a transaction, which names no store.
    private let isOperation: Bool

    static let escapes = Option("escapes", "e", help: "read \\xNN, \\n, \\t, \\r and \\\\ in keys, as they are printed")
    static let output = Option("output", "o", value: "FORMAT", help: "simple, json, table or raw; which, the verb says")
    static let writeOut = Option("write-out", "w", value: "FORMAT", help: "the same")
    static let durabilities = [
        Option("durable", help: "on the disk before it returns (the default)"),
        Option("volatile", help: "seen by all at once, perhaps lost with the power"),
    ]

    init(_ reader: ArgumentReader, _ store: StoreOptions = StoreOptions(), isOperation: Bool = false) {
        self.reader = reader
        self.store = store
        self.isOperation = isOperation
    }

    /// Calls `take` with each option of the verb; keeps at most `limit` operands. Behind so many as `words` says nothing is an option: all the rest is one
    /// program's.
    public mutating func read(
        _ options: [Option], limit: Int = .max, words: Int = .max,
        _ take: (ArgumentReader.Token, ArgumentReader) throws(UsageError) -> Void
    ) throws(UsageError) {
        while let token = try reader.read(isOperation ? options : options + StoreOptions.options) {
            if try store.take(token, reader) { continue }
            switch token {
            case .flag("escapes", let on): hasEscapes = on
            case .operand(let word):
                guard operands.count < limit else { throw reader.tooMany(word) }
                operands.append(word)
                if operands.count == words { operands += reader.takeRest() }
            default: try take(token, reader)
            }
        }
    }

    /// An operand that must be there; `what` it is, for the message.
    public func operand(_ index: Int, _ what: String) throws(UsageError) -> String {
        guard index < operands.count else { throw reader.wrong("there is no \(what)") }
        return operands[index]
    }

    /// All operands, of which there must be one; `what` each is, for the message.
    public func someOperands(_ what: String) throws(UsageError) -> [String] {
        _ = try operand(0, what)
        return operands
    }

    /// An operand that is a key.
    func key(_ index: Int, _ what: String = "key") throws(UsageError) -> Key {
        try key(try operand(index, what))
    }

    /// A word that is a key.
    func key(_ word: String) throws(UsageError) -> Key {
        guard hasEscapes else { return Key(word) }
        guard let bytes = KeyText.bytes(word) else {
            throw reader.wrong("'\(word)' has an escape that there is not: there are \\xNN, \\n, \\t, \\r and \\\\")
        }
        return Key(bytes)
    }

    /// A key that is not empty.
    func nonemptyKey(_ index: Int) throws(UsageError) -> Key {
        let key = try key(index)
        guard !key.bytes.isEmpty else { throw reader.wrong("key is not provided") }
        return key
    }
}

extension ArgumentReader {
    /// One of the formats of a verb.
    func format(_ text: String, of formats: [PrintFormat]) throws(UsageError) -> PrintFormat {
        guard let format = PrintFormat(rawValue: text), formats.contains(format) else {
            throw wrong("--output is one of \(formats.map(\.rawValue).joined(separator: ", ")), not '\(text)'")
        }
        return format
    }

    /// A revision; etcd's 0 stands for the current one.
    func revision(_ text: String, _ option: String) throws(UsageError) -> Revision? {
        let number = try number(text, option, as: Revision.self)
        return number == 0 ? nil : number
    }
}
