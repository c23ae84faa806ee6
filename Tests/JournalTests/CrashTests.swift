import Foundation
import Testing

@testable import Journal

/// For n = 1, 2, 3, …: the process ends at the n-th operation of the disk, in the middle of it; then the machine goes on, or the power fails and some of
/// the unsynced sectors are lost; then the store is opened again and compared with the model.
@Suite("crashes") struct CrashTests {
    enum Ending: String, CaseIterable {
        case killed
        case powerKeepsNothing
        case powerKeepsEverything
        case powerKeepsAnything
        /// The machine goes on, others write, and then the power fails: what the killed process left half done may come back.
        case killedThenPower
    }

    @Test(arguments: Ending.allCases)
    func `every acknowledged transaction is there and none is half there`(ending: Ending) throws {
        var points = 0
        // The last goes twice as far.
        let seeds = Soak.seeds(ending == .killedThenPower ? 2 : 4)
        for seed in seeds {
            let workload = Workload(seed: seed, count: 36, hasLeases: true)
            var cut = Soak.cut ?? 1
            while try run(workload, ending, cut: cut, seed: seed &* 1000 &+ UInt64(cut)) {
                cut += 1
                points += 1
            }
        }
        print("➜ \(ending.rawValue): \(points) cut points, seeds \(seeds.lowerBound)…\(seeds.upperBound)")
        #expect(points > 400)
    }

    /// Runs a workload up to a cut. False where it came to its end before.
    private func run(_ workload: Workload, _ ending: Ending, cut: Int, seed: UInt64) throws -> Bool {
        let machine = SimulatedMachine(seed: seed)
        machine.faultAt = cut
        var model = Model()
        Self.play(workload, on: machine, &model)
        guard machine.isFaultMet else { return false }
        switch ending {
        case .killed, .killedThenPower: machine.killProcess()
        case .powerKeepsNothing: machine.cutPower(keeping: .nothing)
        case .powerKeepsEverything: machine.cutPower(keeping: .everything)
        case .powerKeepsAnything: machine.cutPower(keeping: .anything)
        }
        let lowest = [.killed, .killedThenPower].contains(ending) ? model.answered : model.promised
        let context = "seed \(seed), cut \(cut)"
        let journal = try machine.open()
        try Self.verify(journal, &model, from: lowest, context)
        #expect(model.wrong == [], "\(context)")
        #expect(try journal.leaseViolations(model, machine) == [], "\(context)")
        // Twice opened is the same, and the store goes on.
        let again = try machine.open()
        try Self.verify(again, &model, from: model.steps.count - 1, context)
        if ending == .killedThenPower {
            Self.play(Workload(seed: seed, count: 12, hasLeases: true), on: machine, &model)
            machine.cutPower(keeping: .anything)
            try Self.verify(try machine.open(), &model, from: model.promised, context)
            return true
        }
        let highest = model.highestRevision
        try model.perform(.transaction([.put("/after", value: [1, 2, 3])]), on: again, machine, .durable)
        #expect(try again.value(of: "/after")?.modRevision ?? 0 > highest, "a revision was given twice: \(context)")
        #expect(try again.leaseViolations(model, machine) == [], "\(context)")
        machine.cutPower(keeping: .nothing)
        try Self.verify(try machine.open(), &model, from: model.steps.count - 1, context)
        return true
    }

    /// Plays until the process dies.
    static func play(_ workload: Workload, on machine: SimulatedMachine, _ model: inout Model) {
        var journal: Journal?
        for step in workload.steps {
            do throws(JournalError) {
                if step.reopens { journal = nil }
                let current = if let journal { journal } else { try machine.open() }
                journal = current
                try step.compact(current)
                machine.clock.milliseconds += step.passes
                if step.replacesProcess { machine.clock.started += 1 }
                try model.perform(step.act(model), on: current, machine, step.durability)
            } catch {
                return
            }
        }
    }

    /// The store is what it was after one of the steps from `lowest` on, now and at every older revision.
    static func verify(_ journal: Journal, _ model: inout Model, from lowest: Int, _ context: String) throws {
        let gaps = try journal.gaps()
        #expect(gaps.isEmpty, "\(gaps): \(context)")
        let found = try journal.state()
        let matching = model.step(matching: found, from: lowest, upTo: try journal.revision())
        let last = model.steps.count - 1
        let step = try #require(
            matching, "\(context): from step \(lowest) on none matches; the last: \(model.difference(last, found))")
        let highest = try journal.revision()
        model.settle(at: step, found: found, revision: highest)
        for old in model.steps {
            guard let revision = old.revision, revision >= journal.compactedRevision else { continue }
            let isSame = try journal.state(at: revision) == old.state
            #expect(isSame, "revision \(revision) of \(highest): \(context)")
        }
    }
}

/// How long the enumerations are: a little by default, more where HULL_SOAK is a factor. HULL_SEED is the first of their seeds.
enum Soak {
    /// Where to begin, to look at one failure again.
    static var cut: Int? { ProcessInfo.processInfo.environment["HULL_CUT"].flatMap { Int($0) } }

    static func seeds(_ normal: Int) -> ClosedRange<UInt64> {
        let environment = ProcessInfo.processInfo.environment
        let factor = environment["HULL_SOAK"].flatMap { UInt64($0) } ?? 1
        let first = environment["HULL_SEED"].flatMap { UInt64($0) } ?? 1
        return first...first + UInt64(normal) * max(factor, 1) - 1
    }
}
