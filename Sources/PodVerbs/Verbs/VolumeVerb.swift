import CommandSupport
import JournalVerbs
import PodSandbox

/// What `volume` was given.
public struct VolumeArguments: Hashable, Sendable {
    public var isRemoval = false
    /// nil: those of all.
    public var namespace: String? = "default"
    public var output = PodOutput.table
    /// What is named behind `rm`.
    public var volumes: [Reference] = []
    /// What is not there is no failure.
    public var force = false

    public struct Reference: Hashable, Sendable {
        public let namespace: String
        public let name: String
    }

    public init() {}
}

/// The grammar of `volume`.
enum VolumeVerb {
    static let options = [
        Option("all-namespaces", "A", help: "ls: of all namespaces"),
        Option("namespace", "n", value: "NAME", help: "of another namespace than 'default'"),
        Option("output", "o", value: "FORMAT", help: "ls: json, yaml, name or jsonpath=TEMPLATE"),
        Option("force", "f", help: "rm: what is not there is no failure"),
    ]

    static func parse(_ verb: inout VerbReader) throws(UsageError) -> VolumeArguments {
        var arguments = VolumeArguments()
        try verb.read(options, limit: 1000) { token, reader throws(UsageError) in
            switch token {
            case .flag("all-namespaces", true): arguments.namespace = nil
            case .flag("force", let on): arguments.force = on
            case .value("namespace", let text): arguments.namespace = text
            case .value("output", let text):
                let choices = "--output is json, yaml, name or jsonpath=TEMPLATE"
                arguments.output = try PodOutput(text, reader, choices)
                guard arguments.output != .wide else { throw reader.wrong("\(choices), not 'wide'") }
            default: break
            }
        }
        let word = try verb.operand(0, "verb: ls or rm")
        guard ["ls", "rm"].contains(word) else { throw verb.reader.wrong("'volume' has the verbs ls and rm, not '\(word)'") }
        arguments.isRemoval = word == "rm"
        guard arguments.isRemoval else {
            if let name = verb.operands.dropFirst().first { throw verb.reader.tooMany(name) }
            return arguments
        }
        _ = try verb.operand(1, "volume")
        for word in verb.operands.dropFirst() {
            let parts = word.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty }) else {
                throw verb.reader.wrong("'\(word)' names no volume")
            }
            arguments.volumes.append(
                VolumeArguments.Reference(
                    namespace: parts.count == 2 ? parts[0] : arguments.namespace ?? "default", name: parts[parts.count - 1]))
        }
        return arguments
    }

    static var manual: Manual {
        PodCommand.verbs.manual(
            synopsis: "volume ls|rm [OPTIONS] [NAME|NAMESPACE/NAME…]",
            about: """
                Lists and removes named volumes: what pods have as persistentVolumeClaim. One is made when a pod first uses it, or by 'hull apply' of a
                PersistentVolumeClaim; it outlives its pods. One that a pod uses, running or not, is not removed.
                """,
            options: options,
            examples: [("hull volume ls -A", "all there are"), ("hull volume rm data", "with all that is in it")])
    }
}
