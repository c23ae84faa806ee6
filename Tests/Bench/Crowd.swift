import LinuxKernel

/// Many containers: at once, and one after another.
struct Crowd {
    /// Milliseconds of each `run` where all began together.
    var together: [String: [Double]] = [:]
    /// Milliseconds of each create + start, and of each delete, with all the earlier containers still there.
    var starts: [Double] = []
    var deletes: [Double] = []
    /// The starts of the peer, likewise.
    var peerStarts: [Double] = []

    static let peer = "crun"

    /// The longest as a multiple of the median.
    func spread(_ runtime: String) -> Double? {
        guard let times = together[runtime], let most = times.max(), times.percentile(0.5) > 0 else { return nil }
        return most / times.percentile(0.5)
    }

    /// The median of the last hundred as a multiple of that of the first.
    static func growth(_ times: [Double]) -> Double? {
        let window = min(100, times.count / 2)
        guard window > 0 else { return nil }
        return Array(times.suffix(window)).percentile(0.5) / Array(times.prefix(window)).percentile(0.5)
    }

    static func measure(_ options: Options, _ runtimes: [RuntimeUnderTest], _ stage: inout Stage) throws -> Crowd {
        var crowd = Crowd()
        let quick = try BenchBundle(kind: .seccomp, rootfs: options.rootfs).write(to: "\(options.work)/crowd")
        for runtime in runtimes.shuffled() {
            report("\(options.crowd) at once under \(runtime.name) …\n")
            crowd.together[runtime.name] = try together(options.crowd, runtime, quick, &stage)
        }
        if let hull = runtimes.first(where: { $0.name == "hull" }) {
            report("\(options.flatCount) one after another …\n")
            (crowd.starts, crowd.deletes) = try flat(options, hull, &stage)
        }
        if let other = runtimes.first(where: { $0.name == peer }) {
            report("the same under \(peer) …\n")
            crowd.peerStarts = try flat(options, other, &stage).starts
        }
        return crowd
    }

    private static func together(
        _ count: Int, _ runtime: RuntimeUnderTest, _ bundle: String, _ stage: inout Stage
    ) throws -> [Double] {
        var began: [Int32: Int64] = [:]
        var times: [Double] = []
        for _ in 0..<count {
            let id = stage.newID()
            stage.created(id, by: runtime)
            let now = monotonicNanoseconds()
            began[try stage.start(runtime.run(id, bundle))] = now
        }
        var failures = 0
        while !began.isEmpty, let ended = try waitForChild(nil) {
            guard let start = began.removeValue(forKey: ended.pid) else { continue }
            times.append(Double(monotonicNanoseconds() - start) / 1_000_000)
            if ended.status != .exited(code: 0) { failures += 1 }
        }
        if failures > 0 {
            report("\(failures) of \(count) failed under \(runtime.name): \(try stage.lastErrors())\n")
            stage.clear()
        }
        stage.forget()
        return times
    }

    /// Medians of tenths of what was measured one after another, by how many there were at the tenth's end.
    static func tenths(_ times: [Double]) -> [(count: Int, median: Double)] {
        guard times.count >= 10 else { return [] }
        return (0..<10).map { tenth in
            let part = times[(times.count * tenth / 10)..<(times.count * (tenth + 1) / 10)]
            return (part.endIndex, Array(part).percentile(0.5))
        }
    }

    private static func flat(
        _ options: Options, _ runtime: RuntimeUnderTest, _ stage: inout Stage
    ) throws -> (starts: [Double], deletes: [Double]) {
        var (starts, deletes): ([Double], [Double]) = ([], [])
        let sleeping = ["/bin/sleep", "100000"]
        let bundle = try BenchBundle(kind: .seccomp, rootfs: options.rootfs, arguments: sleeping, memoryLimit: 8 << 20)
            .write(to: "\(options.work)/flat")
        var ids: [String] = []
        for _ in 0..<options.flatCount {
            let id = stage.newID()
            ids.append(id)
            stage.created(id, by: runtime)
            var sum = try stage.measure(runtime.create(id, bundle))
            sum += try stage.measure(runtime.start(id))
            starts.append(Double(sum.nanoseconds) / 1_000_000)
        }
        for id in ids {
            deletes.append(Double(try stage.measure(runtime.deleteForced(id)).nanoseconds) / 1_000_000)
            stage.deleted(id)
            try stage.reapOrphan()
        }
        return (starts, deletes)
    }
}
