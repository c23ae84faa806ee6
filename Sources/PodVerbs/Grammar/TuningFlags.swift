import CommandSupport

/// Flags for what annotations with the prefix `hull.dev/` say, for all pods of a command: each goes before the annotation.
public struct TuningFlags: Hashable, Sendable {
    /// Without the prefix.
    private var values: [String: String] = [:]

    public init() {}

    /// As a manifest would have them.
    public var annotations: [String: String] {
        values.reduce(into: [:]) { $0["hull.dev/" + $1.key] = $1.value }
    }

    static let options = [
        Option(
            "ulimit", value: "NAME=SOFT:HARD", help: "a limit of setrlimit(2) for all containers, as nofile=1024:4096; repeatable"
        ),
        Option("shm-size", value: "SIZE", help: "of /dev/shm, as 256Mi"),
        Option("noexec", value: "VOLUME", help: "an emptyDir from which nothing is executed; repeatable"),
        Option("pids-limit", value: "N", help: "processes and threads of each container"),
        Option("swap", value: "SIZE", help: "beside the limit of memory, or 'unlimited'"),
        Option("oom-group", value: "BOOL", help: "whether all of a container is killed where the kernel kills one of it"),
    ]

    /// false for a flag that is none of these.
    mutating func take(_ name: String, _ text: String, _ reader: ArgumentReader) throws(UsageError) -> Bool {
        guard let key = Self.keys[name] else { return false }
        guard !text.isEmpty, Self.isList(name) || values[key] == nil else {
            throw reader.wrong(text.isEmpty ? "--\(name) needs a value" : "--\(name) stands there twice")
        }
        values[key] = values[key].map { $0 + "," + text } ?? text
        return true
    }

    private static func isList(_ name: String) -> Bool { name == "ulimit" || name == "noexec" }

    private static let keys = [
        "ulimit": "ulimits", "shm-size": "shm-size", "noexec": "noexec-volumes", "pids-limit": "pids-limit", "swap": "swap",
        "oom-group": "oom-group",
    ]
}
