internal import LinuxKernel
internal import LinuxTypes
internal import PodRecords

/// One container in the eyes of the machine: what is recorded of it, and what is going on about it just now.
struct ContainerCourse: Equatable, Sendable {
    /// What goes on. None of it is recorded: a keeper that takes over finds it out again.
    enum Activity: Equatable, Sendable {
        /// Nothing: it waits, or has ended for good.
        case none
        case creating
        case starting
        case finding
        case running(Stop)
        case collecting

        /// Whether the keeper has told it to end.
        var isStopping: Bool {
            switch self {
            case .none, .creating, .starting, .finding, .collecting, .running(.notAsked): false
            case .running: true
            }
        }
    }

    /// How far the end of a running container has been brought on. Milliseconds since the boot.
    enum Stop: Equatable, Sendable {
        case notAsked
        case signaled(until: Int64)
        case killed(until: Int64)
        /// The kernel does not let go of it.
        case stuck
    }

    let plan: PodPlan.Container
    var status: ContainerStatus
    var activity = Activity.none
    /// Milliseconds since the boot before which it is not started.
    var notBefore: Int64 = 0
    /// Seconds of grace that who asked to stop it has named; nil is the pod's.
    var grace: UInt32?
    /// How often a job about it came to nothing, one after the other.
    var setbacks = 0
    /// How often a start was lost that left nothing, one after the other.
    var vainStarts = 0
    /// What stands in the way of its going on, for people; nil where nothing does.
    var trouble: String?
    /// Whether the record has to be written.
    var isChanged = false
    /// When its start was begun; nanoseconds since 1970. nil where another keeper did that.
    var startBegan: Int64?

    init(_ plan: PodPlan.Container, _ status: ContainerStatus?) {
        self.plan = plan
        self.status = status ?? ContainerStatus(name: plan.name)
    }

    var isRunning: Bool { if case .running = activity { true } else { false } }

    /// Whether it has ended and will not be started again.
    var isOver: Bool { status.state == .terminated && activity == .none && status.isCollected }

    /// Whether it is an init container that has done its work.
    var isDone: Bool { isOver && status.termination?.isSuccess == true }

    /// Whether somebody has taken it in hand: then it is not the manifest that says what becomes of it.
    var isHeld: Bool { status.goal != nil }

    /// Whether what somebody wants of it is something else than that the pod starts.
    var keepsPodFromStarting: Bool {
        guard let goal = status.goal else { return false }
        return plan.isInit ? !isDone && (goal != .running || isOver) : !status.hasStarted && goal != .running
    }

    /// Whether it is not there, or only its root is, and nobody is at it.
    func isIdle(at moment: Moment) -> Bool {
        guard activity == .none, moment.milliseconds >= notBefore else { return false }
        return status.state == .waiting && status.isCollected || status.state == .created
    }

    /// Whether it has done its work, and no new sandbox is a reason to do it again. Init containers prepare each sandbox.
    var hasFinishedForGood: Bool { !plan.isInit && isDone && !plan.restart.applies(to: 0) }
}

extension ContainerCourse {
    /// The next attempt is about to be started, its root to be made where somebody has not created it before.
    mutating func beginStart(at moment: Moment) {
        beginAttempt(.starting)
        startBegan = moment.wall
    }

    /// Something of the attempt is about to be there, of which nothing is told yet.
    mutating func beginAttempt(_ activity: Activity) {
        status.state = .creating
        status.isCollected = false
        status.startedAt = nil
        status.termination = nil
        status.log = nil
        status.ledger = StartLedger()
        status.reason = "ContainerCreating"
        status.message = ""
        self.activity = activity
        isChanged = true
    }

    mutating func begin(_ running: Event.Running, at moment: Moment) {
        status.state = .running
        status.process = running.process
        status.memoryEvents = running.memoryEvents
        status.startedAt = status.startedAt ?? moment.wall
        if let startBegan, !running.ledger.isEmpty {
            status.ledger = running.ledger
            let rest = (moment.wall &- startBegan) / 1000 - running.ledger.microseconds
            status.ledger.add("worker", microseconds: rest)
        }
        status.reason = ""
        status.message = ""
        activity = .running(.notAsked)
        status.hasStarted = true
        vainStarts = 0
        clearSetbacks()
        isChanged = true
    }

    mutating func end(_ end: Event.End?, asked request: PodRequest? = nil, at moment: Moment) {
        var termination = ContainerStatus.Termination(
            exitCode: end?.status.shellCode, reason: "ContainerStatusUnknown", startedAt: status.startedAt,
            finishedAt: moment.wall)
        termination.cause = cause(of: end)
        // Whoever asks for something later had no part in it.
        if termination.cause == .stopSignal || termination.cause == .graceOver { termination.request = status.request ?? request }
        if let end {
            termination.memory = end.memory
            if case .signaled(let signal, _) = end.status { termination.signal = signal.rawValue }
            termination.reason = end.ranOutOfMemory ? "OOMKilled" : termination.exitCode == 0 ? "Completed" : "Error"
        } else {
            termination.message = "nobody saw it end"
        }
        terminate(termination)
    }

    private func cause(of end: Event.End?) -> TerminationCause {
        guard let end else { return .unseen }
        if end.ranOutOfMemory { return .outOfMemory }
        guard case .signaled(let signal, _) = end.status else {
            return activity.isStopping ? .stopSignal : .itself
        }
        switch activity {
        case .running(.signaled) where signal == plan.stopSignal: return .stopSignal
        case .running(.killed), .running(.stuck): return signal == .kill ? .graceOver : .signal
        default: return .signal
        }
    }

