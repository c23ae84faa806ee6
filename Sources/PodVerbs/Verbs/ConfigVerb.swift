import CommandSupport
import JournalVerbs
public import PodSandbox

/// What `config` was given.
public struct ConfigArguments: Hashable, Sendable {
    public var action = Action.list
    /// nil: those of all.
    public var namespace: String? = "default"
    public var output = PodOutput.table
    /// What is named behind `inspect` and `rm`.
    public var references: [ConfigReferenceText] = []
    /// What is not there is no failure.
    public var force = false

    public enum Action: String, CaseIterable, Hashable, Sendable {
        case list = "ls"
        case inspect
        case remove = "rm"
    }

    public init() {}
}

/// The grammar of `config`.
enum ConfigVerb {
    static let options = [
        Option("all-namespaces", "A", help: "ls: of all namespaces"),
        Option("namespace", "n", value: "NAME", help: "of another namespace than 'default'"),
        Option(
            "output", "o", value: "FORMAT",
            help: "ls: json, yaml, name or jsonpath=TEMPLATE; inspect: not name, and yaml by default"),
        Option("force", "f", help: "rm: what is not there is no failure"),
    ]

    static func parse(_ verb: inout VerbReader) throws(UsageError) -> ConfigArguments {
        var arguments = ConfigArguments()
        var format = ""
        try verb.read(options, limit: 1000) { token, reader throws(UsageError) in
            switch token {
            case .flag("all-namespaces", true): arguments.namespace = nil
            case .flag("force", let on): arguments.force = on
            case .value("namespace", let text): arguments.namespace = text
            case .value("output", let text): (arguments.output, format) = (try PodOutput(text, reader), text)
            default: break
            }
        }
        let word = try verb.operand(0, "verb: ls, inspect or rm")
        guard let action = ConfigArguments.Action(rawValue: word) else {
            throw verb.reader.wrong("'config' has the verbs ls, inspect and rm, not '\(word)'")
        }
        arguments.action = action
        guard arguments.output == .table || arguments.output.isOfDocuments || (action == .list && arguments.output == .name)
        else {
            throw verb.reader.wrong("'config \(word)' prints nothing as '\(format)'")
        }
        for word in verb.operands.dropFirst() {
            guard let reference = ConfigReferenceText(word, namespace: arguments.namespace ?? "default") else {
                throw verb.reader.wrong("'\(word)' is neither configmap/NAME nor secret/NAME")
            }
            arguments.references.append(reference)
        }
        if action == .list {
            if let reference = verb.operands.dropFirst().first { throw verb.reader.tooMany(reference) }
        } else {
            _ = try verb.operand(1, "name: configmap/NAME or secret/NAME")
        }
        return arguments
    }

    static var manual: Manual {
        PodCommand.verbs.manual(
            synopsis: "config ls|inspect|rm [OPTIONS] [KIND/NAME…]",
            about: """
                Lists, prints and removes the ConfigMaps and Secrets of this machine. One is named configmap/NAME or secret/NAME, or KIND/NAMESPACE/NAME.
                'inspect' prints a ConfigMap with all that is in it, and of a Secret the keys. Pods that run keep what they have when one is removed.
                """,
            options: options,
            examples: [
                ("hull config ls -A", "all there are"), ("hull config inspect configmap/web", "what is in it"),
                ("hull config rm secret/db configmap/web", "away with them"),
            ])
    }
}
