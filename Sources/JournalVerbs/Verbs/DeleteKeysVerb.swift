import CommandSupport
public import Journal

/// What `del` was given.
public struct DeleteKeysArguments: Hashable, Sendable {
    public var keys: KeyRange
    public var durability = Durability.durable
    public var wantsPrevious = false
    public var format = PrintFormat.simple
}

/// The grammar of `del`.
enum DeleteKeysVerb {
    static let options =
        KeySelection.options + VerbReader.durabilities + [
            Option("prev-kv", help: "print what was deleted"), VerbReader.escapes, VerbReader.output, VerbReader.writeOut,
        ]

    static func arguments(_ verb: inout VerbReader, _ options: [Option] = options) throws(UsageError) -> DeleteKeysArguments {
        var arguments = DeleteKeysArguments(keys: .all)
        var selection = KeySelection(form: .single)
        try verb.read(options, limit: 2) { token, reader throws(UsageError) in
            if selection.take(token) || Durability.take(token, &arguments.durability) { return }
            switch token {
            case .flag("prev-kv", let on): arguments.wantsPrevious = on
            case .value(_, let text): arguments.format = try reader.format(text, of: [.simple, .json])
            default: break
            }
        }
        guard let first = verb.operands.first else { throw verb.reader.wrong("there is no key") }
        // Everything is deleted where somebody says so, not where a script's variable is empty.
        if first.isEmpty, selection.form == .prefix {
            throw .wrong("the prefix is empty", hint: "'hull journal del --from-key \"\"' deletes everything")
        }
        arguments.keys = try selection.keys(verb).keys
        return arguments
    }

    static var manual: Manual {
        JournalCommand.verbs.manual(
            synopsis: "del [OPTIONS] KEY [RANGE_END]",
            about: """
                Deletes a key, with RANGE_END all keys from KEY on and before RANGE_END, and prints how many there were. Ends with 0 also
                where there were none.
                """,
            options: options,
            examples: [
                ("hull journal del /notes/a", "one key"), ("hull journal del --prefix /notes/", "all that begin so"),
            ])
    }
}
