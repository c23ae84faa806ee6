public import CommandSupport
import ImageSpec
import JournalVerbs
public import LinuxTypes

/// The name that a verb was given, and what it prints.
public struct NameArguments: Hashable, Sendable {
    public var name: String
    /// The second operand of `tag`.
    public var target: String?
    public var format = OutputFormat.table
    public var isWhole = false
    /// Of `mount`: the trust policy, and whether layers are compared with what was loaded.
    public var policy: HostPath?
    public var verifiesLayers = false
}

/// The grammar of `inspect`.
enum InspectVerb {
    static func parse(_ verb: inout VerbReader) throws(UsageError) -> NameArguments {
        try verb.read([Option("output", "o", value: "FORMAT", help: "")], limit: 1) { token, reader throws(UsageError) in
            guard case .value(_, let text) = token, text != "json" else { return }
            throw reader.wrong("--output is json, not '\(text)'")
        }
        return NameArguments(name: try verb.operand(0, "name of an image"))
    }

    static var manual: Manual {
        ImageCommand.verbs.manual(
            synopsis: "inspect NAME",
            about:
                "Prints all that is known of an image as JSON: names, digests, layers with diff ids and chain ids, configuration, users.",
            options: [Option("output", "o", value: "FORMAT", help: "json, the only one")],
            examples: [("hull image inspect app:1 | jq .config", "what it runs")])
    }
}

/// The grammar of `history`.
enum HistoryOfImageVerb {
    static let options = [ImageOption.output, Option("no-trunc", help: "print whole commands")]

    static func parse(_ verb: inout VerbReader) throws(UsageError) -> NameArguments {
        var arguments = NameArguments(name: "")
        try verb.read(options, limit: 1) { token, reader throws(UsageError) in
            switch token {
            case .value(_, let text): arguments.format = try reader.choice(text, "--output")
            case .flag("no-trunc", let on): arguments.isWhole = on
            default: break
            }
        }
        arguments.name = try verb.operand(0, "name of an image")
        return arguments
    }

    static var manual: Manual {
        ImageCommand.verbs.manual(
            synopsis: "history [OPTIONS] NAME", about: "Prints how an image came about, the last step first.", options: options,
            examples: [("hull image history app:1", "a line for each step")])
    }
}

/// The grammar of `tag`.
enum TagVerb {
    static func parse(_ verb: inout VerbReader) throws(UsageError) -> NameArguments {
        try verb.read([], limit: 2) { _, _ in }
        let target = try verb.operand(1, "new name")
        return NameArguments(
            name: try verb.operand(0, "name of an image"), target: try verb.reader.reference(target).description)
    }

    static var manual: Manual {
        ImageCommand.verbs.manual(
            synopsis: "tag NAME NEW-NAME",
            about: "Gives an image one more name. A name that pointed to another image points to this one from now on.",
            options: [],
            examples: [("hull image tag app:1 app:latest", "the same image, by two names")])
    }
}

/// The grammar of `mount`.
enum MountVerb {
    static let options = [ImageOption.trustPolicy, ImageOption.verifyLayers]

    static func parse(_ verb: inout VerbReader) throws(UsageError) -> NameArguments {
        var arguments = NameArguments(name: "")
        try verb.read(options, limit: 1) { token, reader throws(UsageError) in
            if case .value(_, let text) = token { arguments.policy = try reader.path(text, "--trust-policy") }
            if case .flag(_, let on) = token { arguments.verifiesLayers = on }
        }
        arguments.name = try verb.operand(0, "name of an image")
        return arguments
    }

    static var manual: Manual {
        ImageCommand.verbs.manual(
            synopsis: "mount NAME",
            about: """
                Mounts an image read-only below the run root and prints where. Until it is unmounted, or the machine restarted, the image is in
                use. An image of several layers needs Linux 6.8.
                """,
            options: options,
            examples: [("ls $(hull image mount app:1)/etc", "look inside")])
    }
}

/// The grammar of `unmount`.
enum UnmountVerb {
    static func parse(_ verb: inout VerbReader) throws(UsageError) -> NameArguments {
        try verb.read([], limit: 1) { _, _ in }
        return NameArguments(name: try verb.operand(0, "name of an image"))
    }

    static var manual: Manual {
        ImageCommand.verbs.manual(
            synopsis: "unmount NAME", about: "Ends what 'mount' began. Prints the image's digest.", options: [],
            examples: [("hull image unmount app:1", "it can be removed again")])
    }
}
