import CommandSupport
import JournalVerbs
public import LinuxTypes
public import PodSandbox

/// What `run` was given.
public struct RunPodArguments: Hashable, Sendable {
    /// Manifests; nil is stdin.
    public var files: [HostPath?] = []
    /// Until the pods have ended.
    public var waits = false
    public var removes = false
    /// No containers: somebody asks for them one by one.
    public var makesSandboxOnly = false
    /// A pod of the same name goes first.
    public var replaces = false
    /// Nothing that is only passed over.
    public var isStrict = false
    public var isInteractive = false
    public var hasTerminal = false
    public var isQuiet = false
    /// nil is as the configuration says.
    public var network: NetworkMode?
    /// nil is the machine's.
    public var configuration: HostPath?
    public var tuning = TuningFlags()
    /// The digest of a plan from which the run may not differ.
    public var plan: String?

    public init() {}
}

/// The grammar of `run`.
enum RunPodVerb {
    static let options =
        [
            Option("wait", help: "until the pods have ended; the exit code says whether they succeeded"),
            Option("rm", help: "remove the pods when they have ended"),
            Option("replace", help: "remove pods of these names first"),
            Option("sandbox", help: "make the pods' sandboxes only: 'hull container' makes and starts their containers"),
            Option("strict", help: "refuse manifests of which something is left out"),
            Option("interactive", "i", help: "attach to the container, with its stdin"),
            Option("tty", "t", help: "give the container a terminal, and attach to it"),
            network, ConfigurationOption.option,
            Option("plan", value: "DIGEST", help: "refuse to do anything else than 'hull plan' said, whose digest this is"),
            Option("quiet", "q", help: "print nothing but errors and names"),
        ] + TuningFlags.options

    static let network = Option(
        "network", value: "MODE",
        help: "\(NetworkMode.words); where the configuration says nothing, none: loopback alone (docs/networking.md)")

    static func network(_ text: String, _ reader: ArgumentReader) throws(UsageError) -> NetworkMode {
        guard let mode = NetworkMode(text) else { throw reader.wrong("--network is \(NetworkMode.words), not '\(text)'") }
        return mode
    }

    static func parse(_ verb: inout VerbReader) throws(UsageError) -> RunPodArguments {
        var arguments = RunPodArguments()
        try verb.read(options, limit: 100) { token, reader throws(UsageError) in
            switch token {
            case .flag("wait", let on): arguments.waits = on
            case .flag("rm", let on): arguments.removes = on
            case .flag("replace", let on): arguments.replaces = on
            case .flag("sandbox", let on): arguments.makesSandboxOnly = on
            case .flag("strict", let on): arguments.isStrict = on
            case .flag("interactive", let on): arguments.isInteractive = on
            case .flag("tty", let on): arguments.hasTerminal = on
            case .flag("quiet", let on): arguments.isQuiet = on
            case .value("network", let text): arguments.network = try network(text, reader)
            case .value("plan", let text): arguments.plan = text
            case .value(let name, let text) where try arguments.tuning.take(name, text, reader): break
            case .value("config", let text): arguments.configuration = try reader.path(text, "--config")
            default: break
            }
        }
        guard !arguments.makesSandboxOnly || !arguments.isInteractive && !arguments.hasTerminal else {
            throw verb.reader.wrong("--sandbox starts no container to which --interactive and --tty could attach")
        }
        arguments.files = try verb.manifests()
        return arguments
    }

    static var manual: Manual {
        PodCommand.verbs.manual(
            synopsis: "run [OPTIONS] FILE|-…",
            about: """
                Runs the pods of Kubernetes manifests, in YAML or JSON. Returns 0 when every container that is no init container has executed its
                program; then the pods go on by themselves, whatever becomes of the shell. A first start that fails returns 1 with its error; the pod
                stays for 'inspect' and 'logs', unless --rm. Nothing is started where one of the pods cannot be: one image is missing, or a name is taken.

                With -i or -t it attaches to the pod's default container before that starts, prints what it prints and nothing else, and ends with its exit
                code. With --rm the pod is gone by then, whatever else runs in it.
                """,
            options: options,
            examples: [
                ("hull run pod.yaml", "as it is"),
                ("kubectl get pod web -o yaml | hull run --replace -", "a pod of a cluster, here"),
                ("hull run --wait --rm job.yaml", "to its end, leaving nothing"),
                ("hull run -it --rm box.yaml", "a shell of its own"),
            ])
    }
}
