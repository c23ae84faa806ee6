import CommandSupport
public import Journal

/// What `put` was given.
public struct PutArguments: Hashable, Sendable {
    public var key: Key
    /// nil: the value comes from stdin. Empty where the key keeps its own.
    public var value: [UInt8]?
    public var durability = Durability.durable
    public var wantsPrevious = false
    /// 0 for none.
    public var lease: LeaseID = 0
    /// What the key keeps as it is.
    public var kept: Operation.Kept = []
    public var format = PrintFormat.simple
}

/// The grammar of `put`.
enum PutVerb {
    static let lease = Option("lease", value: "ID", help: "delete the key when this lease ends; 0 for none")
    static let hangings = [
        lease, Option("ignore-lease", help: "the key, which must exist, keeps its lease"),
        Option("ignore-value", help: "the key, which must exist, keeps its value: there is no VALUE"),
    ]
    static let options =
        VerbReader.durabilities + hangings + [
            Option("prev-kv", help: "print what was there before"), VerbReader.escapes, VerbReader.output,
            VerbReader.writeOut,
        ]

    static func arguments(_ verb: inout VerbReader, _ options: [Option] = options) throws(UsageError) -> PutArguments {
        var durability = Durability.durable
        var wantsPrevious = false
        var lease: LeaseID = 0
        var kept: Operation.Kept = []
        var format = PrintFormat.simple
        try verb.read(options, limit: 2) { token, reader throws(UsageError) in
            if Durability.take(token, &durability) { return }
            switch token {
            case .flag("prev-kv", let on): wantsPrevious = on
            case .flag("ignore-lease", let on): kept.set(.lease, on)
            case .flag("ignore-value", let on): kept.set(.value, on)
            case .value("lease", let text): lease = try reader.number(text, "--lease", as: LeaseID.self)
            case .value(_, let text): format = try reader.format(text, of: [.simple, .json])
            default: break
            }
        }
        let key = try verb.nonemptyKey(0)
        if kept.contains(.lease), lease != 0 { throw verb.reader.wrong("--lease and --ignore-lease exclude each other") }
        return PutArguments(
            key: key, value: try value(verb, keeping: kept), durability: durability, wantsPrevious: wantsPrevious, lease: lease,
            kept: kept, format: format)
    }

    private static func value(_ verb: VerbReader, keeping kept: Operation.Kept) throws(UsageError) -> [UInt8]? {
        if kept.contains(.value) {
            guard verb.operands.count == 1 else { throw verb.reader.wrong("--ignore-value and a value exclude each other") }
            return []
        }
        guard verb.operands.count == 2 else { throw verb.reader.wrong("there is no value; '-' reads it from stdin") }
        return verb.operands[1] == "-" ? nil : Array(verb.operands[1].utf8)
    }

    static var manual: Manual {
        JournalCommand.verbs.manual(
            synopsis: "put [OPTIONS] KEY [VALUE|-]",
            about: """
                Puts a value, '-' the bytes of stdin, and prints OK. A store that is missing is made. A VALUE that begins with a dash
                stands behind '--'. Without --lease or --ignore-lease the key hangs on no lease, whatever it did before.
                """,
            options: options,
            examples: [
                ("hull journal put /notes/a 'some text'", "on the disk when it returns"),
                ("hull journal put --volatile /notes/b - < file", "any bytes, without waiting for the disk"),
                ("hull journal put --lease 42 /jobs/7 running", "gone when lease 42 ends"),
                ("hull journal put --ignore-lease /jobs/7 'half done'", "gone with the lease that it has"),
                ("hull journal put --ignore-value --lease 43 /jobs/7", "moved to another lease"),
            ])
    }
}

extension Operation.Kept {
    mutating func set(_ member: Self, _ on: Bool) { if on { insert(member) } else { remove(member) } }
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
