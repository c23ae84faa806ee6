public import CommandSupport
public import ImageStore
import JournalVerbs
public import LinuxTypes
import OCISpec

/// What `check` was given.
public struct CheckImagesArguments: Hashable, Sendable {
    public var repairs = false
    public var format = OutputFormat.table
    public var isQuiet = false
}

/// The grammar of `check`.
enum CheckImagesVerb {
    static let options = [
        Option("repair", help: "mend what can be mended"), ImageOption.output,
        Option("quiet", "q", help: "print findings only, no progress"),
    ]

    static func parse(_ verb: inout VerbReader) throws(UsageError) -> CheckImagesArguments {
        var arguments = CheckImagesArguments()
        try verb.read(options, limit: 0) { token, reader throws(UsageError) in
            switch token {
            case .flag("repair", let on): arguments.repairs = on
            case .flag("quiet", let on): arguments.isQuiet = on
            case .value(_, let text): arguments.format = try reader.choice(text, "--output")
            default: break
            }
        }
        return arguments
    }

    static var manual: Manual {
        ImageCommand.verbs.manual(
            synopsis: "check [OPTIONS]",
            about: """
                Reads every blob and every unpacked layer again and names what is missing, damaged or needless. Ends with 4 where something is
                damaged. With --repair, layers are unpacked again from their blobs, damaged blobs removed so that the next load brings them
                back, and what belongs to no image is removed.
                """,
            options: options,
            examples: [("hull image check", "a line for each finding"), ("hull image check --repair", "mend them")])
    }
}

/// What `bundle` was given.
public struct BundleArguments: Hashable, Sendable {
    public var name: String
    public var path: HostPath
    public var hasTerminal = false
    /// Stacked of the layers, and not copied.
    public var isOverlay = false
    public var root = RootRequest()
    /// As they were given; `root` has both kinds.
    var uidMaps: [IDMapping] = []
    var gidMaps: [IDMapping] = []
    public var policy: HostPath?
}

/// The grammar of `bundle`.
enum BundleVerb {
    static let options =
        [Option("tty", "t", help: "the program gets a terminal")] + RootOptions.options
        + [ImageOption.trustPolicy, ImageOption.verifyLayers]

    static func parse(_ verb: inout VerbReader) throws(UsageError) -> BundleArguments {
        // Replaced when the operands are known, which come between the options.
        var arguments = BundleArguments(name: "", path: try verb.reader.path(".", "DIR"))
        try verb.read(options, limit: 2) { token, reader throws(UsageError) in
            if try RootOptions.take(token, reader, &arguments) { return }
            if case .flag("tty", let on) = token { arguments.hasTerminal = on }
            if case .flag("verify-layers", let on) = token { arguments.root.verifiesLayers = on }
            if case .value("trust-policy", let text) = token { arguments.policy = try reader.path(text, "--trust-policy") }
        }
        try RootOptions.finish(&arguments, verb.reader)
        arguments.name = try verb.operand(0, "name of an image")
        arguments.path = try verb.reader.path(try verb.operand(1, "directory"), "DIR")
        return arguments
    }

    static var manual: Manual {
        ImageCommand.verbs.manual(
            synopsis: "bundle [OPTIONS] NAME DIR",
            about: """
                Makes an OCI bundle in a new directory: rootfs, a copy of the image's files, and config.json, which is what 'hull-runtime spec'
                writes with the image's program, environment, directory and user, and its labels as annotations. The user's name is looked up
                in the image's own files.

                With --overlay the files are not copied: the image's layers are mounted at rootfs with a writable one on top, which lies in the
                store. The image is in use until 'unbundle', or until the mount is gone, as after a restart of the machine: then the next 'rm' of
                the image, or 'prune', takes back what was written. Where the store's file system cannot carry an overlay, the files are copied
                and it is said. With --uidmap the container gets a user namespace, and files belong to who they should in it; nothing is copied or
                changed for that.
                """,
            options: options,
            examples: [
                ("hull image bundle app:1 bundle && hull-runtime run -b bundle first", "run an image"),
                ("hull image bundle app:1 bundle && crun run -b bundle first", "with another runtime"),
                ("hull image bundle --overlay --uidmap 0:100000:65536 app:1 bundle", "at once, in a user namespace"),
            ])
    }
}
