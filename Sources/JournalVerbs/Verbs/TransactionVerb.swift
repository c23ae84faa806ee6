import CommandSupport
public import Journal
public import LinuxTypes

/// What `txn` was given.
public struct TransactionArguments: Hashable, Sendable {
    /// nil: stdin.
    public var file: HostPath?
    public var durability = Durability.durable
    /// That the comparisons did not hold is worth an exit code.
    public var tellsByExitCode = false
    public var format = PrintFormat.simple
}

/// The grammar of `txn`.
enum TransactionVerb {
    static let options =
        VerbReader.durabilities + [
            Option("exit-code", help: "end with 6 where the comparisons did not hold"), VerbReader.output, VerbReader.writeOut,
        ]

    static func parse(_ verb: inout VerbReader) throws(UsageError) -> JournalCommand {
        var arguments = TransactionArguments()
        try verb.read(options, limit: 1) { token, reader throws(UsageError) in
            if Durability.take(token, &arguments.durability) { return }
            switch token {
            case .flag("exit-code", let on): arguments.tellsByExitCode = on
            case .value(_, let text): arguments.format = try reader.format(text, of: [.simple, .json, .raw])
            default: break
            }
        }
        guard let word = verb.operands.first else { throw verb.reader.wrong("there is no file; '-' reads stdin") }
        if word != "-" { arguments.file = try verb.reader.path(word, "FILE") }
        return .transaction(arguments)
    }

    static var manual: Manual {
        JournalCommand.verbs.manual(
            synopsis: "txn [OPTIONS] FILE|-",
            about: """
                Carries out a transaction: if all comparisons hold, the first operations, else the second; all at once or not at all.
                FILE has comparisons, an empty line, operations, an empty line, operations, as etcdctl reads them; or it is JSON. Prints
                SUCCESS or FAILURE and what each operation gave, and ends with 0 for both.

                  comparison   value("KEY") OP "VALUE"   version("KEY") OP "N"   create("KEY") OP "REV"   mod("KEY") OP "REV"
                               OP is one of = != < >
                  operation    put KEY VALUE   del [--prefix|--from-key] KEY [END]   get [--prefix|--limit N|…] KEY [END]
                """,
            options: options,
            examples: [
                (
                    "printf 'create(\"/names/a\") = \"0\"\\n\\nput /names/a 7f31\\n\\nget /names/a\\n' | hull journal txn -",
                    "claim a name, or see who has it"
                ),
                ("hull journal txn --exit-code change.json", "tell a script by the exit code"),
            ])
    }
}
