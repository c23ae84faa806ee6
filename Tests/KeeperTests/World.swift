import KeeperProtocol
import LinuxKernel
import LinuxTypes
import PodRecords
import SeededRandom

@testable import Keeper

/// What is around a machine, as far as it can tell: a journal, workers, a kernel with containers, clients, and keepers that come and go. A seed repeats all that
/// happens in it; what must never be is written down in `breaches`.
struct World {
    /// One attempt to run a container.
    struct Attempt: Hashable {
        var name: String
        var number: UInt32
    }

    /// What the kernel has of an attempt.
    enum Body: Equatable {
        /// Its root is there, and nothing else.
        case root
        /// Its init is there, its program was not executed.
        case born
        case running
        case ended(Event.End)
    }

    /// What a keeper that takes over would read.
    struct Journal: Equatable {
        var sandbox: SandboxRecord
        var statuses: [String: ContainerStatus] = [:]
    }

    var random: SplitMix
    let plan: PodPlan
    var bootID = boot
    var journal: Journal?
    /// What is on the disk, and outlives a loss of power.
    var durable: Journal?

    // The keeper.
    var machine: PodMachine
    var now = Moment(milliseconds: 1_000_000, wall: 1_700_000_000_000_000_000)
    var effects: [Effect] = []
    var jobs: [Job] = []
    /// Containers whose ends it sees.
    var watched: Set<String> = []
    var waiting: [Condition] = []

    // The kernel.
    var hasSandbox = false
    var bodies: [Attempt: Body] = [:]
    /// Containers that were told to end.
    var dying: Set<String> = []
    /// In this boot.
    var executed: Set<Attempt> = []
    /// Since the sandbox was made.
    var executedNames: Set<String> = []
    private var nextPID: Int32 = 1000

    var breaches: [String] = []
    /// What happened; nil where nobody wants to know, since most of the time would go into that.
    var trace: [String]?

    init(seed: UInt64, isTraced: Bool = false) {
        random = SplitMix(state: seed)
        if isTraced { trace = [] }
        var containers: [PodPlan.Container] = []
        for index in 0..<Int.random(in: 0...2, using: &random) {
            containers.append(first("i\(index)", Bool.random(using: &random) ? .onFailure : .never))
        }
        for index in 0..<Int.random(in: 1...3, using: &random) {
            containers.append(ordinary("m\(index)", PodPlan.Restart.allCases.randomElement(using: &random) ?? .always))
        }
        plan = podPlan(containers, removesItself: Int.random(in: 0..<5, using: &random) == 0)
        var journal = Journal(sandbox: sandboxRecord())
        journal.sandbox.isStepwise = Int.random(in: 0..<4, using: &random) == 0
        self.journal = journal
        durable = journal
        machine = PodMachine(plan, journal.sandbox, [])
        takeOver()
    }

    mutating func note(_ line: @autoclosure () -> String) { if trace != nil { trace?.append(line()) } }

    // MARK: The keeper

    /// A keeper starts from what is recorded.
    mutating func takeOver() {
        guard let journal else { return }
        machine = PodMachine(plan, journal.sandbox, journal.statuses.values.sorted { $0.name < $1.name }.shuffled(using: &random))
        machine.recover(bootID: bootID, at: now)
        machine.adopt(by: ProcessIdentity(bootID: bootID, pid: 2, startTime: 3))
        effects = machine.advance(at: now)
        jobs = []
        watched = []
        waiting = []
    }

    mutating func tell(_ event: Event) {
        note("\(event)")
        effects += machine.handle(event, at: now)
        // Never spins: what follows was all said.
        var again = machine
        let more = again.advance(at: now)
        if more.contains(where: { $0 != .record }) { breaches.append("it had more to say after \(event): \(more)") }
        if effects.count > 100 { breaches.append("it asks for too much: \(effects.count)") }
    }

    mutating func pass(milliseconds: Int64) {
        now.milliseconds += milliseconds
        now.wall += milliseconds * 1_000_000
        note("\(milliseconds) ms pass")
        effects += machine.advance(at: now)
    }

    /// Does the next of what is to be done. With `fails` the journal cannot be written.
    mutating func performEffect(fails: Bool = false) {
        guard let effect = effects.first else { return }
        if effect == .record, fails { return note("cannot record") }
        effects.removeFirst()
        note("effect \(effect)")
        switch effect {
        case .record: record()
        case .perform(let job):
            check(job)
            jobs.append(job)
        case .signal(let name, let signal):
            if signal == .kill || Bool.random(using: &random) { dying.insert(name) }
        case .say: break
        }
    }

    private mutating func record() {
        let changes = machine.takeChanges()
        guard journal != nil else {
            if changes.sandbox != nil || !changes.containers.isEmpty { breaches.append("it records a pod that was removed") }
            return
        }
        if let sandbox = changes.sandbox { journal?.sandbox = sandbox }
        for status in changes.containers { journal?.statuses[status.name] = status }
    }

