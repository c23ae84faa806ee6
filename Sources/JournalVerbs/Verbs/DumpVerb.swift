import CommandSupport
public import Journal
import LinuxTypes

/// What `dump` was given.
public struct DumpArguments: Hashable, Sendable {
    public var keys: KeyRange
    public var revision: Revision?
}

/// The grammar of `dump`.
enum DumpVerb {
    static let options = [Option("at", value: "REV", help: "as it was at this revision"), VerbReader.escapes]

    static func parse(_ verb: inout VerbReader) throws(UsageError) -> JournalCommand {
        var arguments = DumpArguments(keys: .all)
        try verb.read(options, limit: 1) { token, reader throws(UsageError) in
            if case .value("at", let text) = token { arguments.revision = try reader.revision(text, "--at") }
        }
        arguments.keys = try KeySelection(form: .prefix).keys(verb).keys
        return .dump(arguments)
    }

    static var manual: Manual {
        JournalCommand.verbs.manual(
            synopsis: "dump [OPTIONS] [PREFIX]",
            about: """
                Writes all keys of one revision as JSON, one in each line behind a first line that says what it is. 'load' reads it. Ends with 4
                where lost history or a damaged value is among them.
                """,
            options: options,
            examples: [
                ("hull journal dump > backup.jsonl", "the store"),
                ("hull journal dump --at 1200 /images/ | jq -r .key", "a part of it, as it was"),
            ])
    }
}
