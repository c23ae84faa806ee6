public import CommandSupport
public import JournalVerbs
public import LinuxKernel

/// What `logs` was given.
public struct LogsArguments: Hashable, Sendable {
    /// Where the lines begin by time.
    public enum Since: Hashable, Sendable {
        /// Nanoseconds before now.
        case ago(Int64)
        case time(WallTime)

        /// The first time that counts.
        public func time(now: WallTime) -> WallTime {
            switch self {
            case .time(let time): return time
            case .ago(let nanoseconds):
                let seconds = nanoseconds / 1_000_000_000
                let rest = now.nanoseconds - nanoseconds % 1_000_000_000
                return WallTime(
                    seconds: now.seconds - seconds - (rest < 0 ? 1 : 0), nanoseconds: rest < 0 ? rest + 1_000_000_000 : rest)
            }
        }
    }

    /// A name, `namespace/name` or the beginning of a uid.
    public var pod = ""
    /// nil: the only one, or what the pod names as its default.
    public var container: String?
    public var hasAllContainers = false
    public var isFollowing = false
    public var since: Since?
    /// nil: all lines.
    public var tail: Int?
    public var hasTimestamps = false
    /// The attempt before the present one.
    public var isPrevious = false
    public var hasPrefix = false
    /// Bytes of each container; nil: no limit.
    public var limitBytes: Int?
    /// Nothing is printed: the keeper goes on in new files.
    public var isReopening = false

    public init() {}
}

/// The grammar of `logs`: words of kubectl.
public enum LogsVerb {
    static let options = [
        Option("container", "c", value: "NAME", help: "which container; without it the pod's default, or the only one"),
        Option("all-containers", help: "all containers of the pod"),
        Option("follow", "f", help: "go on until the container ends"),
        Option("since", value: "DURATION", help: "lines that are not older: 90s, 10m, 1h30m, 7d"),
        Option("since-time", value: "TIME", help: "lines from a time on, as 2026-11-29T10:00:00Z"),
        Option("tail", value: "N", help: "the last N lines; -1, the default, is all"),
        Option("timestamps", help: "with the time of each line"),
        Option("previous", "p", help: "the attempt before the present one"),
        Option("prefix", help: "with the pod and the container before each line"),
        Option("limit-bytes", value: "N", help: "N bytes of each container at most; may end within a line"),
        Option("reopen", help: "print nothing: the files were renamed, go on in new ones"),
    ]

    /// Reads the words behind `logs`.
    public static func parse(_ verb: inout VerbReader) throws(UsageError) -> LogsArguments {
        var arguments = LogsArguments()
        try verb.read(options, limit: 1) { token, reader throws(UsageError) in
            switch token {
            case .value("container", let text): arguments.container = text
            case .flag("all-containers", let on): arguments.hasAllContainers = on
            case .flag("follow", let on): arguments.isFollowing = on
            case .flag("timestamps", let on): arguments.hasTimestamps = on
            case .flag("previous", let on): arguments.isPrevious = on
            case .flag("prefix", let on): arguments.hasPrefix = on
            case .flag("reopen", let on): arguments.isReopening = on
            case .value("tail", let text): arguments.tail = text == "-1" ? nil : try reader.number(text, "--tail", as: Int.self)
            case .value("limit-bytes", let text): arguments.limitBytes = try limit(text, reader)
            case .value(let option, let text): try take(option, text, reader, &arguments)
            default: break
            }
        }
        arguments.pod = try verb.operand(0, "pod")
        if arguments.pod.isEmpty { throw verb.reader.wrong("the name of the pod is empty") }
        if arguments.hasAllContainers, arguments.container != nil {
            throw verb.reader.wrong("--container and --all-containers exclude each other")
        }
        if arguments.isReopening { try checkReopening(arguments, verb.reader) }
        return arguments
    }

    /// Options about what is printed have no meaning where nothing is.
    private static func checkReopening(_ arguments: LogsArguments, _ reader: ArgumentReader) throws(UsageError) {
        var plain = LogsArguments()
        plain.pod = arguments.pod
        plain.container = arguments.container
        plain.hasAllContainers = arguments.hasAllContainers
        plain.isReopening = true
        if plain != arguments { throw reader.wrong("--reopen goes with --container and --all-containers alone") }
    }

    /// `--since` and `--since-time`.
    private static func take(
        _ option: String, _ text: String, _ reader: ArgumentReader, _ arguments: inout LogsArguments
    ) throws(UsageError) {
        guard arguments.since == nil else { throw reader.wrong("there is more than one of --since and --since-time") }
        if option == "since" {
            guard let age = DurationText.nanoseconds(text) else {
                throw reader.wrong("--since is a duration, as 90s, 10m or 1h30m, not '\(text)'")
            }
            arguments.since = .ago(age)
        } else {
            guard let time = WallTime(rfc3339: text) else {
                throw reader.wrong("--since-time is a time, as 2026-11-29T10:00:00Z, not '\(text)'")
            }
            arguments.since = .time(time)
        }
    }

    private static func limit(_ text: String, _ reader: ArgumentReader) throws(UsageError) -> Int {
        let limit = try reader.number(text, "--limit-bytes", as: Int.self)
        guard limit > 0 else { throw reader.wrong("--limit-bytes is 1 or more") }
        return limit
    }

    public static var manual: Manual {
        Manual(
            program: "hull", synopsis: "logs [OPTIONS] POD",
            about: """
                Prints what a container wrote to its stdout and stderr, over all files that rotation left. Bytes are printed as they are, also to a
                terminal. With --follow it goes on, also across rotations, and ends with the container, on an interrupt, or when nobody reads any
                more. Of several containers without --follow, one comes after the other.
                """,
            options: options + StoreOptions.options,
            examples: [
                ("hull logs web", "of a pod with one container"),
                ("hull logs -f --tail 20 web -c server", "the last 20 lines and what comes"),
                ("hull logs --all-containers --prefix --since 10m web", "ten minutes of all"),
                ("hull logs --previous --timestamps web -c server", "why it was restarted"),
                ("hull logs --reopen web", "after another program has rotated the log"),
            ])
    }
}
