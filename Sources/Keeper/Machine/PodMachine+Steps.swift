internal import KeeperProtocol
internal import LinuxKernel
internal import LinuxTypes
internal import PodRecords

extension PodMachine {
    /// One step towards what is wanted; false where nothing can be done now.
    mutating func step(at moment: Moment, _ effects: inout [Effect]) -> Bool {
        if isRemoved { return false }
        if forgetRemoved() { return true }
        // Elsewhere they go with the sandbox, or are gone.
        if sandbox.phase == .ready, findOrCollect(at: moment, &effects) { return true }
        if sandbox.goal == .running {
            switch sandbox.phase {
            case .pending, .stopped: return begin(at: moment)
            case .making: return perform(.makeSandbox, at: moment, &effects)
            case .ready: return run(at: moment, &effects)
            case .stopping: return perform(.dismantle, at: moment, &effects)
            }
        }
        switch sandbox.phase {
        case .pending:
            sandbox.finishedAt = moment.wall
            enter(.stopped)
            return true
        // Its maker cannot be stopped half way; what it has made is taken apart afterwards.
        case .making: return activity == nil ? stopSandbox() : false
        case .ready: return stopContainers(at: moment, &effects)
        case .stopping: return perform(.dismantle, at: moment, &effects)
        case .stopped: return rest(at: moment, &effects)
        }
    }

    /// A job about the sandbox, unless there is one already, or it has to wait.
    private mutating func perform(_ job: Job, at moment: Moment, _ effects: inout [Effect]) -> Bool {
        guard activity == nil, moment.milliseconds >= notBefore else { return false }
        activity = job
        effects.append(.perform(job))
        return true
    }

    private mutating func begin(at moment: Moment) -> Bool {
        guard activity == nil else { return false }
        if sandbox.phase == .stopped {
            // After a reboot, what had done its work keeps its result.
            let keepsResults = sandbox.awaitsRecovery
            for index in containers.indices where !keepsResults || !containers[index].hasFinishedForGood {
                containers[index].reset()
            }
            settleRecovery()
        }
        isSynced = false
        grace = nil
        sandbox.startedAt = nil
        sandbox.finishedAt = nil
        explain("", "")
        sandbox.fault = nil
        sandbox.ledger = ""
        sandboxLedger =
            sandbox.isStepwise
            ? SandboxLedger() : SandboxLedger(since: sandbox.phase == .pending ? sandbox.createdAt : moment.wall, at: moment)
        enter(.making)
        return true
    }

    private mutating func stopSandbox() -> Bool {
        enter(.stopping)
        return true
    }

    /// In the state that was wanted: it is seen to that this lasts, or another state is wanted next.
    private mutating func rest(at moment: Moment, _ effects: inout [Effect]) -> Bool {
        switch sandbox.goal {
        case .restarted where activity == nil:
            want(.running)
            return true
        case .removed: return perform(.remove, at: moment, &effects)
        case .stopped where !isSynced: return perform(.sync, at: moment, &effects)
        case .running, .restarted, .stopped: return false
        }
    }

    /// What nobody watches any more is found; what has ended is taken away.
    private mutating func findOrCollect(at moment: Moment, _ effects: inout [Effect]) -> Bool {
        for index in containers.indices {
            let container = containers[index]
            guard container.activity == .none, moment.milliseconds >= container.notBefore else { continue }
            let (name, attempt) = (container.plan.name, container.status.attempt)
            switch container.status.state {
            case .creating, .running:
                containers[index].activity = .finding
                effects.append(.perform(.find(container: name, attempt: attempt)))
                return true
            case .waiting where !container.status.isCollected, .terminated where !container.status.isCollected:
                containers[index].activity = .collecting
                effects.append(.perform(.collect(container: name, attempt: attempt)))
                return true
            case .waiting, .created, .terminated: continue
            }
        }
        return false
    }

    // MARK: Running

