import CommandSupport
import JournalVerbs

/// What `port-forward` was given.
public struct ForwardArguments: Hashable, Sendable {
    /// A port of this machine and one of the pod.
    public struct Port: Hashable, Sendable {
        /// 0 for one that is free; nil for that of the pod.
        public var local: UInt16?
        public var remote: Remote
    }

    public enum Remote: Hashable, Sendable {
        case number(UInt16)
        /// As a container's `ports` call it.
        case name(String)
    }

    public var pod = ""
    public var ports: [Port] = []

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
    private static func port(_ word: String, _ reader: ArgumentReader) throws(UsageError) -> ForwardArguments.Port {
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
        guard parts.count <= 2, let last = parts.last, let remote = remote(last) else { throw noPort(word, reader) }
        if parts.count == 1 { return ForwardArguments.Port(local: nil, remote: remote) }
        if parts[0].isEmpty { return ForwardArguments.Port(local: 0, remote: remote) }
        guard let local = UInt16(parts[0]) else { throw noPort(word, reader) }
        return ForwardArguments.Port(local: local, remote: remote)
    }

    /// A name has a letter; the rest is for the manifest, where it is looked up.
    private static func remote(_ word: String) -> ForwardArguments.Remote? {
        if let number = UInt16(word) { return number > 0 ? .number(number) : nil }
        return word.contains { $0.isASCII && $0.isLetter } ? .name(word) : nil
    }

    private static func noPort(_ word: String, _ reader: ArgumentReader) -> UsageError {
        reader.wrong("'\(word)' is no port: [LOCAL:]REMOTE, each 1 to 65535, or REMOTE the name of one")
    }

    static var manual: Manual {
        PodCommand.verbs.manual(
            synopsis: "port-forward POD [LOCAL:]REMOTE[/tcp]…",
            about: """
                Listens on ports of this machine's loopback, and passes each connection on to a port of the pod's loopback, until an interrupt, or until the pod
                is stopped. Works for every network that a pod can have, also for none; no program runs in the pod for it. ':REMOTE' takes a local port that is
                free, and says which. REMOTE may be the name of a port in the pod's manifest.
                """,
            options: [],
            examples: [
                ("hull port-forward web 8080:80", "http://127.0.0.1:8080/"), ("hull port-forward db :5432", "any port"),
                ("hull port-forward web 8080:http", "the port that the manifest calls http"),
            ])
    }
}
