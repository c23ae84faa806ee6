public import CommandSupport
import JournalVerbs

/// What `ls` was given.
public struct ListImagesArguments: Hashable, Sendable {
    /// Only those; all where it is empty.
    public var names: [String] = []
    public var format = OutputFormat.table
    public var isQuiet = false
    public var showsDigests = false
    public var isWhole = false
    public var showsSignatures = false
}

/// The grammar of `ls`.
enum ListImagesVerb {
    static let options = [
        ImageOption.output,
        Option("quiet", "q", help: "print ids only"),
        Option("digests", help: "print the digests of manifests as well"),
        Option("no-trunc", help: "print whole ids"),
        Option("signatures", help: "list the signatures of images as well"),
    ]

    static func parse(_ verb: inout VerbReader) throws(UsageError) -> ListImagesArguments {
        var arguments = ListImagesArguments()
        try verb.read(options, limit: 1000) { token, reader throws(UsageError) in
            switch token {
            case .value("output", let text): arguments.format = try reader.choice(text, "--output")
            case .flag("quiet", let on): arguments.isQuiet = on
            case .flag("digests", let on): arguments.showsDigests = on
            case .flag("no-trunc", let on): arguments.isWhole = on
            case .flag("signatures", let on): arguments.showsSignatures = on
            default: break
            }
        }
        arguments.names = verb.operands
        return arguments
    }

    static var manual: Manual {
        ImageCommand.verbs.manual(
            synopsis: "ls [OPTIONS] [NAME…]",
            about: """
                Lists images: names, id (the digest of the configuration), age, size of the unpacked files, how much of it other images share, and
                by how many it is used. JSON has the number of its signatures; they themselves are listed by name, or with --signatures.
                """,
            options: options,
            examples: [
                ("hull image ls", "for a person"), ("hull image ls -o json | jq -r '.[].id'", "for a script"),
            ])
    }
}