    /// Tells the clients.
    private mutating func answer() {
        waiting = waiting.filter { condition in
            let answer = machine.answer(to: condition)
            guard answer == .met else { return answer == .notYet }
            switch condition {
            case .started:
                if !plan.containers.allSatisfy({ $0.isInit || executedNames.contains($0.name) }) {
                    breaches.append("'started' is not so")
                }
            case .stopped, .ended: if hasSandbox || isAlive { breaches.append("'stopped' is not so") }
            case .recorded: if journal == nil { breaches.append("'recorded' is not so") }
            case .ready: if !hasSandbox { breaches.append("'ready' is not so") }
            case .created(let name, let number):
                if bodies[Attempt(name: name, number: number)] == nil, !executed.contains(Attempt(name: name, number: number)) {
                    breaches.append("'created' is not so of \(name) \(number)")
                }
            case .executed(let name, let number):
                if !executed.contains(Attempt(name: name, number: number)) { breaches.append("'executed' is not so of \(name)") }
            case .halted(let name):
                if bodies.contains(where: { $0.key.name == name && $0.value == .running }) {
                    breaches.append("'halted' is not so of \(name)")
                }
            case .takenAway(let name):
                if bodies.contains(where: { $0.key.name == name }) { breaches.append("'takenAway' is not so of \(name)") }
            case .removed: if journal != nil || hasSandbox || isAlive { breaches.append("'removed' is not so") }
            }
            return false
        }
    }

    // MARK: The kernel

    /// In an order that a seed repeats.
    var sortedBodies: [(key: Attempt, value: Body)] {
        bodies.sorted { ($0.key.name, $0.key.number) < ($1.key.name, $1.key.number) }
    }

    var isAlive: Bool { bodies.values.contains(.running) }

    mutating func running() -> Event.Running {
        nextPID += 1
        return Event.Running(
            process: ProcessIdentity(bootID: bootID, pid: nextPID, startTime: UInt64(nextPID)), memoryEvents: nil)
    }

    mutating func execute(_ attempt: Attempt) {
        if !executed.insert(attempt).inserted { breaches.append("\(attempt) runs a second time") }
        if bodies.contains(where: { $0.key.name == attempt.name && $0.value == .running }) {
            breaches.append("\(attempt) runs beside another")
        }
        if !hasSandbox { breaches.append("\(attempt) runs without a sandbox") }
        dying.remove(attempt.name)
        executedNames.insert(attempt.name)
        bodies[attempt] = .running
    }

    /// All in it goes with it.
    mutating func loseSandbox() {
        hasSandbox = false
        bodies = [:]
        dying = []
        watched = []
    }

    // MARK: What must always be so

    /// Nothing is done that is not recorded before.
    private mutating func check(_ job: Job) {
        guard let journal else { return breaches.append("\(job) of a pod that was removed") }
        let phase = journal.sandbox.phase
        func status(_ name: String) -> ContainerStatus { journal.statuses[name] ?? ContainerStatus(name: name) }
        let isRecorded =
            switch job {
            case .makeSandbox: phase == .making
            case .create(let name, let attempt):
                phase == .ready && status(name).state == .creating && status(name).attempt == attempt
            case .start(let name, let attempt):
                phase == .ready && status(name).state == .creating && status(name).attempt == attempt
            case .find(let name, let attempt): phase == .ready && status(name).attempt == attempt
            case .collect(let name, let attempt):
                phase == .ready && status(name).attempt == attempt
                    && (status(name).state == .terminated || status(name).state == .waiting && !status(name).isCollected)
            case .dismantle: phase == .stopping
            case .sync: phase == .stopped
            case .remove: phase == .stopped && journal.sandbox.goal == .removed
            }
        if !isRecorded { breaches.append("\(job) was not recorded before") }
        if jobs.contains(job) { breaches.append("\(job) twice at once") }
        let sandboxJobs = (jobs + [job]).filter { [.makeSandbox, .dismantle, .sync, .remove].contains($0) }
        if sandboxJobs.count > 1 { breaches.append("\(sandboxJobs) at once") }
    }

    mutating func check() {
        if effects.isEmpty { answer() }
        for (attempt, body) in sortedBodies where body == .running {
            guard let status = journal?.statuses[attempt.name], status.attempt == attempt.number,
                status.state == .creating || status.state == .running
            else {
                breaches.append("\(attempt) runs, and no record says so")
                continue
            }
        }
        for status in (journal?.statuses.values).map(Array.init) ?? [] where status.state == .created {
            // What the keeper is about to record of it may be ahead.
            let attempt = Attempt(name: status.name, number: status.attempt)
            if journal?.sandbox.phase == .ready, hasSandbox, effects.isEmpty, jobs.isEmpty, bodies[attempt] == nil {
                breaches.append("\(attempt) is recorded as created, and has no root")
            }
        }
        if journal?.sandbox.phase == .stopped, hasSandbox || isAlive { breaches.append("it is stopped, and something runs") }
        if journal == nil, hasSandbox || isAlive { breaches.append("it is removed, and something runs") }
    }
}
