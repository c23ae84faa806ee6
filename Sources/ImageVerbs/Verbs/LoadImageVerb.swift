import CommandSupport
public import ImageLayers
public import ImageSpec
import JournalVerbs
public import LinuxTypes

/// What `load` was given.
public struct LoadImageArguments: Hashable, Sendable {
    /// nil: stdin.
    public var path: HostPath?
    public var name: ImageReference?
    public var platform = Platform.host
    public var isQuiet = false
    /// Seconds to wait for somebody who loads the same.
    public var patience: Int64 = 600
    public var limits = LayerLimits()
}

/// The grammar of `load`.
enum LoadImageVerb {
    static let options =
        [
            Option("name", "n", value: "NAME", help: "what the image is to be called, instead of what the archive says"),
            Option("input", "i", value: "FILE", help: "the same as FILE"),
            ImageOption.platform,
            Option("wait", value: "SECONDS", help: "how long to wait for somebody who loads the same (default 600)"),
            ImageOption.quiet,
        ] + LayerLimitOptions.options

    static func parse(_ verb: inout VerbReader) throws(UsageError) -> LoadImageArguments {
        var arguments = LoadImageArguments()
        var input: String?
        try verb.read(options, limit: 1) { token, reader throws(UsageError) in
            if try LayerLimitOptions.take(token, reader, &arguments.limits) { return }
            switch token {
            case .value("name", let text): arguments.name = try reader.reference(text)
            case .value("input", let text): input = text
            case .value("platform", let text): arguments.platform = try reader.platform(text)
            case .value("wait", let text): arguments.patience = Int64(try reader.number(text, "--wait", as: UInt16.self))
            case .flag("quiet", let on): arguments.isQuiet = on
            default: break
            }
        }
        if input != nil, let word = verb.operands.first { throw verb.reader.tooMany(word) }
        var word = input ?? ""
        if input == nil { word = try verb.operand(0, "file or directory; '-' reads stdin") }
        if word != "-" { arguments.path = try verb.reader.path(word, "FILE") }
        return arguments
    }

    static var manual: Manual {
        ImageCommand.verbs.manual(
            synopsis: "load [OPTIONS] FILE|DIR|-",
            about: """
                Loads the images of an OCI image layout, a directory or a tar of one, or of what 'docker save' writes; '-' is stdin. Archives may
                be compressed with gzip or zstd. Every blob is compared with its digest and size, and every layer with its diff id, before a
                name points at the image. Of an index, the image for the platform is loaded. Prints the names that were given.

                What is in the store already is not read again. Cut off at any moment, nothing half-loaded is seen; the next command takes its
                space back, and the same command again succeeds.

                Layers that ask for more than the limits below are refused with the name of the option that allows more. K, M, G and T are
                powers of 1024. The limits hold for what comes in: what is in the store is read without them.
                """,
            options: options,
            examples: [
                ("hull image load busybox.tar", "an archive, by the names in it"),
                ("hull image load --name example.org/app:1 layout/", "a layout without names"),
                ("zstdcat app.tar.zst | hull image load -", "from a pipe"),
                ("hull image load --max-bytes 200M --max-entries 10000 theirs.tar", "something small, from somebody else"),
            ])
    }
}
