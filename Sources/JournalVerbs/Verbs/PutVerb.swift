import CommandSupport
public import Journal

/// What `put` was given.
public struct PutArguments: Hashable, Sendable {
    public var key: Key
    /// nil: the value comes from stdin.
    public var value: [UInt8]?
    public var durability = Durability.durable
    public var wantsPrevious = false
    /// 0 for none.
    public var lease: LeaseID = 0
    public var format = PrintFormat.simple
}

/// The grammar of `put`.
enum PutVerb {
    static let lease = Option("lease", value: "ID", help: "delete the key when this lease ends; 0 for none")
    static let options =
        VerbReader.durabilities + [
            lease, Option("prev-kv", help: "print what was there before"), VerbReader.escapes, VerbReader.output,
            VerbReader.writeOut,
        ]

    static func arguments(_ verb: inout VerbReader, _ options: [Option] = options) throws(UsageError) -> PutArguments {
        var durability = Durability.durable
        var wantsPrevious = false
        var lease: LeaseID = 0
        var format = PrintFormat.simple
        try verb.read(options, limit: 2) { token, reader throws(UsageError) in
            if Durability.take(token, &durability) { return }
            switch token {
            case .flag("prev-kv", let on): wantsPrevious = on
            case .value("lease", let text): lease = try reader.number(text, "--lease", as: LeaseID.self)
            case .value(_, let text): format = try reader.format(text, of: [.simple, .json])
            default: break
            }
        }
        let key = try verb.nonemptyKey(0)
        guard verb.operands.count == 2 else { throw verb.reader.wrong("there is no value; '-' reads it from stdin") }
        let word = verb.operands[1]
        return PutArguments(
            key: key, value: word == "-" ? nil : Array(word.utf8), durability: durability, wantsPrevious: wantsPrevious,
            lease: lease, format: format)
    }

    static var manual: Manual {
        JournalCommand.verbs.manual(
            synopsis: "put [OPTIONS] KEY VALUE|-",
            about: """
                Puts a value, '-' the bytes of stdin, and prints OK. A store that is missing is made. A VALUE that begins with a dash
                stands behind '--'. Without --lease the key hangs on no lease, whatever it did before.
                """,
            options: options,
            examples: [
                ("hull journal put /notes/a 'some text'", "on the disk when it returns"),
                ("hull journal put --volatile /notes/b - < file", "any bytes, without waiting for the disk"),
                ("hull journal put --lease 42 /jobs/7 running", "gone when lease 42 ends"),
            ])
    }
}

extension Durability {
    /// Takes an option if it chooses; whether it did.
    static func take(_ token: ArgumentReader.Token, _ durability: inout Durability) -> Bool {
        switch token {
        case .flag("durable", let on): durability = on ? .durable : .volatile
        case .flag("volatile", let on): durability = on ? .volatile : .durable
        default: return false
        }
        return true
    }
}
