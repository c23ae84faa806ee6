import CommandSupport
public import Journal

/// What `lease` was given.
public struct LeaseArguments: Hashable, Sendable {
    public enum Action: Hashable, Sendable {
        case grant(milliseconds: Int64)
        /// `startTime` nil: the process that has this pid now.
        case grantForProcess(pid: Int32, startTime: UInt64?)
        case revoke(LeaseID)
        /// Again and again, until it ends or we do; or once.
        case keepAlive(LeaseID, isOnce: Bool)
        case list
        case timeToLive(LeaseID, wantsKeys: Bool)
    }

    public var action: Action
    public var durability = Durability.volatile
    public var format = PrintFormat.simple
}

/// The grammar of `lease`, whose first word says what is done.
enum LeaseVerb {
    static let options = [
        Option("ttl", value: "TIME", help: "grant: seconds, or a number with ms, s, m, h or d"),
        Option("process", value: "PID", help: "grant: as long as this process lives"),
        Option("start-time", value: "TICKS", help: "grant: refuse another process of this pid than the one that started then"),
        Option("once", help: "keep-alive: once, not until an interrupt"),
        Option("keys", help: "timetolive: print the keys that hang on it"),
        Option("durable", help: "on the disk before it returns"),
        Option("volatile", help: "without waiting for the disk (the default: no lease outlives the boot)"),
        VerbReader.output, VerbReader.writeOut,
    ]

    private static let actions = ["grant", "revoke", "keep-alive", "list", "timetolive"]
    private static let optionsOf = [
        "grant": ["ttl", "process", "start-time", "durable", "volatile"], "revoke": ["durable", "volatile"],
        "keep-alive": ["once", "durable", "volatile"], "timetolive": ["keys"],
    ]

    /// What was said, before it is known whether it belongs together.
    private struct Words {
        var values: [String: String] = [:]
        var flags: [String: Bool] = [:]
    }

    static func arguments(_ verb: inout VerbReader) throws(UsageError) -> LeaseArguments {
        var words = Words()
        var durability = Durability.volatile
        var format = PrintFormat.simple
        try verb.read(options, limit: 2) { token, reader throws(UsageError) in
            switch token {
            case .value("output", let text), .value("write-out", let text):
                format = try reader.format(text, of: [.simple, .json, .table])
            case .value(let name, let text): words.values[name] = text
            case .flag(let name, let on):
                words.flags[name] = on
                _ = Durability.take(token, &durability)
            default: break
            }
        }
        guard let name = verb.operands.first else { throw verb.reader.wrong("there is no action: \(listed)") }
        guard actions.contains(name) else { throw verb.reader.wrong("unknown action '\(name)': there are \(listed)") }
        let allowed = optionsOf[name] ?? []
        let said = (Array(words.values.keys) + Array(words.flags.keys)).sorted()
        if let wrong = said.first(where: { !allowed.contains($0) }) {
            throw verb.reader.wrong("--\(wrong) means nothing to 'lease \(name)'")
        }
        return LeaseArguments(action: try action(name, verb, words), durability: durability, format: format)
    }

    private static var listed: String { actions.joined(separator: ", ") }

    private static func action(_ name: String, _ verb: VerbReader, _ words: Words) throws(UsageError) -> LeaseArguments.Action {
        switch name {
        case "grant": return try grant(verb, words)
        case "list":
            if verb.operands.count > 1 { throw verb.reader.tooMany(verb.operands[1]) }
            return .list
        case "revoke": return .revoke(try lease(verb))
        case "keep-alive": return .keepAlive(try lease(verb), isOnce: words.flags["once"] ?? false)
        default: return .timeToLive(try lease(verb), wantsKeys: words.flags["keys"] ?? false)
        }
    }

    private static func lease(_ verb: VerbReader) throws(UsageError) -> LeaseID {
        guard verb.operands.count > 1 else { throw verb.reader.wrong("there is no lease ID") }
        return try verb.reader.number(verb.operands[1], "the lease ID", as: LeaseID.self)
    }

    /// etcdctl's `grant TTL` as well.
    private static func grant(_ verb: VerbReader, _ words: Words) throws(UsageError) -> LeaseArguments.Action {
        let time = verb.operands.count > 1 ? verb.operands[1] : words.values["ttl"]
        let isTwice = verb.operands.count > 1 && words.values["ttl"] != nil
        guard !isTwice, (time == nil) != (words.values["process"] == nil) else {
            throw verb.reader.wrong("'lease grant' takes --ttl or --process")
        }
        if let time {
            if words.values["start-time"] != nil { throw verb.reader.wrong("--start-time goes with --process") }
            return .grant(milliseconds: try milliseconds(time, verb.reader))
        }
        var start: UInt64?
        if let text = words.values["start-time"] { start = try verb.reader.number(text, "--start-time", as: UInt64.self) }
        return .grantForProcess(
            pid: try verb.reader.number(words.values["process"] ?? "", "--process", as: Int32.self), startTime: start)
    }

    private static func milliseconds(_ text: String, _ reader: ArgumentReader) throws(UsageError) -> Int64 {
        let units: [(String, Int64)] = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)]
        let unit = units.first { text.hasSuffix($0.0) }
        let digits = String(text.dropLast(unit?.0.count ?? 0))
        let count = try reader.number(digits, "--ttl", as: Int64.self)
        let (product, isTooLarge) = count.multipliedReportingOverflow(by: unit?.1 ?? 1000)
        // Too large in any case: the journal says what its limit is.
        return isTooLarge ? Int64.max : product
    }

    static var manual: Manual {
        JournalCommand.verbs.manual(
            synopsis: "lease ACTION [OPTIONS] [ID]",
            about: """
                A lease is what keys hang on that shall go by themselves: until a deadline that is put off by who keeps it alive, or as long
                as a process lives. When it ends its keys are deleted, by the next who writes or watches; until then reads mark them. No
                lease outlives the boot. The actions are:

                  grant --ttl TIME | --process PID   prints the new lease's ID, which 'put --lease' takes
                  revoke ID                          ends it, and deletes its keys
                  keep-alive ID                      puts its deadline off, until an interrupt, or --once
                  list                               prints all leases
                  timetolive ID [--keys]             prints how long it has, and its keys

                Ends with 3 where there is no such lease, or it has expired.
                """,
            options: options,
            examples: [
                ("id=$(hull journal lease grant --ttl 60 -o json | jq .ID)", "a minute, in a script"),
                ("hull journal put --lease $id /jobs/7 running && hull journal lease keep-alive $id", "as long as this runs"),
                ("hull journal lease grant --process $$", "as long as this shell lives"),
                ("hull journal lease timetolive --keys 42", "how long, and what hangs on it"),
            ])
    }
}
