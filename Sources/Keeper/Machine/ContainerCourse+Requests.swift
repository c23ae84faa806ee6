internal import LinuxKernel
internal import PodRecords

/// What becomes of a container that somebody has taken in hand.
extension ContainerCourse {
    /// It is the manifest's again.
    mutating func release() {
        grace = nil
        guard status.goal != nil || status.request != nil || status.nextAttempt != nil else { return }
        status.goal = nil
        status.request = nil
        status.nextAttempt = nil
        isChanged = true
    }

    /// Its sandbox has gone, and with it what was wanted of it there; who wants it removed still does. Who has ended it is still told.
    mutating func leaveHands() {
        guard status.goal != .removed else { return }
        let request = status.request
        release()
        if status.state == .terminated { status.request = request }
    }

    mutating func want(_ goal: ContainerStatus.Goal, _ request: PodRequest) {
        status.goal = goal
        status.request = request
        if goal != .created { status.nextAttempt = nil }
        isChanged = true
    }

    /// The root of the next attempt is about to be made.
    mutating func beginCreation() {
        if status.state == .terminated { status.lastTermination = status.termination }
        status.attempt = status.nextAttempt ?? status.attempt
        status.nextAttempt = nil
        beginAttempt(.creating)
    }

    mutating func finishCreation() {
        status.state = .created
        status.reason = "Created"
        activity = .none
        vainStarts = 0
        clearSetbacks()
        isChanged = true
    }

    /// Nothing of it is there.
    mutating func failCreation(_ message: String, at moment: Moment) {
        switch status.goal {
        case .created:
            lose()
            status.goal = .removed
            status.reason = Self.creationFailure
            status.message = message
        case .removed: lose()
        // Somebody has asked the pod to run meanwhile.
        case .running, .stopped, nil: failToStart(message, at: moment)
        }
    }

    /// Why there is no container that somebody wanted to be created.
    static let creationFailure = "CreateContainerError"

    /// What had not run is gone, and its number may be used again.
    mutating func lose() {
        status.state = .waiting
        status.isCollected = true
        status.reason = ""
        status.message = ""
        activity = .none
        clearSetbacks()
        isChanged = true
    }

    /// A job about it was lost that left nothing. Its program was not executed, so that the same attempt may be made: who asked for it by number finds it.
    mutating func neverRan(at moment: Moment) {
        if status.goal == .stopped { return failToStart("it was stopped before its program was executed", at: moment) }
        if status.goal == .removed { return lose() }
        guard vainStarts < PodMachine.patience else {
            return status.goal == .created ? failCreation(Self.gaveUp, at: moment) : failToStart(Self.gaveUp, at: moment)
        }
        lose()
        waitAfterVainStart(at: moment)
    }

    /// A root that nobody wants any more is taken away as what ended is.
    mutating func giveUpRoot() {
        status.state = .waiting
        status.reason = ""
        isChanged = true
    }

    /// It was removed. What ran is never run again, so that its number is not either.
    mutating func forget() {
        status.attempt &+= 1
        lose()
        status.startedAt = nil
        status.termination = nil
        status.lastTermination = nil
        status.memoryEvents = nil
        status.restartCount = 0
        status.backOff = 0
        status.log = nil
        status.ledger = StartLedger()
        notBefore = 0
    }
}
