public import CommandSupport
public import JournalVerbs

/// One verb of `hull network` with what it was given.
public enum NetworkCommand: Hashable, Sendable {
    case list(ListNetworksArguments)
    case inspect(InspectNetworksArguments)
    case check(CheckNetworksArguments)

    public static let verbs = VerbTable(program: "hull network", names: ["ls", "inspect", "check"], others: ["list": "ls"])

    /// Reads the words behind `hull network`, whose options may stand before the verb as well. `store` gets what they say.
    public init(_ reader: consuming ArgumentReader, _ store: inout StoreOptions) throws(UsageError) {
        var (name, verb) = try Self.verbs.open(reader, store)
        self = try Self.parse(name, &verb)
        store = verb.store
    }

    private static func parse(_ name: String, _ verb: inout VerbReader) throws(UsageError) -> NetworkCommand {
        switch name {
        case "ls": return .list(try ListNetworksVerb.parse(&verb))
        case "inspect": return .inspect(try InspectNetworksVerb.parse(&verb))
        case "check": return .check(try CheckNetworksVerb.parse(&verb))
        case "help": throw try verbs.helpRequest(&verb)
        default: throw verbs.unknown(name)
        }
    }
}

/// Help texts of `hull network`, made when somebody asks.
public enum NetworkHelp {
    /// The help of a verb, or of `hull network` for nil.
    public static func text(for verb: String?) -> String { manual(for: verb)?.text ?? program }

    /// The manual of a verb; nil for none.
    public static func manual(for verb: String?) -> Manual? {
        switch verb {
        case "ls": ListNetworksVerb.manual
        case "inspect": InspectNetworksVerb.manual
        case "check": CheckNetworksVerb.manual
        default: nil
        }
    }

    private static var program: String {
        """
        Usage: hull network VERB [ARGUMENTS]

        Looks at the networks of pods, and after them: the bridge network, and those of CNI. 'hull run --network NAME' puts a pod on one.

        Verbs:
          ls       list networks
          inspect  print all that is known of networks
          check    compare the journal with the kernel, both ways

        Options, which stand anywhere:
        \(Manual.list(StoreOptions.options))
        Exit codes:
          0  done, and 'check' found nothing     2  the words or the configuration mean nothing
          1  failed, or 'check' found something  3  there is no such network

        Examples:
          # who has which address
          hull network inspect bridge
          # mend what somebody else has broken
          hull network check --fix

        """
    }
}
