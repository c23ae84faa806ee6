import LinuxKernel

/// Many containers: at once, and one after another.
struct Crowd {
    /// Milliseconds of each `run` where all began together.
    var together: [String: [Double]] = [:]
    /// Milliseconds of each create + start, and of each delete, with all the earlier containers still there.
    var starts: [Double] = []
    var deletes: [Double] = []

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
            try crowd.measureFlat(options, hull, &stage)
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

    private mutating func measureFlat(_ options: Options, _ runtime: RuntimeUnderTest, _ stage: inout Stage) throws {
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
    }
}
