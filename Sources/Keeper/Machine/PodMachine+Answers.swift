internal import PodRecords

extension PodMachine {
    public func answer(to condition: Condition) -> Condition.Answer {
        let answer: Condition.Answer =
            switch condition {
            case .started: answerToStarted
            case .stopped: isToRun ? .failed("somebody asked to run the pod again") : isAtEnd ? .met : .notYet
            case .ended: isAtEnd ? .met : .notYet
            // Its record is written before anybody is answered.
            case .recorded: isRemoved || sandbox.goal == .removed ? .failed("the pod is being removed") : .met
            case .removed: isRemoved ? .met : .notYet
            case .ready: answerToReady
            case .created(let name, let attempt): answer(toCreated: name, attempt)
            case .executed(let name, let attempt): answer(toExecuted: name, attempt)
            case .halted(let name): answer(toHalted: name)
            case .takenAway(let name): answer(toTakenAway: name)
            }
        if answer == .notYet, let trouble { return .failed(trouble) }
        return answer
    }

    private var isToRun: Bool { !isRemoved && (sandbox.goal == .running || sandbox.goal == .restarted) }

    private var isAtEnd: Bool { isRemoved || sandbox.phase == .stopped && isSynced && !isToRun }

    private var answerToStarted: Condition.Answer {
        // What runs or ran before it is made anew does not count.
        if sandbox.goal == .restarted || sandbox.goal == .running && (sandbox.phase == .stopping || sandbox.phase == .stopped) {
            return .notYet
        }
        // What ended by itself has a reason, and may remove itself then.
        if sandbox.goal == .removed, !plan.removesItself || sandbox.reason.isEmpty || isLost {
            return .failed("the pod is being removed")
        }
        if sandbox.goal == .stopped, sandbox.reason.isEmpty { return .failed("somebody asked to stop the pod") }
        let main = containers.filter { !$0.plan.isInit }
        if sandbox.phase != .making, sandbox.phase != .pending, main.allSatisfy(\.status.hasStarted) { return .met }
        if sandbox.isStepwise { return .failed("somebody asked for the pod's sandbox alone") }
        if let container = containers.first(where: \.keepsPodFromStarting) { return .failed(Self.isHeld(container)) }
        for container in containers {
            let last = container.status.restartCount > 0 ? container.status.lastTermination : nil
            guard let termination = container.status.termination ?? last, termination.reason == "StartError",
                !container.status.hasStarted
            else { continue }
            return .failed("container '\(container.plan.name)': \(termination.message)")
        }
        if sandbox.phase == .stopped || sandbox.phase == .stopping {
            return .failed(sandbox.message.isEmpty ? "the pod was stopped before its containers had started" : sandbox.message)
        }
        return .notYet
    }

    /// What becomes of somebody who waits for the first start of a container: `notYet` for as long as there may be one.
    public func prospect(ofStarting name: String) -> Condition.Answer {
        guard let container = containers.first(where: { $0.plan.name == name }) else {
            return .failed("the pod has no container '\(name)'")
        }
        let status = container.status
        guard !status.hasStarted else { return .failed("container '\(name)' does not run") }
        let last = status.restartCount > 0 ? status.lastTermination : nil
        if let termination = status.termination ?? last, termination.reason == "StartError" {
            return .failed("container '\(name)': \(termination.message)")
        }
        guard !isRemoved, sandbox.goal == .running || sandbox.goal == .restarted, !container.keepsPodFromStarting else {
            return .failed(sandbox.message.isEmpty ? "container '\(name)' does not run" : sandbox.message)
        }
        return trouble.map { .failed($0) } ?? .notYet
    }

    /// Why others wait for a container in vain.
    static func isHeld(_ container: ContainerCourse) -> String {
        "somebody has taken container '\(container.plan.name)' in hand"
    }
}
