public import CommandSupport
import StrictTree

/// One verb of `hull journal` with what it was given.
public enum JournalCommand: Hashable, Sendable {
    case read(ReadArguments)
    case put(PutArguments)
    case delete(DeleteKeysArguments)
    case transaction(TransactionArguments)
    case watch(WatchArguments)
    case history(HistoryArguments)
    case compact(CompactArguments)
    case check(PrintFormat)
    case repair(PrintFormat, isDry: Bool)
    case stats(PrintFormat)
    case dump(DumpArguments)
    case load(LoadArguments)
    case lease(LeaseArguments)

    public static let verbs = VerbTable(
        program: "hull journal",
        names: [
            "get", "range", "ls", "put", "del", "txn", "watch", "history", "compact", "check", "repair", "stats", "dump", "load",
            "lease",
        ])

    /// Reads the words behind `hull journal`, whose options may stand before the verb as well. `store` gets what they say.
    public init(_ reader: consuming ArgumentReader, _ store: inout StoreOptions) throws(UsageError) {
        var (name, verb) = try Self.verbs.open(reader, store)
        self = try Self.parse(name, &verb)
        store = verb.store
    }

    private static func parse(_ name: String, _ verb: inout VerbReader) throws(UsageError) -> JournalCommand {
        switch name {
        case "get": return .read(try GetVerb.arguments(&verb, form: .single))
        case "range", "ls": return .read(try GetVerb.arguments(&verb, form: .prefix))
        case "put": return .put(try PutVerb.arguments(&verb))
        case "del": return .delete(try DeleteKeysVerb.arguments(&verb))
        case "txn": return try TransactionVerb.parse(&verb)
        case "watch": return try WatchVerb.parse(&verb)
        case "history": return try HistoryVerb.parse(&verb)
        case "compact": return try CompactVerb.parse(&verb)
        case "check": return .check(try CheckVerb.parse(&verb).0)
        case "repair":
            let (format, isDry) = try CheckVerb.parse(&verb, RepairVerb.options)
            return .repair(format, isDry: isDry)
        case "stats": return .stats(try CheckVerb.parse(&verb).0)
        case "dump": return try DumpVerb.parse(&verb)
        case "load": return try LoadVerb.parse(&verb)
        case "lease": return .lease(try LeaseVerb.arguments(&verb))
        case "help": throw try verbs.helpRequest(&verb)
        default: throw verbs.unknown(name)
        }
    }
}
