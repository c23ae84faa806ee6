import CommandSupport
import JournalVerbs
public import LinuxTypes

/// What `apply` was given.
public struct ApplyArguments: Hashable, Sendable {
    /// Manifests; nil is stdin.
    public var files: [HostPath?] = []
    public var isQuiet = false

    public init() {}
}

/// The grammar of `apply`.
enum ApplyVerb {
    static let options = [Option("quiet", "q", help: "print nothing but errors")]

    static func parse(_ verb: inout VerbReader) throws(UsageError) -> ApplyArguments {
        var arguments = ApplyArguments()
        try verb.read(options, limit: 100) { token, _ throws(UsageError) in
            if case .flag("quiet", let on) = token { arguments.isQuiet = on }
        }
        arguments.files = try verb.manifests()
        return arguments
    }

    static var manual: Manual {
        PodCommand.verbs.manual(
            synopsis: "apply [OPTIONS] FILE|-…",
            about: """
                Keeps the ConfigMaps, Secrets and PersistentVolumeClaims of manifests, for pods that are run later, in place of those of the same name. 'hull run' does the same
                with those that stand beside its pods. The values of Secrets lie in files that only root reads; no verb prints them.
                """,
            options: options,
            examples: [
                ("hull apply config.yaml", "what it holds"),
                ("kubectl get secret db -o yaml | hull apply -", "a cluster's, here"),
            ])
    }
}
