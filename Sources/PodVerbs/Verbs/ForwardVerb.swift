import CommandSupport
import JournalVerbs
public import PodSandbox

/// What `port-forward` was given.
public struct ForwardArguments: Hashable, Sendable {
    public var pod = ""
    public var ports: [PortForward.Port] = []

    public init() {}
}

/// The grammar of `port-forward`.
enum ForwardVerb {
    static func parse(_ verb: inout VerbReader) throws(UsageError) -> ForwardArguments {
        var arguments = ForwardArguments()
        try verb.read([], limit: 100) { _, _ in }
        arguments.pod = try verb.operand(0, "pod")
        _ = try verb.operand(1, "port")
        for word in verb.operands.dropFirst() { arguments.ports.append(try port(word, verb.reader)) }
        return arguments
    }

    /// `REMOTE`, `LOCAL:REMOTE`, or `:REMOTE` for any local one.
    private static func port(_ word: String, _ reader: ArgumentReader) throws(UsageError) -> PortForward.Port {
        if let slash = word.utf8.firstIndex(of: UInt8(ascii: "/")) {
            let kind = word[word.utf8.index(after: slash)...]
            guard kind == "tcp" else {
                throw .wrong(
                    "'\(word)': connections of TCP are forwarded, nothing else",
                    hint: "a port of the pod for UDP is a hostPort with 'hull run --network bridge', or the pod's own address")
            }
            return try port(String(word[..<slash]), reader)
        }
        let parts = word.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard let last = parts.last, let remote = UInt16(last), remote > 0, parts.count <= 2 else {
            throw reader.wrong("'\(word)' is no port: [LOCAL:]REMOTE, each 1 to 65535")
        }
        if parts.count == 1 { return PortForward.Port(local: remote, remote: remote) }
        if parts[0].isEmpty { return PortForward.Port(local: 0, remote: remote) }
        guard let local = UInt16(parts[0]) else {
            throw reader.wrong("'\(word)' is no port: [LOCAL:]REMOTE, each 1 to 65535")
        }
        return PortForward.Port(local: local, remote: remote)
    }

    static var manual: Manual {
        PodCommand.verbs.manual(
            synopsis: "port-forward POD [LOCAL:]REMOTE[/tcp]…",
            about: """
                Listens on ports of this machine's loopback, and passes each connection on to a port of the pod's loopback, until an interrupt, or until the pod
                is stopped. Works for every network that a pod can have, also for none; no program runs in the pod for it. ':REMOTE' takes a local port that is
                free, and says which.
                """,
            options: [],
            examples: [("hull port-forward web 8080:80", "http://127.0.0.1:8080/"), ("hull port-forward db :5432", "any port")])
    }
}
