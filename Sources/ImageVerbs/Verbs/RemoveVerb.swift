import CommandSupport
import JournalVerbs

/// What `rm` was given.
public struct RemoveArguments: Hashable, Sendable {
    public var names: [String] = []
    /// By id also where there are several names; and that there is none of these images is no failure.
    public var force = false
}

/// The grammar of `rm`.
enum RemoveVerb {
    static let options = [
        Option("force", "f", help: "by id, an image with several names too; what is not there is no failure")
    ]

    static func parse(_ verb: inout VerbReader) throws(UsageError) -> RemoveArguments {
        var arguments = RemoveArguments()
        try verb.read(options, limit: 1000) { token, _ throws(UsageError) in
            if case .flag("force", let on) = token { arguments.force = on }
        }
        arguments.names = try verb.someOperands("name of an image")
        return arguments
    }

    static var manual: Manual {
        ImageCommand.verbs.manual(
            synopsis: "rm [OPTIONS] NAME…",
            about: """
                Takes names away; with its last name, or by id, the image goes, and with it the blobs and layers that no other image needs. An
                image that a pod or a mount uses stays, --force or not. Nobody waits while files are removed.
                """,
            options: options,
            examples: [("hull image rm app:1", "a name, and the image if it was the last")])
    }
}

/// What `prune` was given.
public struct PruneArguments: Hashable, Sendable {
    /// Images with names too.
    public var isForAll = false
}

/// The grammar of `prune`.
enum PruneVerb {
    static let options = [Option("all", "a", help: "images that have names as well")]

    static func parse(_ verb: inout VerbReader) throws(UsageError) -> PruneArguments {
        var arguments = PruneArguments()
        try verb.read(options, limit: 0) { token, _ throws(UsageError) in
            if case .flag("all", let on) = token { arguments.isForAll = on }
        }
        return arguments
    }

    static var manual: Manual {
        ImageCommand.verbs.manual(
            synopsis: "prune [OPTIONS]",
            about: """
                Removes images that have no name and that nobody uses, and what belongs to no image. What a pod uses or a load in progress needs
                stays.
                """,
            options: options,
            examples: [("hull image prune --all", "all that nobody uses")])
    }
}
