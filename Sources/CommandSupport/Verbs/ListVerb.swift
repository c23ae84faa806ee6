/// How `list` and `ps` print.
public enum OutputFormat: String, CaseIterable, Hashable, Sendable {
    case table, json
}

/// What `list` was given.
public struct ListArguments: Hashable, Sendable {
    public var format = OutputFormat.table
    /// IDs and nothing else.
    public var isQuiet = false
}

/// The grammar of `list`.
enum ListVerb {
    static let options = [
        Option("format", "f", value: "FORMAT", help: "table or json"),
        Option("quiet", "q", help: "print IDs only"),
    ]

    static func parse(_ reader: inout ArgumentReader) throws(UsageError) -> Command {
        var arguments = ListArguments()
        while let token = try reader.read(options) {
            switch token {
            case .value("format", let text): arguments.format = try reader.choice(text, "--format")
            case .flag("quiet", let on): arguments.isQuiet = on
            case .operand(let word): throw reader.tooMany(word)
            default: break
            }
        }
        return .list(arguments)
    }

    static var manual: Manual {
        Manual(
            synopsis: "list [OPTIONS]", about: "Lists the containers of one --root, sorted by ID.", options: options,
            examples: [
                ("hull-runtime list", "all containers as a table"),
                ("hull-runtime --root /run/mine list --format json", "those of another root, for a program"),
            ])
    }
}
