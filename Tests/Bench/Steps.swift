import LinuxKernel

/// Where the time of a verb goes: the runtime's own ledger (`--debug`), step by step.
struct Steps {
    let what: String
    /// In the order in which they are done: the step, and the medians of its end and of what it took, microseconds.
    var rows: [(step: String, at: Double, took: Double)] = []

    static func measure(_ options: Options, _ runtimes: [RuntimeUnderTest], _ stage: inout Stage) throws -> [Steps] {
        guard let hull = runtimes.first(where: { $0.name == "hull" }) else { return [] }
        var tables: [Steps] = []
        for kind in options.bundles {
            let name = kind.rawValue
            report("steps of run and exec, \(name) …\n")
            let quick = try BenchBundle(kind: kind, rootfs: options.rootfs).write(to: "\(options.work)/\(name)")
            tables.append(
                try median("run, \(name)", rounds: options.rounds) { try ledger(hull.withDebug.run(stage.newID(), quick)) })
            let sleeping = try BenchBundle(kind: kind, rootfs: options.rootfs, arguments: ["/bin/sleep", "100000"])
                .write(to: "\(options.work)/\(name)-sleep")
            let id = stage.newID()
            stage.created(id, by: hull)
            _ = try stage.measure(hull.create(id, sleeping))
            _ = try stage.measure(hull.start(id))
            tables.append(
                try median("exec, \(name)", rounds: options.rounds) { try ledger(hull.withDebug.exec(id, ["/bin/true"])) })
            _ = try stage.measure(hull.deleteForced(id))
            stage.deleted(id)
            try stage.reapOrphan()
        }
        return tables
    }

    private static func median(
        _ what: String, rounds: Int, _ ledger: () throws -> [(step: String, at: Double)]
    ) throws -> Steps {
        var order: [String] = []
        var ends: [String: [Double]] = [:]
        var lengths: [String: [Double]] = [:]
        for _ in 0..<max(rounds, 1) {
            var last = 0.0
            // By time: the parent writes down the init's steps when it hears of them.
            for (step, at) in try ledger().sorted(by: { $0.at < $1.at }) {
                if ends[step] == nil { order.append(step) }
                ends[step, default: []].append(at)
                lengths[step, default: []].append(at - last)
                last = at
            }
        }
        var steps = Steps(what: what)
        steps.rows = order.map { ($0, ends[$0, default: []].percentile(0.5), lengths[$0, default: []].percentile(0.5)) }
        steps.rows.sort { $0.at < $1.at }
        return steps
    }

    /// `debug: 352 µs: configuration read`, a line a step.
    private static func ledger(_ arguments: [String]) throws -> [(step: String, at: Double)] {
        let command = arguments.joined(separator: " ")
        let outcome = try Subprocess(path: arguments[0], arguments: arguments, environment: []).run()
        guard outcome.status == .exited(code: 0) else { throw BenchError("'\(command)': \(outcome.output)") }
        let entries: [(step: String, at: Double)] = outcome.output.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ", maxSplits: 3)
            guard words.count == 4, words[0] == "debug:", words[2] == "µs:", let at = Double(words[1]) else { return nil }
            return (String(words[3]), at)
        }
        guard !entries.isEmpty else { throw BenchError("'\(command)' keeps no ledger") }
        return entries
    }
}
