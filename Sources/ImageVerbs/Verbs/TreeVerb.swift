public import CommandSupport
import JournalVerbs

/// What `tree` was given.
public struct TreeArguments: Hashable, Sendable {
    public var name: String
    public var format = OutputFormat.table
    /// The paths themselves, and not only how many.
    public var showsFiles = false
    public var isWhole = false
}

/// The grammar of `tree`.
enum TreeVerb {
    static let options = [
        Option("files", "l", help: "print the paths: A is added, C is changed, D is gone, as 'docker diff' has it"),
        ImageOption.output, Option("no-trunc", help: "print whole digests and commands"),
    ]

    static func parse(_ verb: inout VerbReader) throws(UsageError) -> TreeArguments {
        var arguments = TreeArguments(name: "")
        try verb.read(options, limit: 1) { token, reader throws(UsageError) in
            switch token {
            case .value(_, let text): arguments.format = try reader.choice(text, "--output")
            case .flag("files", let on): arguments.showsFiles = on
            case .flag("no-trunc", let on): arguments.isWhole = on
            default: break
            }
        }
        arguments.name = try verb.operand(0, "name of an image")
        return arguments
    }

    static var manual: Manual {
        ImageCommand.verbs.manual(
            synopsis: "tree [OPTIONS] NAME",
            about: """
                Prints what each layer of an image makes of those below it, the top one first: bytes of files, and how many paths it adds,
                replaces and hides. A directory that is there already counts where its owner or permissions change; what is hidden counts
                once, with all that lay in it. Bytes of a path that are no text are printed as \\xNN, a backslash as two.
                """,
            options: options,
            examples: [
                ("hull image tree app:1", "a line for each layer"), ("hull image tree -l app:1", "with every path"),
                (
                    "hull image tree -l -o json app:1 | jq '.[].files[] | select(.size > 10000000)'",
                    "the large files, and where they come from"
                ),
            ])
    }
}
