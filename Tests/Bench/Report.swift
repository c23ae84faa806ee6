import LinuxKernel
import StrictTree

/// All that one run has measured, and how it is shown.
struct Report {
    let options: Options
    /// What each runtime says it is, by its name.
    var versions: [String: String] = [:]
    var machine = ""
    var rows: [ComparisonRow] = []
    var steps: [Steps] = []
    var peaks: [PeakMemory] = []
    var floors: [MemoryFloor] = []
    var crowd: Crowd?

    /// Tables in Markdown, aligned, so that they read well in a terminal too.
    var markdown: String {
        var text = "\(machine)\n\n"
        for name in options.runtimes { text += "- \(name): \(versions[name] ?? "?")\n" }
        text += "\n### Wall time, ms\n\n" + wallTimes.text
        text += "\n### What it costs: mean CPU time in ms, with the container's own; page faults\n\n" + costs.text
        for steps in steps { text += "\n### Where the time goes: \(steps.what), medians in µs\n\n" + Self.table(of: steps) }
        if !peaks.isEmpty { text += "\n### Peak resident memory of the runtime, KiB\n\n" + memoryPeaks.text }
        if !floors.isEmpty { text += "\n### Smallest memory limit, KiB\n\n" + memory.text }
        if crowd != nil { text += "\n### Many containers\n\n" + many.text }
        if let growing { text += "\nMedians of tenths:\n\n" + growing.text }
        return text
    }

    private var peers: [String] { options.runtimes.filter { $0 != "hull" } }

    private var wallTimes: Table {
        let times = options.runtimes.flatMap { [$0, "p99"] }
        var table = Table(["verb", "bundle", "pause"] + times + peers.map { "/ \($0)" } + ["target", ""])
        for row in rows {
            var cells = [row.verb.title, row.bundle.rawValue, "\(row.pause)"]
            for name in options.runtimes {
                cells += [row.samples[name]?.median.text(2) ?? "-", row.samples[name]?.p99.text(2) ?? "-"]
            }
            cells += peers.map { row.ratio(to: $0)?.text(3) ?? "-" }
            cells += ["≤ \(row.target.text(2))", Self.mark(row.ratio(to: "crun").map { $0 <= row.target })]
            table.append(cells)
        }
        return table
    }

    private var costs: Table {
        var table = Table(["verb", "bundle", "pause"] + options.runtimes.flatMap { ["\($0) user", "sys", "faults"] })
        for row in rows {
            var cells = [row.verb.title, row.bundle.rawValue, "\(row.pause)"]
            for name in options.runtimes {
                let samples = row.samples[name] ?? Samples()
                cells += [samples.userMean.text(2), samples.systemMean.text(2), samples.faultsMean.text(0)]
            }
            table.append(cells)
        }
        return table
    }

    private static func table(of steps: Steps) -> String {
        var table = Table(["done", "at", "took"])
        for row in steps.rows { table.append([row.step, row.at.text(0), row.took.text(0)]) }
        return table.text
    }

    private var memoryPeaks: Table {
        var table = Table(["verb"] + options.runtimes + ["target", ""])
        for peak in peaks {
            let limit = peak.kibibytes["crun"].map { $0 + 4096 }
            let holds = limit.flatMap { limit in peak.kibibytes["hull"].map { $0 <= limit } }
            table.append(
                [peak.what] + options.runtimes.map { peak.kibibytes[$0].map(String.init) ?? "-" }
                    + [limit.map { "≤ \($0)" } ?? "", Self.mark(holds)])
        }
        return table
    }

    private var memory: Table {
        var table = Table(["condition"] + options.runtimes + ["target", ""])
        let target = MemoryFloor.target
        for floor in floors {
            let cells = options.runtimes.map { name in
                if let found = floor.bytes[name] { found.map { "\($0 >> 10)" } ?? "none" } else { "-" }
            }
            let own = floor.bytes["hull"] ?? nil
            let holds = own.map { $0 <= target } ?? false
            table.append([floor.condition.rawValue] + cells + ["≤ \(target >> 10)", Self.mark(holds)])
        }
        return table
    }

    private var many: Table {
        var table = Table(["what", "figure", "target", ""])
        guard let crowd else { return table }
        for name in options.runtimes {
            guard let times = crowd.together[name], let spread = crowd.spread(name) else { continue }
            let figure =
                "median \(times.percentile(0.5).text(1)) ms, longest \((times.max() ?? 0).text(1)) ms, × \(spread.text(2))"
            let target = name == "hull" ? ["≤ × 5", Self.mark(spread <= 5)] : ["", ""]
            table.append(["\(times.count) at once, \(name)", figure] + target)
        }
        for (what, times) in [("create+start", crowd.starts), ("delete -f", crowd.deletes)] {
            guard let growth = Crowd.growth(times) else { continue }
            let window = min(100, times.count / 2)
            let first = Array(times.prefix(window)).percentile(0.5).text(2)
            let last = Array(times.suffix(window)).percentile(0.5).text(2)
            let figure = "first \(window): \(first) ms, last \(window): \(last) ms, × \(growth.text(2))"
            table.append(["\(times.count) one after another, \(what)", figure, "≤ × 1.25", Self.mark(growth <= 1.25)])
        }
        return table
    }

    private var growing: Table? {
        guard let crowd else { return nil }
        let (ours, peers) = (Crowd.tenths(crowd.starts), Crowd.tenths(crowd.peerStarts))
        guard !ours.isEmpty else { return nil }
        var table = Table(["containers that exist", "hull, create + start, ms", "\(Crowd.peer), ms"])
        for (number, tenth) in ours.enumerated() {
            table.append(["\(tenth.count)", tenth.median.text(2), number < peers.count ? peers[number].median.text(2) : "-"])
        }
        return table
    }

    private static func mark(_ holds: Bool?) -> String { holds.map { $0 ? "ok" : "MISSED" } ?? "" }

    /// Whether every target that was measured is met.
    var holds: Bool { !markdown.contains("MISSED") }
}

extension Report {
    /// Every single measurement, for other tools.
    var json: [UInt8] {
        var json = JSONWriter(.spaces(1))
        json.object { json in
            json.member("machine", machine)
            json.object("versions") { json in
                for name in options.runtimes { json.member(name, versions[name]) }
            }
            json.array("comparison") { json in
                for row in rows {
                    json.object { json in
                        json.member("verb", row.verb.title)
                        json.member("bundle", row.bundle.rawValue)
                        json.member("pauseMilliseconds", row.pause)
                        json.member("target", row.target.text(2))
                        for name in options.runtimes {
                            json.array("\(name)Microseconds") { json in
                                for time in row.samples[name]?.milliseconds ?? [] { json.element(Int(time * 1000)) }
                            }
                        }
                    }
                }
            }
            json.array("startMicroseconds") { json in
                for time in crowd?.starts ?? [] { json.element(Int(time * 1000)) }
            }
        }
        return json.bytes + [UInt8(ascii: "\n")]
    }
}
