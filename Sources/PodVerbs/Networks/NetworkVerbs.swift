import CommandSupport
import JournalVerbs
public import LinuxTypes

/// The configuration of the machine's networks, as `run` and the verbs of `network` take it.
enum ConfigurationOption {
    static let option = Option("config", value: "FILE", help: "the configuration, instead of /etc/hull/config.json")
}

/// How networks are printed.
public enum NetworkOutput: String, CaseIterable, Hashable, Sendable {
    case table = ""
    case json
    case yaml
    case name

    init(_ text: String, of formats: [NetworkOutput], _ reader: ArgumentReader) throws(UsageError) {
        guard let format = NetworkOutput(rawValue: text), formats.contains(format) else {
            let known = formats.map(\.rawValue)
            let list = known.count == 1 ? known[0] : known.dropLast().joined(separator: ", ") + " or " + (known.last ?? "")
            throw reader.wrong("--output is \(list), not '\(text)'")
        }
        self = format
    }
}

/// What `network ls` was given.
public struct ListNetworksArguments: Hashable, Sendable {
    public var output = NetworkOutput.table
    public var configuration: HostPath?

    public init() {}
}

/// The grammar of `network ls`.
enum ListNetworksVerb {
    static let options = [Option("output", "o", value: "FORMAT", help: "json or name"), ConfigurationOption.option]

    static func parse(_ verb: inout VerbReader) throws(UsageError) -> ListNetworksArguments {
        var arguments = ListNetworksArguments()
        try verb.read(options, limit: 0) { token, reader throws(UsageError) in
            switch token {
            case .value("output", let text): arguments.output = try NetworkOutput(text, of: [.json, .name], reader)
            case .value("config", let text): arguments.configuration = try reader.path(text, "--config")
            default: break
            }
        }
        return arguments
    }

    static var manual: Manual {
        NetworkCommand.verbs.manual(
            synopsis: "ls [OPTIONS]",
            about: """
                Lists the networks that pods can have beside loopback and the machine's own: the bridge network, which is made when its first pod comes and
                removed behind its last, and those of CNI that are configured, or have pods. Asks nobody and waits for nobody.
                """,
            options: options, examples: [("hull network ls", "all there are")])
    }
}

/// What `network inspect` was given.
public struct InspectNetworksArguments: Hashable, Sendable {
    /// Empty is all.
    public var names: [String] = []
    public var output = NetworkOutput.yaml
    public var configuration: HostPath?

    public init() {}
}

/// The grammar of `network inspect`.
enum InspectNetworksVerb {
    static let options = [Option("output", "o", value: "FORMAT", help: "json or yaml (default)"), ConfigurationOption.option]

    static func parse(_ verb: inout VerbReader) throws(UsageError) -> InspectNetworksArguments {
        var arguments = InspectNetworksArguments()
        try verb.read(options, limit: 1000) { token, reader throws(UsageError) in
            switch token {
            case .value("output", let text): arguments.output = try NetworkOutput(text, of: [.json, .yaml], reader)
            case .value("config", let text): arguments.configuration = try reader.path(text, "--config")
            default: break
            }
        }
        arguments.names = verb.operands
        return arguments
    }

    static var manual: Manual {
        NetworkCommand.verbs.manual(
            synopsis: "inspect [OPTIONS] [NAME…]",
            about: """
                Prints networks with their pods: addresses, ports of the host, and what of it is being made or taken away. Without a name, all that 'ls' lists.
                """,
            options: options,
            examples: [("hull network inspect bridge", "one"), ("hull network inspect -o json | jq '.[].pods'", "for a script")])
    }
}

/// What `network check` was given.
public struct CheckNetworksArguments: Hashable, Sendable {
    public var fixes = false
    public var output = NetworkOutput.table
    public var configuration: HostPath?

    public init() {}
}

/// The grammar of `network check`.
enum CheckNetworksVerb {
    static let options = [
        Option("fix", help: "mend what can be mended"), Option("output", "o", value: "FORMAT", help: "json"),
        ConfigurationOption.option,
    ]

    static func parse(_ verb: inout VerbReader) throws(UsageError) -> CheckNetworksArguments {
        var arguments = CheckNetworksArguments()
        try verb.read(options, limit: 0) { token, reader throws(UsageError) in
            switch token {
            case .flag("fix", let on): arguments.fixes = on
            case .value("output", let text): arguments.output = try NetworkOutput(text, of: [.json], reader)
            case .value("config", let text): arguments.configuration = try reader.path(text, "--config")
            default: break
            }
        }
        return arguments
    }

    static var manual: Manual {
        NetworkCommand.verbs.manual(
            synopsis: "check [OPTIONS]",
            about: """
                Compares what the journal says of networks with what the kernel has, both ways: the bridge, its addresses and settings, tables and their
                elements, links, claims of addresses and ports; and asks the plugins of CNI about their pods. Prints nothing and ends with 0 where all is well;
                else a line for each finding, and ends with 1. With --fix it removes what belongs to nobody and restores what is missing, and tells only what
                is left.
                """,
            options: options,
            examples: [("hull network check", "a line for each finding"), ("hull network check --fix", "mend them")])
    }
}
