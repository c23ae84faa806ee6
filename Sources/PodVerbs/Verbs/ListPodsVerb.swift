import CommandSupport
import JournalVerbs

/// How pods are printed.
public enum PodOutput: Hashable, Sendable {
    case table
    case wide
    case json
    case yaml
    case name
    case path(JSONPath)

    static let option = Option("output", "o", value: "FORMAT", help: "wide, json, yaml, name or jsonpath=TEMPLATE")

    init(
        _ text: String, _ reader: ArgumentReader, _ choices: String = "--output is wide, json, yaml, name or jsonpath=TEMPLATE"
    ) throws(UsageError) {
        switch text {
        case "": self = .table
        case "wide": self = .wide
        case "json": self = .json
        case "yaml": self = .yaml
        case "name": self = .name
        default:
            let mark = "jsonpath="
            guard text.hasPrefix(mark) else {
                throw reader.wrong("\(choices), not '\(text)'")
            }
            do throws(JSONPathError) { self = .path(try JSONPath(String(text.dropFirst(mark.count)))) } catch {
                throw reader.wrong("--output jsonpath: \(error)")
            }
        }
    }

    /// The same, where documents are printed.
    public var ofDocuments: DocumentOutput? {
        switch self {
        case .json: .json
        case .yaml: .yaml
        case .path(let path): .path(path)
        case .table, .wide, .name: nil
        }
    }

    /// Whether documents are printed, not lines about them.
    var isOfDocuments: Bool {
        switch self {
        case .json, .yaml, .path: true
        case .table, .wide, .name: false
        }
    }
}

/// What `ps` was given.
public struct ListPodsArguments: Hashable, Sendable {
    /// Those that have ended, too.
    public var isForEnded = false
    /// nil: those of all.
    public var namespace: String? = "default"
    /// As it was written; empty selects all.
    public var selector = ""
    public var output = PodOutput.table
    /// nil: now.
    public var at: PastMoment?

    public init() {}
}

/// The grammar of `ps`.
enum ListPodsVerb {
    static let options = [
        Option("all", "a", help: "pods that have ended, too"),
        Option("all-namespaces", "A", help: "of all namespaces"),
        Option("namespace", "n", value: "NAME", help: "of another namespace than 'default'"),
        Option("selector", "l", value: "SELECTOR", help: "whose labels match: app=web,tier!=db,x in (a,b),!y"),
        PodOutput.option, PastMoment.option,
    ]

    static func parse(_ verb: inout VerbReader) throws(UsageError) -> ListPodsArguments {
        var arguments = ListPodsArguments()
        try verb.read(options, limit: 0) { token, reader throws(UsageError) in
            switch token {
            case .flag("all", let on): arguments.isForEnded = on
            case .flag("all-namespaces", true): arguments.namespace = nil
            case .value("namespace", let text): arguments.namespace = text
            case .value("selector", let text): arguments.selector = text
            case .value("output", let text): arguments.output = try PodOutput(text, reader)
            case .value("at", let text): arguments.at = try PastMoment(text, reader)
            default: break
            }
        }
        return arguments
    }

    static var manual: Manual {
        PodCommand.verbs.manual(
            synopsis: "ps [OPTIONS]",
            about: """
                Lists pods, as the journal has them: it asks nobody and waits for nobody. Without --all those that have ended are left out. With --at, as it
                had them then.
                """,
            options: options,
            examples: [
                ("hull ps -a -A", "all there are"), ("hull ps -l app=web -o wide", "some of them, and more about them"),
                ("hull ps -a --at 10m", "all there were ten minutes ago"),
                ("hull ps -o jsonpath='{.items[*].status.podIP}'", "a part of what -o json prints"),
            ])
    }
}

/// What `inspect` was given.
public struct InspectPodArguments: Hashable, Sendable {
    public var pods: [String] = []
    public var output = PodOutput.yaml
    /// nil: now.
    public var at: PastMoment?

    public init() {}
}

/// The grammar of `inspect`.
enum InspectPodVerb {
    static let options = [
        Option("output", "o", value: "FORMAT", help: "json, yaml (default) or jsonpath=TEMPLATE"), PastMoment.option,
    ]

    static func parse(_ verb: inout VerbReader) throws(UsageError) -> InspectPodArguments {
        var arguments = InspectPodArguments()
        try verb.read(options, limit: 1000) { token, reader throws(UsageError) in
            switch token {
            case .value("at", let text): arguments.at = try PastMoment(text, reader)
            case .value("output", let text):
                arguments.output = try PodOutput(text, reader)
                guard arguments.output.isOfDocuments else {
                    throw reader.wrong("--output is json, yaml or jsonpath=TEMPLATE, not '\(text)'")
                }
            default: break
            }
        }
        arguments.pods = try verb.someOperands("pod")
        return arguments
    }

    static var manual: Manual {
        PodCommand.verbs.manual(
            synopsis: "inspect [OPTIONS] POD…",
            about: """
                Prints all that is known of a pod: its manifest, and its status as Kubernetes shows it. A pod is named by its name, NAMESPACE/NAME, either
                behind 'pod/', or the beginning of its uid.
                """,
            options: options, examples: [("hull inspect web", "all about it")])
    }
}
