/// What `ps` was given.
public struct PsArguments: Hashable, Sendable {
    public var id: String
    public var format = OutputFormat.table
    /// For the host's `ps`; its output must have a column PID.
    public var psOptions: [String] = ["-ef"]
}

/// The grammar of `ps`: what stands behind the ID is for the host's `ps`.
enum PsVerb {
    static let options = [Option("format", "f", value: "FORMAT", help: "table, or json: an array of pids")]

    static func parse(_ reader: inout ArgumentReader) throws(UsageError) -> Command {
        var format = OutputFormat.table
        while let token = try reader.read(options) {
            switch token {
            case .value("format", let text): format = try reader.choice(text, "--format")
            case .operand(let id):
                let rest = reader.takeRest()
                return .ps(PsArguments(id: id, format: format, psOptions: rest.isEmpty ? ["-ef"] : rest))
            default: break
            }
        }
        throw .wrong("there is no container ID", of: "ps")
    }

    static var manual: Manual {
        Manual(
            synopsis: "ps [OPTIONS] ID [PS OPTIONS]",
            about: """
                Lists the processes of a container: the output of the host's 'ps', with 'ps -ef' where no options are given,
                less the processes that are not the container's.
                """,
            options: options,
            examples: [
                ("hull-runtime ps web", "who runs in a container"),
                ("hull-runtime ps web -o pid,rss,args ax", "with columns of one's own"),
                ("hull-runtime ps --format json web", "the pids, for a program"),
            ])
    }
}
