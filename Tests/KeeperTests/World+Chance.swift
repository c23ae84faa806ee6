import KeeperProtocol
import LinuxKernel
import LinuxTypes
import PodRecords

@testable import Keeper

/// What may happen in a world, in any order.
extension World {
    /// One thing more.
    mutating func happen() {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<40: performEffect(fails: Int.random(in: 0..<20, using: &random) == 0)
        case 40..<60: workAtRandom()
        case 60..<68: endAtRandom()
        case 68..<80: seeEnd()
        case 80..<90: pass(milliseconds: [1, 50, 200, 1000, 10_000, 60_000, 600_000].randomElement(using: &random) ?? 1)
        case 90..<96: request()
        case 96..<99: killKeeper()
        default: if Int.random(in: 0..<4, using: &random) == 0 { reboot() }
        }
        check()
    }

    private mutating func request() {
        let grace: UInt32? = [nil, 0, 5].randomElement(using: &random) ?? nil
        let request: (Event.Request, Condition)
        switch Int.random(in: 0..<16, using: &random) {
        case 9..<15: return requestOfContainer()
        case 15: request = (.runSandbox, .ready)
        case 0..<3: request = (.run, .started)
        case 3..<5: request = (.stop(grace: grace), .stopped)
        case 5..<7: request = (.restart(grace: grace), .started)
        case 7: request = (.recover, .recorded)
        default: request = (.remove(grace: grace), .removed)
        }
        ask(request.0, request.1)
    }

    private mutating func requestOfContainer() {
        guard journal != nil, let name = plan.containers.randomElement(using: &random)?.name else { return }
        let attempt: UInt32? =
            Bool.random(using: &random) ? nil : machine.attempt(of: name) + UInt32.random(in: 0...1, using: &random)
        let request: Event.ContainerRequest =
            switch Int.random(in: 0..<8, using: &random) {
            case 0..<2: .create(attempt: attempt)
            case 2..<5: .start(isRepeated: Bool.random(using: &random))
            case 5..<7: .stop(grace: [nil, 0, 5].randomElement(using: &random) ?? nil)
            default: .remove
            }
        guard machine.obstacle(to: request, of: name) == nil else { return }
        tell(.request(.container(name, request)))
        let number = machine.attempt(of: name)
        switch request {
        case .create: waiting.append(.created(container: name, attempt: number))
        case .start: waiting.append(.executed(container: name, attempt: number))
        case .stop: waiting.append(.halted(container: name))
        case .remove: waiting.append(.takenAway(container: name))
        }
    }

    mutating func ask(_ request: Event.Request, _ condition: Condition) {
        guard journal != nil else { return }
        waiting.append(condition)
        tell(.request(request))
    }

    private mutating func endAtRandom() {
        guard let attempt = sortedBodies.filter({ $0.value == .running }).randomElement(using: &random)?.key
        else { return }
        let ends = [
            Event.End(status: .exited(code: 0)), Event.End(status: .exited(code: 1)),
            Event.End(status: .signaled(.kill, dumpedCore: false), memory: MemoryKill(kills: 1)),
        ]
        end(attempt, ends.randomElement(using: &random) ?? ends[0])
    }

    mutating func end(_ attempt: Attempt, _ end: Event.End) {
        note("\(attempt.name) ends")
        bodies[attempt] = .ended(end)
        dying.remove(attempt.name)
    }

    /// The keeper learns of the end of one that it watches.
    mutating func seeEnd() {
        for (attempt, body) in sortedBodies {
            guard case .ended(let end) = body, watched.remove(attempt.name) != nil else { continue }
            return tell(.ended(container: attempt.name, Bool.random(using: &random) ? end : nil))
        }
    }

    private mutating func killKeeper() {
        note("the keeper is killed")
        // Its workers go with it, wherever they are.
        for job in jobs { leaveHalfDone(job) }
        effects = []
        takeOver()
    }

    private mutating func reboot() {
        let isCrash = Bool.random(using: &random)
        note(isCrash ? "the power fails" : "the machine is restarted")
        loseSandbox()
        jobs = []
        effects = []
        if isCrash { journal = durable }
        // What another boot ran is not known where its records are lost.
        executed = []
        bootID += "'"
        takeOver()
    }
}
