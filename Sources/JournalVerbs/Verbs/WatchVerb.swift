import CommandSupport
public import Journal

/// What `watch` was given.
public struct WatchArguments: Hashable, Sendable {
    public var keys: KeyRange
    /// nil: from the next transaction on.
    public var from: Revision?
    public var wantsPrevious = false
    public var showsProgress = false
    public var format = PrintFormat.simple
}

/// The grammar of `watch`.
enum WatchVerb {
    static let options = [
        Option("from", value: "REV", help: "begin with this revision; without it, with what comes next"),
        Option("rev", value: "REV", help: "the same"),
        Option("exact", help: "watch one key, not a prefix"),
        Option("prefix", help: "watch a prefix: what is done anyway"),
        Option("prev-kv", help: "print what was there before"),
        Option("progress-notify", help: "print how far it is when something else was written"),
        VerbReader.escapes, VerbReader.output, VerbReader.writeOut,
    ]

    static func parse(_ verb: inout VerbReader) throws(UsageError) -> JournalCommand {
        var arguments = WatchArguments(keys: .all)
        var selection = KeySelection(form: .prefix)
        try verb.read(options, limit: 2) { token, reader throws(UsageError) in
            switch token {
            case .flag("exact", let on): selection.form = on ? .single : .prefix
            case .flag("prev-kv", let on): arguments.wantsPrevious = on
            case .flag("progress-notify", let on): arguments.showsProgress = on
            case .value("from", let text), .value("rev", let text): arguments.from = try reader.revision(text, "--from")
            case .value(_, let text): arguments.format = try reader.format(text, of: [.simple, .json, .raw])
            default: break
            }
        }
        arguments.keys = try selection.keys(verb).keys
        return .watch(arguments)
    }

    static var manual: Manual {
        JournalCommand.verbs.manual(
            synopsis: "watch [OPTIONS] [PREFIX [RANGE_END]]",
            about: """
                Prints every change of the keys that begin with PREFIX as it happens: PUT or DELETE, the key, the value. With --from, first
                all since that revision. Ends on an interrupt or when nobody reads any more, with 0; with 5 where that history has been
                compacted.
                """,
            options: options,
            examples: [
                ("hull journal watch /sandboxes/", "what happens from now on"),
                ("hull journal watch --from 1200 -o json / | jq -c .kv", "all since revision 1200, an object in each line"),
            ])
    }
}
