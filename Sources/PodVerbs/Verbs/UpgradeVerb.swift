import CommandSupport
import JournalVerbs

/// What `upgrade` was given.
public struct UpgradeArguments: Hashable, Sendable {
    /// Empty: all that have a keeper.
    public var pods: [String] = []

    public init() {}
}

/// The grammar of `upgrade`.
enum UpgradeVerb {
    static func parse(_ verb: inout VerbReader) throws(UsageError) -> UpgradeArguments {
        var arguments = UpgradeArguments()
        try verb.read([], limit: 1000) { _, _ in }
        arguments.pods = verb.operands
        return arguments
    }

    static var manual: Manual {
        PodCommand.verbs.manual(
            synopsis: "upgrade [POD…]",
            about: """
                Has the keepers of pods, of all without POD, become the hull-keeper that lies beside this 'hull': what was installed since they were started. Their
                processes, containers, logs and clients' terminals stay. A keeper that is this program already is left alone.
                """,
            options: [], examples: [("hull upgrade", "after an installation")])
    }
}
