import CommandSupport
import ImageSpec
import JournalVerbs

/// How a verb prints what it found.
public enum OutputFormat: String, CaseIterable, Hashable, Sendable {
    case table
    case json
}

/// Reads the words of one verb: its options, those that every verb has, and its operands.
struct ImageVerbReader {
    private(set) var reader: ArgumentReader
    private(set) var store: StoreOptions
    private(set) var operands: [String] = []

    static let output = Option("output", "o", value: "FORMAT", help: "table or json")
    static let quiet = Option("quiet", "q", help: "print nothing but errors and ids")
    static let platform = Option("platform", value: "PLATFORM", help: "os/architecture[/variant]; without it, this machine's")

    init(_ reader: ArgumentReader, _ store: StoreOptions) {
        self.reader = reader
        self.store = store
    }

    /// Calls `take` with each option of the verb; keeps at most `limit` operands.
    mutating func read(
        _ options: [Option], limit: Int, _ take: (ArgumentReader.Token, ArgumentReader) throws(UsageError) -> Void
    ) throws(UsageError) {
        while let token = try reader.read(options + StoreOptions.options) {
            if try store.take(token, reader) { continue }
            if case .operand(let word) = token {
                guard operands.count < limit else { throw reader.tooMany(word) }
                operands.append(word)
            } else {
                try take(token, reader)
            }
        }
    }

    /// An operand that must be there.
    func operand(_ index: Int, _ what: String) throws(UsageError) -> String {
        guard index < operands.count else { throw reader.wrong("there is no \(what)") }
        return operands[index]
    }
}

extension ArgumentReader {
    func platform(_ text: String) throws(UsageError) -> Platform {
        guard let platform = Platform(parsing: text) else {
            throw wrong("--platform is os/architecture[/variant], as linux/arm64/v8, not '\(text)'")
        }
        return platform
    }

    /// A whole name.
    func reference(_ text: String) throws(UsageError) -> ImageReference {
        let reference: ImageReference
        do throws(ReferenceError) { reference = try ImageReference(text) } catch {
            throw wrong("'\(text)' is no name of an image: \(error)")
        }
        guard reference.digest == nil else { throw wrong("'\(text)' has a digest: a name to give has none") }
        return reference
    }
}
