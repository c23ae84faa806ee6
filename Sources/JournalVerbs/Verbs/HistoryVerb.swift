import CommandSupport
public import Journal

/// What `history` was given.
public struct HistoryArguments: Hashable, Sendable {
    public var key: Key
    public var format = PrintFormat.table
}

/// The grammar of `history`.
enum HistoryVerb {
    static let options = [VerbReader.escapes, VerbReader.output, VerbReader.writeOut]

    static func parse(_ verb: inout VerbReader) throws(UsageError) -> JournalCommand {
        var format = PrintFormat.table
        try verb.read(options, limit: 1) { token, reader throws(UsageError) in
            guard case .value(_, let text) = token else { return }
            format = try reader.format(text, of: PrintFormat.allCases)
        }
        return .history(HistoryArguments(key: try verb.nonemptyKey(0), format: format))
    }

    static var manual: Manual {
        JournalCommand.verbs.manual(
            synopsis: "history [OPTIONS] KEY",
            about: """
                Prints every retained version of a key, the oldest first, with the time of the writer's clock. Ends with 3 where nothing is
                known of KEY.
                """,
            options: options,
            examples: [
                ("hull journal history /sandboxes/7f31", "a line for each version"),
                ("hull journal history -o json /sandboxes/7f31", "with whole values, an object in each line"),
            ])
    }
}
