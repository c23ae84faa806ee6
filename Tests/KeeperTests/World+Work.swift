import KeeperProtocol
import LinuxKernel
import LinuxTypes
import PodRecords

@testable import Keeper

/// What workers do with their jobs.
extension World {
    mutating func workAtRandom() {
        guard !jobs.isEmpty else { return }
        let index = Int.random(in: 0..<jobs.count, using: &random)
        switch Int.random(in: 0..<10, using: &random) {
        case 0:
            let job = jobs.remove(at: index)
            note("the worker is killed at \(job)")
            leaveHalfDone(job)
            tell(.lost(job))
        case 1:
            let job = jobs.remove(at: index)
            note("\(job) fails")
            // A start that fails leaves nothing; of the others nobody knows how far they came.
            switch job {
            case .start(let name, let number), .create(let name, let number):
                bodies[Attempt(name: name, number: number)] = nil
            case .makeSandbox, .find, .collect, .dismantle, .sync, .remove: leaveHalfDone(job)
            }
            if journal != nil { tell(.failed(job, message: "busy")) } else { tell(.lost(job)) }
        default: work(at: index)
        }
    }

    /// Does a job, and reports.
    mutating func work(at index: Int) {
        let job = jobs.remove(at: index)
        note("\(job) is done")
        switch job {
        case .makeSandbox:
            if isAlive { breaches.append("the sandbox is made, and something runs in the one before") }
            loseSandbox()
            hasSandbox = true
            keepResults()
            tell(.sandboxMade(addresses: []))
        case .create(let name, let number):
            makeRoot(Attempt(name: name, number: number))
            tell(.created(container: name))
        case .start(let name, let number):
            execute(Attempt(name: name, number: number))
            watched.insert(name)
            tell(.started(container: name, running()))
        case .find(let name, let number): find(Attempt(name: name, number: number))
        case .collect(let name, let number):
            let attempt = Attempt(name: name, number: number)
            if bodies[attempt] == .running { breaches.append("\(attempt) is taken away while it runs") }
            bodies[attempt] = nil
            tell(.collected(container: name, message: ""))
        case .dismantle:
            loseSandbox()
            tell(.dismantled)
        case .sync:
            durable = journal
            tell(.synced)
        case .remove:
            loseSandbox()
            journal = nil
            durable = nil
            tell(.removed)
        }
    }

    private mutating func makeRoot(_ attempt: Attempt) {
        if let body = bodies[attempt] { breaches.append("\(attempt) is made, and is there: \(body)") }
        if !hasSandbox { breaches.append("\(attempt) is made without a sandbox") }
        bodies[attempt] = .root
    }

    private mutating func find(_ attempt: Attempt) {
        switch bodies[attempt] {
        case .running:
            watched.insert(attempt.name)
            tell(.found(container: attempt.name, .runs(running())))
        case .ended(let end):
            // One that is the keeper's own child still tells how.
            if Bool.random(using: &random) {
                tell(.ended(container: attempt.name, end))
            } else {
                tell(.found(container: attempt.name, .hasEnded))
            }
        case .born, .root, nil:
            bodies[attempt] = nil
            tell(.found(container: attempt.name, .neverRan))
        }
    }

    /// In a new sandbox nothing has run, but for what had done its work before the machine went down.
    private mutating func keepResults() {
        let kept = (journal?.statuses.values).map { $0.filter { $0.state == .terminated } } ?? []
        for status in kept
        where status.termination?.isSuccess != true || plan.container(status.name)?.restart.applies(to: 0) != false {
            breaches.append("the result of '\(status.name)' is kept, which is to run in each sandbox")
        }
        executedNames = Set(kept.map(\.name))
    }

    /// As far as a worker came that was killed.
    mutating func leaveHalfDone(_ job: Job) {
        let isDone = Bool.random(using: &random)
        switch job {
        case .makeSandbox:
            loseSandbox()
            hasSandbox = isDone
            keepResults()
        case .create(let name, let number): if isDone { makeRoot(Attempt(name: name, number: number)) }
        case .start(let name, let number):
            let attempt = Attempt(name: name, number: number)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: bodies[attempt] = .born
            case 1: execute(attempt)
            default: break
            }
        case .find: break
        case .collect(let name, let number): if isDone { bodies[Attempt(name: name, number: number)] = nil }
        case .dismantle: if isDone { loseSandbox() }
        case .sync: if isDone { durable = journal }
        case .remove:
            loseSandbox()
            guard isDone else { return }
            journal = nil
            durable = nil
        }
    }
}
