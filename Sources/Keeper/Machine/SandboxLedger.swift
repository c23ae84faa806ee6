internal import PodRecords

/// The time of a pod's start while it goes by: from its first record, or from the restart, to the last of its containers.
struct SandboxLedger: Equatable, Sendable {
    private(set) var ledger = StartLedger()
    /// When its keeper began with the sandbox; nanoseconds since 1970. nil where nobody counts, or counts any more.
    private var begun: Int64?
    private var readyAt: Int64?

    init() {}

    /// `since` is when the pod was recorded.
    init(since recorded: Int64, at moment: Moment) {
        begun = moment.wall
        ledger.add("keeper", microseconds: (moment.wall &- recorded) / 1000)
    }

    mutating func takeSandbox(_ worker: StartLedger, at moment: Moment) {
        guard let begun else { return }
        ledger.add("sandbox", worker, whole: (moment.wall &- begun) / 1000, rest: "worker")
        readyAt = moment.wall
    }

    /// The whole, once the last container runs that was waited for. nil where nobody counted.
    mutating func close(with container: ContainerCourse) -> StartLedger? {
        guard let readyAt, let began = container.startBegan, !container.status.ledger.isEmpty else { return nil }
        ledger.add("other containers", microseconds: (began &- readyAt) / 1000)
        for step in container.status.ledger.steps {
            ledger.add("\(container.plan.name): \(step.name)", microseconds: step.microseconds)
        }
        begun = nil
        self.readyAt = nil
        return ledger
    }
}

extension PodMachine {
    /// Where all have started that are to run together, the ledger is complete.
    mutating func closeLedger(with name: String, at moment: Moment) {
        guard let container = containers.first(where: { $0.plan.name == name }), sandbox.ledger.isEmpty,
            containers.allSatisfy({ $0.plan.isInit || $0.status.hasStarted }), let whole = sandboxLedger.close(with: container)
        else { return }
        sandbox.ledger = whole.text
        isSandboxChanged = true
    }
}
