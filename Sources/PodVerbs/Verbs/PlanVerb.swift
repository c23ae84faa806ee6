import CommandSupport
import JournalVerbs
public import LinuxTypes
public import PodSandbox

/// What `plan` was given.
public struct PlanArguments: Hashable, Sendable {
    /// Manifests; nil is stdin.
    public var files: [HostPath?] = []
    /// nil is for people.
    public var output: DocumentOutput?
    /// The digest alone.
    public var isQuiet = false
    /// nil is as the configuration says.
    public var network: NetworkMode?
    /// nil is the machine's.
    public var configuration: HostPath?
    public var tuning = TuningFlags()

    public init() {}
}

/// The grammar of `plan`.
enum PlanVerb {
    static let options =
        [
            DocumentOutput.option,
            Option("quiet", "q", help: "print the digest alone, for 'hull run --plan'"), RunPodVerb.network,
            ConfigurationOption.option,
        ] + TuningFlags.options

    static func parse(_ verb: inout VerbReader) throws(UsageError) -> PlanArguments {
        var arguments = PlanArguments()
        try verb.read(options, limit: 100) { token, reader throws(UsageError) in
            switch token {
            case .flag("quiet", let on): arguments.isQuiet = on
            case .value("output", let text): arguments.output = try DocumentOutput(text, reader)
            case .value("network", let text): arguments.network = try RunPodVerb.network(text, reader)
            case .value(let name, let text) where try arguments.tuning.take(name, text, reader): break
            case .value("config", let text): arguments.configuration = try reader.path(text, "--config")
            default: break
            }
        }
        arguments.files = try verb.manifests()
        return arguments
    }

    static var manual: Manual {
        PodCommand.verbs.manual(
            synopsis: "plan [OPTIONS] FILE|-…",
            about: """
                Prints what 'hull run' would do with the same files, step by step in its order: directories, cgroups and what is written to them, namespaces,
                mounts with their flags, files, the network, and for each container its id maps, user, seccomp verdicts, and the capabilities it has before and
                after its program is executed. Changes nothing, of the machine or of the journal. The last line is a digest of all that: 'hull run --plan DIGEST'
                runs the same files only while they would do the same.
                """,
            options: options,
            examples: [
                ("hull plan pod.yaml", "what would be done"),
                ("hull run --plan $(hull plan -q pod.yaml) pod.yaml", "that, and nothing else"),
            ])
    }
}
