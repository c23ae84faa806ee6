internal import KeeperProtocol
internal import LinuxTypes
public import PodRecords

/// The life of a pod as a value: told what happened, it says what to do next. It does nothing itself, so that every course of events can be tested, and
/// a keeper that takes over after another was killed starts it from the records and goes on.
public struct PodMachine: Equatable, Sendable {
    public let plan: PodPlan
    public internal(set) var sandbox: SandboxRecord
    var containers: [ContainerCourse]
    /// The job about the sandbox that a worker is at.
    var activity: Job?
    /// How often such a job came to nothing, one after the other.
    var setbacks = 0
    /// What stands in the way of such a job; nil where nothing does.
    var activityTrouble: String?
    /// Milliseconds since the boot before which it is not tried again.
    var notBefore: Int64 = 0
    /// Seconds of grace that the last request names; nil is the plan's.
    var grace: UInt32?
    /// Whether the sandbox's record has to be written.
    var isSandboxChanged = false
    /// Whether all that was recorded since the sandbox was stopped is on the disk.
    var isSynced = false
    public internal(set) var isRemoved = false
    /// What the time goes to while the pod starts. A keeper that takes over in the middle of it has none.
    var sandboxLedger = SandboxLedger()

    /// From what is recorded; of the containers those that were ever heard of.
    public init(_ plan: PodPlan, _ sandbox: SandboxRecord, _ statuses: [ContainerStatus]) {
        self.plan = plan
        self.sandbox = sandbox
        containers = plan.containers.map { container in
            ContainerCourse(container, statuses.first { $0.name == container.name })
        }
    }

    /// What happened, then all that follows from it now.
    public mutating func handle(_ event: Event, at moment: Moment) -> [Effect] {
        var effects: [Effect] = []
        take(event, at: moment, &effects)
        return finish(effects, at: moment)
    }

    /// All that follows now, because time has passed, or at the start.
    public mutating func advance(at moment: Moment) -> [Effect] { finish([], at: moment) }

    private mutating func finish(_ said: [Effect], at moment: Moment) -> [Effect] {
        var effects = said
        // Each round takes at least one thing a step further, and there are a few steps only.
        var rounds = 0
        while step(at: moment, &effects), rounds < 1000 { rounds += 1 }
        // Order: what is going to happen is recorded before it happens.
        if isChanged { effects.insert(.record, at: 0) }
        return effects
    }

    private var isChanged: Bool { isSandboxChanged || containers.contains { $0.isChanged } }

    /// The records to write, once.
    public mutating func takeChanges() -> (sandbox: SandboxRecord?, containers: [ContainerStatus]) {
        let changed = containers.filter(\.isChanged).map(\.status)
        let tally = ContainerTally(plan, containers.map(\.status))
        if tally != sandbox.tally {
            sandbox.tally = tally
            isSandboxChanged = true
        }
        let record = isSandboxChanged ? sandbox : nil
        for index in containers.indices { containers[index].isChanged = false }
        isSandboxChanged = false
        return (record, changed)
    }

    /// What stands in the way of what is wanted, for people; nil where nothing does. It is tried again all the same, now and then.
    public var trouble: String? {
        if let activityTrouble { return activityTrouble }
        // What is left of containers goes with the sandbox.
        guard sandbox.phase == .ready else { return nil }
        return containers.lazy.compactMap(\.trouble).first
    }

    /// When to call `advance` again after this moment, in milliseconds since the boot; nil for when something happens.
    public func deadline(after moment: Moment) -> Int64? {
        var deadlines = [notBefore]
        for container in containers {
            switch container.activity {
            case .running(.signaled(let until)), .running(.killed(let until)): deadlines.append(until)
            case .none: deadlines.append(container.notBefore)
            default: break
            }
        }
        return deadlines.filter { $0 > moment.milliseconds }.min()
    }

    /// Whether nothing is going on and nothing is wanted that is not so.
    public var isAtRest: Bool {
        isRemoved || sandbox.phase == .stopped && sandbox.goal == .stopped && isSynced && activity == nil
    }

    public func status(of container: String) -> ContainerStatus? { containers.first { $0.plan.name == container }?.status }

    /// The container's place in the plan.
    func index(_ name: String) -> Int? { containers.firstIndex { $0.plan.name == name } }

    mutating func enter(_ phase: SandboxRecord.Phase) {
        sandbox.phase = phase
        isSandboxChanged = true
    }

    mutating func want(_ goal: SandboxRecord.Goal) {
        guard sandbox.goal != goal else { return }
        sandbox.goal = goal
        isSandboxChanged = true
    }

    mutating func relabel(_ changes: [LabelChange]) {
        var labels = sandbox.labels
        for change in changes {
            labels.removeAll { $0.key == change.key }
            if let value = change.value { labels.append(SandboxRecord.Label(key: change.key, value: value)) }
        }
        labels.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        guard labels != sandbox.labels else { return }
        sandbox.labels = labels
        isSandboxChanged = true
    }

    mutating func explain(_ reason: String, _ message: String) {
        sandbox.reason = reason
        sandbox.message = message
        isSandboxChanged = true
    }
}
