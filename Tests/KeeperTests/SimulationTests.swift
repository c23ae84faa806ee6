import KeeperProtocol
import LinuxKernel
import LinuxTypes
import PodRecords
import SeededRandom
import Testing

@testable import Keeper

extension World {
    /// From here on nothing fails and nobody is killed: until nothing happens any more.
    mutating func calmDown() {
        for _ in 0..<20_000 {
            check()
            if !breaches.isEmpty { return }
            if !effects.isEmpty {
                performEffect()
            } else if !jobs.isEmpty {
                work(at: 0)
            } else if journal == nil {
                return
            } else if let attempt = sortedBodies.first(where: { $0.value == .running && mustEnd($0.key.name) })?.key {
                end(attempt, Event.End(status: .exited(code: 0)))
            } else if watched.contains(where: { name in bodies.contains { $0.key.name == name && $0.value != .running } }) {
                seeEnd()
            } else if let deadline = machine.deadline(after: now) {
                pass(milliseconds: deadline - now.milliseconds)
            } else {
                return
            }
        }
        breaches.append("it never comes to rest")
    }

    private func mustEnd(_ name: String) -> Bool {
        dying.contains(name) || plan.containers.contains { $0.name == name && $0.isInit }
    }

    /// In peace, all that is wanted is so.
    mutating func expectRest() {
        guard journal != nil else { return }
        let sandbox = machine.sandbox
        switch sandbox.goal {
        case .running:
            let isWaitingForInit = machine.containers.contains { $0.plan.isInit && $0.isHeld && !$0.isDone }
            let isRunning = machine.containers.allSatisfy { container in
                if container.isHeld { return isHeldAsAsked(container) }
                // Who takes an init container in hand keeps those behind it from being started.
                if sandbox.isStepwise || isWaitingForInit { return container.activity != .starting }
                if container.plan.isInit { return container.isDone }
                return container.isRunning
                    || container.isOver && !container.plan.restart.applies(to: container.status.termination?.exitCode)
            }
            if sandbox.phase != .ready || !isRunning { breaches.append("it is to run, and does not go on") }
        case .stopped: if !machine.isAtRest { breaches.append("it is to be stopped, and does not go on") }
        case .removed, .restarted: breaches.append("it is to be \(sandbox.goal), and does not go on")
        }
        if !waiting.isEmpty { breaches.append("nobody tells those who wait for \(waiting)") }
    }
}

extension World {
    /// What somebody wants of a container is so, or has been.
    private func isHeldAsAsked(_ container: ContainerCourse) -> Bool {
        switch container.status.goal {
        case .created: container.status.state == .created
        case .running: container.isRunning || container.isOver
        // Of what was stopped while it was created the root is there.
        case .stopped: container.status.state == .waiting || container.status.state == .created || container.isOver
        case .removed: container.status.state == .waiting && container.status.isCollected
        case nil: false
        }
    }
}

/// Whatever happens in whatever order, some things are always so: `World.check` and `World.calmDown` say which.
@Suite struct SimulationTests {
    /// What is wrong in the world of a seed, with the last that happened.
    private static func breaches(seed: UInt64, steps: Int = 150, isTraced: Bool = false) -> String? {
        var world = World(seed: seed, isTraced: isTraced)
        for _ in 0..<steps where world.breaches.isEmpty && world.journal != nil { world.happen() }
        if world.breaches.isEmpty { world.calmDown() }
        if world.breaches.isEmpty { world.expectRest() }
        if world.breaches.isEmpty { world.ask(.remove(grace: 0), .removed) }
        if world.breaches.isEmpty { world.calmDown() }
        if world.breaches.isEmpty, world.journal != nil { world.breaches.append("it cannot be removed") }
        guard let breach = world.breaches.first else { return nil }
        guard let trace = world.trace else { return breaches(seed: seed, steps: steps, isTraced: true) }
        return "seed \(seed): \(breach)\n" + trace.suffix(60).joined(separator: "\n")
    }

    @Test func `nothing goes wrong in worlds that were bad before`() {
        for seed in UInt64(1)...2000 {
            if let breach = Self.breaches(seed: seed) {
                Issue.record("\(breach)")
                return
            }
        }
    }

    /// HULL_FUZZ_SEED repeats the first world, HULL_FUZZ_SECONDS makes more of them.
    @Test func `nothing goes wrong in any world`() {
        let run = FuzzRun()
        var seed = run.seed
        var count = 0
        while !run.isOver {
            if let breach = Self.breaches(seed: seed) {
                Issue.record("\(breach)")
                return
            }
            seed &+= 1
            count += 1
        }
        print("\(count) worlds from seed \(run.seed)")
        #expect(count > 0)
    }
}
