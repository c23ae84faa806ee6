import CommandSupport
public import Journal

/// What `get` or `range` was given.
public struct ReadArguments: Hashable, Sendable {
    public var request: RangeRequest
    /// One key was asked for: that it is not there is worth an exit code.
    public var isSingle: Bool
    public var valuesOnly = false
    public var format = PrintFormat.simple

    public init(request: RangeRequest, isSingle: Bool) {
        self.request = request
        self.isSingle = isSingle
    }
}

/// The grammar of `get`, and of `range`, which takes a prefix.
enum GetVerb {
    /// Those that say what is read.
    static let requestOptions =
        KeySelection.options + [
            Option("at", value: "REV", help: "as it was at this revision"),
            Option("rev", value: "REV", help: "the same"),
            Option("limit", value: "N", help: "at most N keys; 0 for all"),
            Option("order", value: "ORDER", help: "ascend or descend"),
            Option("sort-by", value: "FIELD", help: "key, version, create, modify or value"),
            Option("keys-only", help: "print keys only"),
            Option("count-only", help: "print how many keys there are"),
        ]
    static let options =
        requestOptions + [
            Option("print-value-only", help: "print values only"),
            VerbReader.escapes, VerbReader.output, VerbReader.writeOut,
        ]

    static func arguments(
        _ verb: inout VerbReader, form: KeySelection.Form, _ options: [Option] = options
    ) throws(UsageError) -> ReadArguments {
        var selection = KeySelection(form: form)
        var arguments = ReadArguments(request: RangeRequest(.all), isSingle: false)
        try verb.read(options, limit: 2) { token, reader throws(UsageError) in
            if selection.take(token) { return }
            switch token {
            case .flag("keys-only", let on): arguments.request.keysOnly = on
            case .flag("count-only", let on): arguments.request.countOnly = on
            case .flag("print-value-only", let on): arguments.valuesOnly = on
            case .value("at", let text), .value("rev", let text):
                arguments.request.revision = try reader.revision(text, "--at")
            case .value("limit", let text): arguments.request.limit = try reader.number(text, "--limit")
            case .value("order", let text): arguments.request.order = try order(text, reader)
            case .value("sort-by", let text): arguments.request.target = try target(text, reader)
            case .value(_, let text): arguments.format = try reader.format(text, of: PrintFormat.allCases)
            default: break
            }
        }
        (arguments.request.keys, arguments.isSingle) = try selection.keys(verb)
        if arguments.valuesOnly, arguments.request.keysOnly {
            throw verb.reader.wrong("--keys-only and --print-value-only exclude each other")
        }
        return arguments
    }

    static func order(_ text: String, _ reader: ArgumentReader) throws(UsageError) -> RangeRequest.Order {
        switch text.lowercased() {
        case "ascend", "asc": return .ascending
        case "descend", "desc": return .descending
        default: throw reader.wrong("--order is one of ascend, descend, not '\(text)'")
        }
    }

    static func target(_ text: String, _ reader: ArgumentReader) throws(UsageError) -> RangeRequest.Target {
        switch text.lowercased() {
        case "key": return .key
        case "version": return .version
        case "create": return .createRevision
        case "modify", "mod": return .modRevision
        case "value": return .value
        default: throw reader.wrong("--sort-by is one of key, version, create, modify, value, not '\(text)'")
        }
    }

    static var manual: Manual {
        JournalCommand.verbs.manual(
            synopsis: "get [OPTIONS] KEY [RANGE_END]",
            about: """
                Prints a key and its value, a line each; with RANGE_END all keys from KEY on and before RANGE_END. Ends with 3 where
                KEY does not exist. '-o raw' prints the value's bytes and nothing else.
                """,
            options: options,
            examples: [
                ("hull journal get /images/sha256:4f06", "a key and its value"),
                ("hull journal get --at 120 -o raw /images/sha256:4f06 > before.json", "a value as it was at revision 120"),
                ("hull journal get --prefix --keys-only /images/", "all keys below"),
            ])
    }
}