    /// The attempt never came to run its program.
    mutating func failToStart(_ message: String, _ fault: Fault? = nil, at moment: Moment) {
        var termination = ContainerStatus.Termination(
            exitCode: 128, reason: "StartError", message: message, startedAt: nil, finishedAt: moment.wall)
        termination.cause = .notStarted
        termination.fault = fault
        terminate(termination)
        status.isCollected = true
        vainStarts = 0
    }

    private mutating func terminate(_ termination: ContainerStatus.Termination) {
        status.state = .terminated
        status.process = nil
        status.termination = termination
        status.reason = termination.reason
        status.message = termination.message
        activity = .none
        clearSetbacks()
        isChanged = true
    }

    /// Another attempt is to follow the one that has ended.
    mutating func planRestart(at moment: Moment) {
        let termination = status.termination
        if let begun = termination?.startedAt, let ended = termination?.finishedAt {
            let (duration, isOverflow) = ended.subtractingReportingOverflow(begun)
            if !isOverflow, duration >= BackOff.forgets { status.backOff = 0 }
        }
        let delay = min(status.backOff, BackOff.limit)
        status.backOff = BackOff.next(after: delay)
        status.state = .waiting
        status.lastTermination = termination
        status.termination = nil
        status.attempt &+= 1
        status.restartCount &+= 1
        status.reason = delay > 0 ? "CrashLoopBackOff" : ""
        status.message = delay > 0 ? "back-off \(delay)s restarting failed container" : ""
        notBefore = moment.milliseconds + Int64(delay) * 1000
        isChanged = true
    }

    /// The attempt left no trace of having run: the next is made whatever the restart policy says.
    mutating func tryAgain(at moment: Moment) {
        status.state = .waiting
        status.isCollected = true
        status.attempt &+= 1
        activity = .none
        clearSetbacks()
        waitAfterVainStart(at: moment)
        isChanged = true
    }

    /// The longer, the more starts were lost one after the other.
    mutating func waitAfterVainStart(at moment: Moment) {
        vainStarts += 1
        notBefore = moment.milliseconds + Int64(100 * vainStarts * vainStarts)
    }

    /// Why nothing more is tried then.
    static let gaveUp = "its workers were killed again and again"

    /// The sandbox is to be made anew, and all its containers with it.
    mutating func reset() {
        if status.state != .waiting { status.attempt &+= 1 }
        status.lastTermination = status.termination ?? status.lastTermination
        status.state = .waiting
        status.isCollected = true
        status.process = nil
        status.startedAt = nil
        status.termination = nil
        status.reason = ""
        status.message = ""
        status.restartCount = 0
        release()
        status.hasStarted = false
        status.backOff = 0
        activity = .none
        notBefore = 0
        vainStarts = 0
        clearSetbacks()
        isChanged = true
    }

    /// The sandbox is gone, and with it whatever the container had in the kernel and in the store.
    mutating func leaveSandbox(at moment: Moment) {
        if status.state == .created || status.state == .creating && status.goal == .created { lose() }
        if status.state == .creating || status.state == .running { end(nil, at: moment) }
        activity = .none
        clearSetbacks()
        leaveHands()
        guard !status.isCollected else { return }
        status.isCollected = true
        isChanged = true
    }

    mutating func clearSetbacks() {
        setbacks = 0
        trouble = nil
    }

    /// Somebody has asked for something: what came to nothing is tried at once, what does not let go is killed again.
    mutating func takeHeart(at moment: Moment) {
        clearSetbacks()
        vainStarts = 0
        if status.state != .waiting { notBefore = 0 }
        if activity == .running(.stuck) { activity = .running(.signaled(until: moment.milliseconds)) }
    }

    /// A keeper that takes over keeps what is left of the back-off, as far as the records tell it.
    mutating func resumeBackOff(at moment: Moment) {
        guard status.state == .waiting, let ended = status.lastTermination?.finishedAt else { return }
        let delay = Int64(BackOff.last(before: status.backOff)) * 1000
        let (passed, isOverflow) = moment.wall.subtractingReportingOverflow(ended)
        // A clock that was set back, or a record that makes no sense, costs no more than the whole of it.
        notBefore = moment.milliseconds + (isOverflow ? delay : min(max(0, delay - passed / 1_000_000), delay))
    }
}

/// How long a container that ends again and again is left alone, as the kubelet does.
enum BackOff {
    static let first: UInt32 = 10
    static let limit: UInt32 = 300
    /// Nanoseconds of running after which all is forgiven.
    static let forgets: Int64 = 600 * 1_000_000_000

    static func next(after delay: UInt32) -> UInt32 { delay == 0 ? first : min(min(delay, limit) * 2, limit) }

    /// Seconds of the back-off to which `next` follows; at least so many.
    static func last(before next: UInt32) -> UInt32 { next <= first ? 0 : min(next, limit) / 2 }

    /// Milliseconds until a job is tried again that came to nothing so many times, one after the other.
    static func delay(afterSetbacks count: Int) -> Int64 {
        let beyond = count - PodMachine.patience
        return beyond < 0 ? Int64(200 * count) : min(Int64(first) << Int64(min(beyond, 5)), Int64(limit)) * 1000
    }
}
