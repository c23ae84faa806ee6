public import LinuxTypes

/// What `spec` was given.
public struct SpecArguments: Hashable, Sendable {
    public var bundle: HostPath
    /// For a user without privileges.
    public var isRootless = false
}

/// The grammar of `spec`.
enum SpecVerb {
    static let options = [
        Option("bundle", "b", value: "DIR", help: "where to write config.json (default: the working directory)"),
        Option("rootless", help: "a configuration for a user without privileges"),
    ]

    static func parse(_ reader: inout ArgumentReader) throws(UsageError) -> Command {
        var arguments = SpecArguments(bundle: try reader.path(".", "--bundle"))
        while let token = try reader.read(options) {
            switch token {
            case .value("bundle", let text): arguments.bundle = try reader.path(text, "--bundle")
            case .flag("rootless", let on): arguments.isRootless = on
            case .operand(let word): throw reader.tooMany(word)
            default: break
            }
        }
        return .spec(arguments)
    }

    static var manual: Manual {
        Manual(
            synopsis: "spec [OPTIONS]", about: "Writes a config.json to begin with: a shell in ./rootfs. Never overwrites one.",
            options: options,
            examples: [("hull-runtime spec -b /bundles/web", "begin a bundle")])
    }
}
