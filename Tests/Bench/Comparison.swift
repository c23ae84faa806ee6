import LinuxKernel

/// One row of the first table: a verb on a bundle after a pause, under each runtime.
struct ComparisonRow {
    let verb: Verb
    let bundle: BenchBundle.Kind
    /// Milliseconds.
    let pause: Int
    var samples: [String: Samples] = [:]
    var target: Double { verb.target(pause: pause, bundle: bundle) }

    /// Hull's median as a part of another's; nil where one was not measured.
    func ratio(to other: String) -> Double? {
        guard let own = samples["hull"], let peer = samples[other], peer.median > 0 else { return nil }
        return own.median / peer.median
    }
}

/// Measures the verbs: in each round every runtime once, in a new random order, so that drift of the machine hits all alike.
struct Comparison: ~Copyable {
    let options: Options
    let runtimes: [RuntimeUnderTest]

    func run(_ stage: inout Stage) throws -> [ComparisonRow] {
        var rows: [ComparisonRow] = []
        for bundle in options.bundles {
            let quick = try BenchBundle(kind: bundle, rootfs: options.rootfs).write(to: "\(options.work)/\(bundle.rawValue)")
            let sleeping = try BenchBundle(kind: bundle, rootfs: options.rootfs, arguments: ["/bin/sleep", "100000"])
                .write(to: "\(options.work)/\(bundle.rawValue)-sleep")
            let sleepers = try startSleepers(sleeping, &stage)
            for pause in options.pauses {
                for verb in options.verbs {
                    report("\(verb.title), \(bundle.rawValue), pause \(pause) ms …\n")
                    rows.append(try measure(ComparisonRow(verb: verb, bundle: bundle, pause: pause), quick, sleepers, &stage))
                }
            }
            try stop(sleepers, &stage)
        }
        return rows
    }

    private func measure(
        _ empty: ComparisonRow, _ bundle: String, _ sleepers: [String: String], _ stage: inout Stage
    ) throws -> ComparisonRow {
        var row = empty
        // The first round warms caches and is not counted.
        for round in 0...options.rounds {
            for runtime in runtimes.shuffled() {
                if row.pause > 0 { LinuxKernel.pause(milliseconds: row.pause) }
                let sample = try sample(row.verb, runtime, bundle, sleepers[runtime.name] ?? "", &stage)
                if round > 0 { row.samples[runtime.name, default: Samples()].append(sample) }
            }
        }
        return row
    }

    private func sample(
        _ verb: Verb, _ runtime: RuntimeUnderTest, _ bundle: String, _ sleeper: String, _ stage: inout Stage
    ) throws -> Measurement {
        switch verb {
        case .run: return try stage.measure(runtime.run(stage.newID(), bundle))
        case .exec: return try stage.measure(runtime.exec(sleeper, ["/bin/true"]))
        case .state: return try stage.measure(runtime.state(sleeper))
        case .create:
            let id = stage.newID()
            stage.created(id, by: runtime)
            var sum = try stage.measure(runtime.create(id, bundle))
            sum += try stage.measure(runtime.start(id))
            try stage.reapOrphan()
            sum += try stage.measure(runtime.delete(id))
            stage.deleted(id)
            return sum
        }
    }

    /// One container per runtime for `exec` and `state`, by the runtime's name.
    private func startSleepers(_ bundle: String, _ stage: inout Stage) throws -> [String: String] {
        guard options.verbs.contains(.exec) || options.verbs.contains(.state) else { return [:] }
        var ids: [String: String] = [:]
        for runtime in runtimes {
            let id = stage.newID()
            stage.created(id, by: runtime)
            _ = try stage.measure(runtime.create(id, bundle))
            _ = try stage.measure(runtime.start(id))
            ids[runtime.name] = id
        }
        return ids
    }

    private func stop(_ sleepers: [String: String], _ stage: inout Stage) throws {
        for runtime in runtimes {
            guard let id = sleepers[runtime.name] else { continue }
            _ = try stage.measure(runtime.deleteForced(id))
            stage.deleted(id)
            try stage.reapOrphan()
        }
    }
}
