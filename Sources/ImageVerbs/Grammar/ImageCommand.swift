public import CommandSupport
public import JournalVerbs
import StrictTree

/// One verb of `hull image` with what it was given.
public enum ImageCommand: Hashable, Sendable {
    case load(LoadImageArguments)
    case importing(ImportArguments)
    case save(SaveArguments)
    case list(ListImagesArguments)
    case inspect(NameArguments)
    case history(NameArguments)
    case tree(TreeArguments)
    case tag(NameArguments)
    case remove(RemoveArguments)
    case prune(PruneArguments)
    case check(CheckImagesArguments)
    case sign(SignArguments)
    case verify(VerifyArguments)
    case bundle(BundleArguments)
    case unbundle(UnbundleArguments)
    case mount(NameArguments)
    case unmount(NameArguments)

    public static let verbs = VerbTable(
        program: "hull image",
        names: [
            "load", "import", "save", "ls", "inspect", "history", "tree", "tag", "rm", "prune", "check", "sign", "verify",
            "bundle",
            "unbundle", "mount", "unmount",
        ],
        others: ["list": "ls", "rmi": "rm", "remove": "rm", "umount": "unmount"])

    /// Reads the words behind `hull image`, whose options may stand before the verb as well. `store` gets what they say.
    public init(_ reader: consuming ArgumentReader, _ store: inout StoreOptions) throws(UsageError) {
        var (name, verb) = try Self.verbs.open(reader, store)
        self = try Self.parse(name, &verb)
        store = verb.store
    }

    private static func parse(_ name: String, _ verb: inout VerbReader) throws(UsageError) -> ImageCommand {
        switch name {
        case "load": return .load(try LoadImageVerb.parse(&verb))
        case "import": return .importing(try ImportVerb.parse(&verb))
        case "save": return .save(try SaveVerb.parse(&verb))
        case "ls": return .list(try ListImagesVerb.parse(&verb))
        case "inspect": return .inspect(try InspectVerb.parse(&verb))
        case "history": return .history(try HistoryOfImageVerb.parse(&verb))
        case "tree": return .tree(try TreeVerb.parse(&verb))
        case "tag": return .tag(try TagVerb.parse(&verb))
        case "rm": return .remove(try RemoveVerb.parse(&verb))
        case "prune": return .prune(try PruneVerb.parse(&verb))
        case "check": return .check(try CheckImagesVerb.parse(&verb))
        case "sign": return .sign(try SignVerb.parse(&verb))
        case "verify": return .verify(try VerifyVerb.parse(&verb))
        case "bundle": return .bundle(try BundleVerb.parse(&verb))
        case "unbundle": return .unbundle(try UnbundleVerb.parse(&verb))
        case "mount": return .mount(try MountVerb.parse(&verb))
        case "unmount": return .unmount(try UnmountVerb.parse(&verb))
        case "help": throw try verbs.helpRequest(&verb)
        default: throw verbs.unknown(name)
        }
    }
}
