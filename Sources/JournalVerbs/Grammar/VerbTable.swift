public import CommandSupport
import StrictTree

/// The verbs of a program that works on a store, as `hull journal` and `hull image` are: how a line is read up to its verb, and how one is asked for help.
public struct VerbTable: Sendable {
    /// As it is typed, `hull journal`.
    let program: String
    /// In the order of the help.
    public let names: [String]
    /// What other programs call them, and what that is here.
    public let others: [String: String]

    public init(program: String, names: [String], others: [String: String] = [:]) {
        self.program = program
        self.names = names
        self.others = others
    }

    /// Reads to the verb, before which options of the store may stand. Returns its name, of which nothing is known yet, and what reads the words behind it.
    public func open(
        _ reader: consuming ArgumentReader, _ store: consuming StoreOptions
    ) throws(UsageError) -> (name: String, verb: VerbReader) {
        var words = reader
        var store = store
        words.program = program
        words.command = nil
        let options = StoreOptions.options + [Option("help", "h", help: "print help")]
        while let token = try words.read(options) {
            if try store.take(token, words) { continue }
            guard case .operand(let word) = token else { throw .helpRequested(command: nil) }
            let name = others[word] ?? word
            words.command = name
            return (name, VerbReader(words, store))
        }
        throw words.wrong("there is no verb")
    }

    /// What reads the words behind a verb whose name has been read already.
    public func reader(
        of name: String, _ reader: consuming ArgumentReader, _ store: consuming StoreOptions
    ) -> VerbReader {
        var words = reader
        words.program = program
        words.command = name
        return VerbReader(words, store)
    }

    /// What the verb `help` throws: a wish for the help of the verb behind it, or of the program.
    public func helpRequest(_ verb: inout VerbReader) throws(UsageError) -> UsageError {
        try verb.read([], limit: 1) { _, _ in }
        guard let word = verb.operands.first else { return .helpRequested(command: nil) }
        let name = others[word] ?? word
        return names.contains(name) ? .helpRequested(command: name) : unknown(word)
    }

    /// A verb that there is not.
    public func unknown(_ name: String) -> UsageError {
        .wrong("unknown verb '\(name)'\(Suggestion.hint(for: name, in: names))", hint: "see '\(program) --help'")
    }

    /// The manual of a verb, with the options that all have.
    public func manual(
        synopsis: String, about: String, options: [Option], examples: [(line: String, effect: String)]
    ) -> Manual {
        Manual(program: program, synopsis: synopsis, about: about, options: options + StoreOptions.options, examples: examples)
    }
}
