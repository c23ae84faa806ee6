import CommandSupport
public import ImageStore
import JournalVerbs
public import LinuxTypes

/// What `save` was given.
public struct SaveArguments: Hashable, Sendable {
    /// nil: stdout.
    public var path: HostPath?
    public var format = SaveFormat.layoutArchive
    public var names: [String] = []
    public var isQuiet = false
    /// With the signatures that lie beside the images.
    public var hasSignatures = false
}

/// The grammar of `save`.
enum SaveVerb {
    static let options = [
        Option("output", "o", value: "PATH", help: "the file or directory to make; without it stdout gets the archive"),
        Option("format", value: "FORMAT", help: "oci-archive (the default), oci-dir or docker-archive"),
        Option("signatures", help: "with the signatures that lie beside the images; not for docker-archive"),
        ImageOption.quiet,
    ]

    static func parse(_ verb: inout VerbReader) throws(UsageError) -> SaveArguments {
        var arguments = SaveArguments()
        try verb.read(options, limit: 1000) { token, reader throws(UsageError) in
            switch token {
            case .value("output", let text): arguments.path = text == "-" ? nil : try reader.path(text, "--output")
            case .value("format", let text): arguments.format = try reader.choice(text, "--format")
            case .flag("signatures", let on): arguments.hasSignatures = on
            case .flag("quiet", let on): arguments.isQuiet = on
            default: break
            }
        }
        arguments.names = try verb.someOperands("name of an image")
        guard arguments.format != .layoutDirectory || arguments.path != nil else {
            throw verb.reader.wrong("--format oci-dir needs --output DIR")
        }
        guard arguments.format != .dockerArchive || !arguments.hasSignatures else {
            throw verb.reader.wrong("--format docker-archive has no place for --signatures")
        }
        return arguments
    }

    static var manual: Manual {
        ImageCommand.verbs.manual(
            synopsis: "save [OPTIONS] NAME…",
            about: """
                Writes images to an OCI image layout, in a tar or a directory, with blobs that are bit by bit what came in; or to an archive that
                'docker load' reads, whose layers are not compressed. A file is seen when it is complete, or not at all.
                """,
            options: options,
            examples: [
                ("hull image save -o app.tar app:1", "an OCI archive"),
                ("hull image save --format oci-dir -o layout app:1 base:1", "a layout with two images"),
                ("hull image save --format docker-archive app:1 | docker load", "for Docker"),
            ])
    }
}
