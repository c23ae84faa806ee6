import StrictTree

/// Reads the words of a command line one by one, as options or operands.
///
/// Known are `--name value`, `--name=value`, `-n value`, `-nvalue`, `-n=value`, letters in one word (`-dt`), `--name=false` for what is on or
/// off, and `--`, after which nothing is an option.
public struct ArgumentReader {
    /// What one or two words are.
    public enum Token: Hashable, Sendable {
        /// An option that is on or off.
        case flag(String, Bool)
        /// An option with its value.
        case value(String, String)
        /// A word that is no option.
        case operand(String)
    }

    /// The command that is being read, for messages; nil before it is known.
    public var command: String?
    /// What stands before the command in the way to its help, as `hull-runtime`.
    public var program: String
    /// Options that stand before the command only, for messages.
    private let globals: [Option]
    private let words: [String]
    private var next = 0
    private var optionsHaveEnded = false
    /// Letters of a word that are still to be read.
    private var letters: Substring.UnicodeScalarView = Substring.UnicodeScalarView()

    /// `words` are those after the name of the program. `globals` are options that are known, but stand before the command only.
    public init(_ words: [String], program: String, globals: [Option] = []) {
        self.words = words
        self.program = program
        self.globals = globals
    }

    /// A mistake in the words, with the way to the help as the hint.
    public func wrong(_ message: String) -> UsageError {
        .wrong(message, hint: "see '\(program)\(command.map { " " + $0 } ?? "") --help'")
    }

    /// All words that are left, as they are: for `exec ID CMD…`.
    public mutating func takeRest() -> [String] {
        defer { next = words.count }
        return Array(words[next...])
    }

    /// The next option or operand; nil at the end. Throws for an option that is not among `options`, for one without its value, and where help
    /// is asked for.
    public mutating func read(_ options: [Option]) throws(UsageError) -> Token? {
        if let letter = letters.popFirst() { return try read(letter: letter, options) }
        guard next < words.count else { return nil }
        let word = words[next]
        next += 1
        let bytes = word.utf8
        guard !optionsHaveEnded, bytes.first == UInt8(ascii: "-"), bytes.count > 1 else { return .operand(word) }
        if word == "--" {
            optionsHaveEnded = true
            return try read(options)
        }
        if bytes.dropFirst().first == UInt8(ascii: "-") { return try read(long: word.dropFirst(2), options) }
        letters = word.unicodeScalars.dropFirst()
        return try read(options)
    }

    /// The next word where it is no option; nil where it is one or there is none.
    public mutating func readOperand() -> String? {
        guard next < words.count, words[next].utf8.first != UInt8(ascii: "-") else { return nil }
        next += 1
        return words[next - 1]
    }

    private mutating func read(long word: Substring, _ options: [Option]) throws(UsageError) -> Token {
        let equals = word.utf8.firstIndex(of: UInt8(ascii: "="))
        let name = String(word[..<(equals ?? word.endIndex)])
        let attached = equals.map { String(word[word.utf8.index(after: $0)...]) }
        guard let option = options.first(where: { $0.name == name }) else {
            if name == "help", attached == nil { throw .helpRequested(command: command) }
            throw unknown("--" + name, name, options)
        }
        guard option.value != nil else { return .flag(option.name, try isOn(attached, option)) }
        if let attached { return .value(option.name, attached) }
        return .value(option.name, try takeValue("--" + name))
    }

    private mutating func read(letter: Unicode.Scalar, _ options: [Option]) throws(UsageError) -> Token {
        guard let option = options.first(where: { $0.letter == letter }) else {
            if letter == "h" { throw .helpRequested(command: command) }
            throw wrong("unknown option '-\(letter)'")
        }
        guard option.value != nil else {
            guard letters.first == "=" else { return .flag(option.name, true) }
            return .flag(option.name, try isOn(takeAttached(), option))
        }
        return .value(option.name, letters.isEmpty ? try takeValue("-\(letter)") : takeAttached())
    }

    /// What stands behind a letter in its word.
    private mutating func takeAttached() -> String {
        if letters.first == "=" { letters.removeFirst() }
        defer { letters = Substring.UnicodeScalarView() }
        return String(letters)
    }

    private mutating func takeValue(_ option: String) throws(UsageError) -> String {
        guard next < words.count else { throw wrong("option '\(option)' needs a value") }
        next += 1
        return words[next - 1]
    }

    private func isOn(_ text: String?, _ option: Option) throws(UsageError) -> Bool {
        switch text {
        case nil, "true", "1", "t", "T", "TRUE", "True": return true
        case "false", "0", "f", "F", "FALSE", "False": return false
        case .some(let text): throw wrong("option '--\(option.name)' is true or false, not '\(text)'")
        }
    }

    private func unknown(_ spelled: String, _ name: String, _ options: [Option]) -> UsageError {
        let place = command.map { " of '\($0)'" } ?? ""
        if command != nil, globals.contains(where: { $0.name == name }) {
            return wrong("option '\(spelled)' stands before the command")
        }
        let hint = Suggestion.hint(for: spelled, in: options.map { "--" + $0.name })
        return wrong("unknown option '\(spelled)'\(place)\(hint)")
    }
}
