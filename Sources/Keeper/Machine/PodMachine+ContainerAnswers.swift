internal import PodRecords

/// Whether what somebody waits for, of a sandbox alone or of one container, is so.
extension PodMachine {
    var answerToReady: Condition.Answer {
        if isRemoved || sandbox.goal == .removed, sandbox.reason.isEmpty { return .failed("the pod is being removed") }
        if sandbox.goal == .restarted { return .notYet }
        switch sandbox.phase {
        case .ready where sandbox.goal == .running: return .met
        case .pending, .making: return sandbox.goal == .running ? .notYet : .failed("somebody asked to stop the pod")
        case .stopping where sandbox.goal == .running, .stopped where sandbox.goal == .running: return .notYet
        default: return .failed(sandbox.message.isEmpty ? "somebody asked to stop the pod" : sandbox.message)
        }
    }

    func answer(toCreated name: String, _ attempt: UInt32) -> Condition.Answer {
        guard let status = status(of: name) else { return .failed("the pod has no container '\(name)'") }
        if let obstacle { return .failed(obstacle) }
        switch status.state {
        case .created where status.attempt == attempt, .running where status.attempt == attempt: return .met
        // The pod was asked to run meanwhile, which makes the rest of it, too.
        case .creating where status.attempt == attempt: return .notYet
        case .terminated where status.attempt == attempt:
            return status.termination?.cause == .notStarted ? .failed(status.termination?.message ?? "") : .met
        case .waiting, .creating, .created, .running, .terminated: break
        }
        if status.reason == ContainerCourse.creationFailure { return .failed(status.message) }
        guard status.goal == .created, (status.nextAttempt ?? status.attempt) == attempt else {
            return .failed("somebody asked for something else of container '\(name)'")
        }
        return .notYet
    }

    func answer(toExecuted name: String, _ attempt: UInt32) -> Condition.Answer {
        guard let status = status(of: name) else { return .failed("the pod has no container '\(name)'") }
        let other = "somebody asked for something else of container '\(name)'"
        guard status.attempt == attempt else { return .failed(other) }
        switch status.state {
        case .running: return .met
        case .terminated where status.termination?.cause == .notStarted:
            return .failed(status.termination?.message ?? other)
        // Its init was there, and may have been one step away from its program.
        case .terminated where status.termination?.cause == .unseen && status.termination?.startedAt == nil:
            return .failed(
                "nobody saw whether attempt \(attempt) of container '\(name)' came to run, and it has ended: create another")
        case .terminated: return .met
        case .waiting, .creating, .created:
            if let obstacle { return .failed(obstacle) }
            if status.goal == .running { return .notYet }
            if status.goal != nil || sandbox.isStepwise { return .failed(other) }
            // It is the manifest's again, and comes after the init containers.
            let before = containers.prefix { $0.plan.name != name }
            return before.first { $0.plan.isInit && $0.keepsPodFromStarting }.map { .failed(Self.isHeld($0)) } ?? .notYet
        }
    }

    func answer(toHalted name: String) -> Condition.Answer {
        guard let index = index(name), !isRemoved else { return .met }
        let container = containers[index]
        switch container.status.state {
        case .waiting, .created: return .met
        case .creating where container.status.goal == .created: return .met
        case .terminated: return container.isOver ? .met : .notYet
        case .creating, .running:
            let isToEnd = sandbox.goal != .running || container.status.goal == .stopped || container.status.goal == .removed
            return isToEnd ? answer(of: container) : .failed("somebody asked to start container '\(name)' again")
        }
    }

    func answer(toTakenAway name: String) -> Condition.Answer {
        guard let index = index(name), !isRemoved else { return .met }
        let container = containers[index]
        if container.status.state == .waiting, container.status.isCollected, container.activity == .none { return .met }
        guard container.status.goal == .removed || sandbox.goal == .removed else {
            return .failed("somebody asked for something else of container '\(name)'")
        }
        return answer(of: container)
    }

    private func answer(of container: ContainerCourse) -> Condition.Answer { container.trouble.map { .failed($0) } ?? .notYet }
}
