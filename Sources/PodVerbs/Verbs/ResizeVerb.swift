import CommandSupport
import JournalVerbs
public import PodSpec

/// What `resize` was given.
public struct ResizePodArguments: Hashable, Sendable {
    public var pod = ""
    /// nil: the only one.
    public var container: String?
    /// The resources of the whole pod, not of a container.
    public var isWhole = false
    public var wish = ResourceWish()

    public init() {}
}

/// The grammar of `resize`.
enum ResizePodVerb {
    static let options = [
        Option("container", "c", value: "NAME", help: "which container; without it the only one"),
        Option("pod", help: "what holds for the whole pod, not for a container"),
        Option("cpu", value: "CORES", help: "a new limit, as 500m or 2; none takes it away"),
        Option("memory", value: "BYTES", help: "a new limit, as 256Mi; none takes it away"),
        Option("limits", value: "LIST", help: "the same in one, as cpu=2,memory=1Gi"),
        Option("requests", value: "LIST", help: "new requests, as cpu=250m,memory=64Mi"),
    ]

    static func parse(_ verb: inout VerbReader) throws(UsageError) -> ResizePodArguments {
        var arguments = ResizePodArguments()
        try verb.read(options, limit: 1) { token, reader throws(UsageError) in
            switch token {
            case .value("container", let text): arguments.container = text
            case .flag("pod", let on): arguments.isWhole = on
            case .value("cpu", let text): arguments.wish.cpuLimit = try amount(text, "--cpu", reader)
            case .value("memory", let text): arguments.wish.memoryLimit = try amount(text, "--memory", reader)
            case .value("limits", let text):
                try list(text, "--limits", reader, &arguments.wish, \.cpuLimit, \.memoryLimit)
            case .value("requests", let text):
                try list(text, "--requests", reader, &arguments.wish, \.cpuRequest, \.memoryRequest)
            default: break
            }
        }
        arguments.pod = try verb.operand(0, "pod")
        if arguments.isWhole, arguments.container != nil { throw verb.reader.wrong("--container and --pod exclude each other") }
        if arguments.wish.isEmpty {
            throw verb.reader.wrong("there is nothing to change: --cpu, --memory, --limits or --requests")
        }
        return arguments
    }

    private static func list(
        _ text: String, _ option: String, _ reader: ArgumentReader, _ wish: inout ResourceWish,
        _ cpu: WritableKeyPath<ResourceWish, ResourceWish.Amount?>, _ memory: WritableKeyPath<ResourceWish, ResourceWish.Amount?>
    ) throws(UsageError) {
        for entry in text.split(separator: ",") {
            let sides = entry.split(separator: "=", maxSplits: 1).map(String.init)
            guard sides.count == 2, ["cpu", "memory"].contains(sides[0]) else {
                throw reader.wrong("\(option) is as cpu=1,memory=1Gi, not '\(text)'")
            }
            wish[keyPath: sides[0] == "cpu" ? cpu : memory] = try amount(sides[1], option, reader)
        }
    }

    private static func amount(
        _ text: String, _ option: String, _ reader: ArgumentReader
    ) throws(UsageError) -> ResourceWish.Amount {
        guard let amount = ResourceWish.Amount(text) else {
            throw reader.wrong("\(option) is a quantity, as 500m or 1Gi, or none, not '\(text)'")
        }
        return amount
    }

    static var manual: Manual {
        PodCommand.verbs.manual(
            synopsis: "resize [OPTIONS] POD",
            about: """
                Changes what a container, or with --pod the whole pod, is promised and may use of cpu and memory: at once where it runs, and for all later
                attempts to run it. All of it is changed, or nothing. Nothing is restarted. Less memory than is in use is refused.
                """,
            options: options,
            examples: [
                ("hull resize web -c server --cpu 2 --memory 1Gi", "new limits"),
                ("hull resize web --limits memory=none --requests cpu=100m", "no limit any more, and a smaller share"),
            ])
    }
}
