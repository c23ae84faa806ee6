import CommandSupport
public import Journal
public import LinuxTypes

/// What `load` was given.
public struct LoadArguments: Hashable, Sendable {
    /// nil: stdin.
    public var file: HostPath?
    /// nil: each key as it was.
    public var durability: Durability?
    /// Into a store that has keys.
    public var mayMerge = false
    public var skipsDamaged = false
    /// Keys that hung on a lease are loaded, and hang on none.
    public var detaches = false

    public init() {}
}

/// The grammar of `load`.
enum LoadVerb {
    static let options = [
        Option("merge", help: "load into a store that has keys; those of the dump replace its own"),
        Option("durable", help: "make every key durable, also what was volatile"),
        Option("volatile", help: "make every key volatile"),
        Option("detach", help: "load keys that hung on a lease too; they hang on none"),
        Option("skip-damaged", help: "leave out keys whose value was damaged"),
    ]

    static func parse(_ verb: inout VerbReader) throws(UsageError) -> JournalCommand {
        var arguments = LoadArguments()
        try verb.read(options, limit: 1) { token, _ throws(UsageError) in
            switch token {
            case .flag("merge", let on): arguments.mayMerge = on
            case .flag("skip-damaged", let on): arguments.skipsDamaged = on
            case .flag("detach", let on): arguments.detaches = on
            case .flag("durable", true): arguments.durability = .durable
            case .flag("volatile", true): arguments.durability = .volatile
            default: break
            }
        }
        guard let word = verb.operands.first else { throw verb.reader.wrong("there is no file; '-' reads stdin") }
        if word != "-" { arguments.file = try verb.reader.path(word, "FILE") }
        return .load(arguments)
    }

    static var manual: Manual {
        JournalCommand.verbs.manual(
            synopsis: "load [OPTIONS] FILE|-",
            about: """
                Puts the keys of a dump into a store that has none, and makes the store where it is missing. Keys and values are what they
                were, byte for byte, durable or volatile as they were, in the order of their last change; keys that one transaction wrote
                are written by one again. Revisions and versions begin anew: only writing the same history gives those. Volatile keys of
                another boot than this one are left out unless a durability is named, and keys that hung on a lease unless --detach is
                said: no lease comes with a dump. The whole dump is read before anything is written.
                """,
            options: options,
            examples: [
                ("hull journal --root /srv/new load backup.jsonl", "a new store from a dump"),
                ("hull journal dump | hull journal --root /srv/copy load -", "a copy"),
            ])
    }
}
