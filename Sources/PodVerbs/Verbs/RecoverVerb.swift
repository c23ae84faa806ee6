import CommandSupport
import JournalVerbs

/// What `recover` was given.
public struct RecoverArguments: Hashable, Sendable {
    /// Until the containers of what runs again have executed their programs.
    public var waits = false
    public var isQuiet = false

    public init() {}
}

/// The grammar of `recover`.
enum RecoverVerb {
    static let options = [
        Option("wait", "w", help: "until the containers of pods that run again have executed their programs"),
        Option("quiet", "q", help: "print nothing but errors"),
    ]

    static func parse(_ verb: inout VerbReader) throws(UsageError) -> RecoverArguments {
        var arguments = RecoverArguments()
        try verb.read(options, limit: 0) { token, _ throws(UsageError) in
            switch token {
            case .flag("wait", let on): arguments.waits = on
            case .flag("quiet", let on): arguments.isQuiet = on
            default: break
            }
        }
        return arguments
    }

    static var manual: Manual {
        PodCommand.verbs.manual(
            synopsis: "recover [OPTIONS]",
            about: """
                Has all pods as they should be after a reboot, or after keepers were killed. Pods that ran when the machine went down run again where a container's
                restart policy is Always, or OnFailure and it had not succeeded; the others stay lost. Pods without a keeper get one. Stops and removals
                that were under way are brought to their end. One line for each pod about which something was done. 'hull-recover.service' calls
                it at boot.
                """,
            options: options, examples: [("hull recover --wait", "and 0 when all of them have started")])
    }
}