    /// The manifest is one client more of what can be asked of containers: it starts those that nobody else has taken in hand.
    private mutating func run(at moment: Moment, _ effects: inout [Effect]) -> Bool {
        if pursueGoals(at: moment, &effects) { return true }
        if sandbox.isStepwise || sandbox.awaitsRun { return false }
        if planRestart(at: moment, &effects) { return true }
        for index in containers.indices {
            let container = containers[index]
            if !container.isHeld, container.isIdle(at: moment) { return start(index, at: moment, &effects) }
            // An init container must have done its work before anything behind it is started.
            if container.plan.isInit, !container.isDone {
                return container.isOver && !container.isHeld
                    ? end("Failed", "init container '\(container.plan.name)' failed: \(Self.how(container))") : false
            }
        }
        let main = containers.filter { !$0.plan.isInit }
        guard main.allSatisfy({ $0.isOver && !$0.isHeld }) else { return false }
        if let failed = main.first(where: { !$0.isDone }) {
            return end("Failed", "container '\(failed.plan.name)' failed: \(Self.how(failed))")
        }
        return end("Succeeded", "")
    }

    /// What ended, and is to run, is started again later.
    private mutating func planRestart(at moment: Moment, _ effects: inout [Effect]) -> Bool {
        for index in containers.indices where containers[index].isOver && !containers[index].isHeld {
            let container = containers[index]
            // An init container that succeeded has done its work, whatever the policy says.
            let isFinished = container.plan.isInit && container.isDone
            guard !isFinished, container.plan.restart.applies(to: container.status.termination?.exitCode) else { continue }
            containers[index].planRestart(at: moment)
            let delay = containers[index].notBefore - moment.milliseconds
            if container.plan.isInit {
                effects.append(
                    .say("init container '\(container.plan.name)' \(Self.how(container)), starting it again in \(delay / 1000) s")
                )
            }
            return true
        }
        return false
    }

    mutating func start(_ index: Int, at moment: Moment, _ effects: inout [Effect]) -> Bool {
        containers[index].beginStart(at: moment)
        effects.append(.perform(.start(container: containers[index].plan.name, attempt: containers[index].status.attempt)))
        return true
    }

    private static func how(_ container: ContainerCourse) -> String {
        guard let termination = container.status.termination else { return "has not ended" }
        if termination.reason == "StartError" { return "did not start: \(termination.message)" }
        if termination.reason == "OOMKilled" { return "was killed for want of memory" }
        if let signal = termination.signal { return "was killed by \(Signal(rawValue: signal).name)" }
        return termination.exitCode.map { "ended with code \($0)" } ?? "ended unseen"
    }

    /// The pod has ended by itself.
    private mutating func end(_ reason: String, _ message: String) -> Bool {
        explain(reason, message)
        want(plan.removesItself ? .removed : .stopped)
        return true
    }

    // MARK: Stopping

    private mutating func stopContainers(at moment: Moment, _ effects: inout [Effect]) -> Bool {
        for index in containers.indices where stopContainer(index, at: moment, &effects) { return true }
        // A root that nobody runs in goes with the sandbox.
        let areGone = containers.allSatisfy { container in
            let status = container.status
            return container.activity == .none
                && (status.isCollected || status.state == .created || container.setbacks >= Self.patience)
        }
        guard areGone else { return false }
        guard activity == nil else { return false }
        return stopSandbox()
    }

    mutating func stopContainer(_ index: Int, at moment: Moment, _ effects: inout [Effect]) -> Bool {
        guard case .running(let stop) = containers[index].activity else { return false }
        let name = containers[index].plan.name
        switch stop {
        case .notAsked:
            let seconds = containers[index].grace ?? grace ?? plan.gracePeriod
            guard seconds > 0 else { return kill(index, at: moment, &effects) }
            containers[index].activity = .running(.signaled(until: moment.milliseconds + Int64(seconds) * 1000))
            effects.append(.signal(container: name, containers[index].plan.stopSignal))
        case .signaled(let until) where moment.milliseconds >= until: return kill(index, at: moment, &effects)
        case .killed(let until) where moment.milliseconds >= until:
            containers[index].activity = .running(.stuck)
            let pid = containers[index].status.process.map { " (pid \($0.pid))" } ?? ""
            containers[index].trouble =
                "container '\(name)'\(pid) does not end, although it was killed: the kernel holds on to it"
        case .signaled, .killed, .stuck: return false
        }
        return true
    }

    private mutating func kill(_ index: Int, at moment: Moment, _ effects: inout [Effect]) -> Bool {
        containers[index].activity = .running(.killed(until: moment.milliseconds + Self.killPatience))
        effects.append(.signal(container: containers[index].plan.name, .kill))
        return true
    }

    /// Milliseconds that the kernel has for letting go of what was killed.
    private static let killPatience: Int64 = 10_000
}
