internal import KeeperProtocol
internal import LinuxKernel
internal import PodRecords

extension PodMachine {
    mutating func take(_ event: Event, at moment: Moment, _ effects: inout [Effect]) {
        switch event {
        case .request(let request, let asker): take(request, by: asker, at: moment)
        case .sandboxMade(let addresses, let ledger):
            finishActivity()
            sandboxLedger.takeSandbox(ledger, at: moment)
            sandbox.addresses = addresses
            sandbox.startedAt = moment.wall
            enter(.ready)
        case .dismantled:
            finishActivity()
            sandbox.finishedAt = moment.wall
            sandbox.addresses = []
            for index in containers.indices { containers[index].leaveSandbox(at: moment) }
            enter(.stopped)
        case .synced:
            finishActivity()
            isSynced = true
        case .removed:
            finishActivity()
            isRemoved = true
        case .created(let name): change(name) { $0.finishCreation() }
        case .started(let name, let running):
            change(name) { $0.begin(running, at: moment) }
            closeLedger(with: name, at: moment)
        case .found(let name, let finding): change(name) { Self.take(finding, &$0, at: moment) }
        case .ended(let name, let end):
            let request = sandbox.request
            change(name) { container in
                // Of what went with the sandbox nobody learns more.
                guard container.status.state == .running || container.status.state == .creating else { return }
                container.status.hasStarted = true
                container.end(end, asked: request, at: moment)
            }
        case .collected(let name, let message):
            change(name) { container in
                if !message.isEmpty, container.status.state == .terminated {
                    container.status.termination?.message = message
                    container.status.message = message
                }
                container.activity = .none
                container.clearSetbacks()
                container.status.isCollected = true
                container.isChanged = true
            }
        case .failed(let job, let message, let fault): fail(job, message, fault, at: moment, &effects)
        case .logged(let name, let trouble):
            change(name) { container in
                container.status.log = trouble
                container.isChanged = true
            }
        case .lost(let job): lose(job, at: moment, &effects)
        }
    }

    private mutating func change(_ name: String, _ body: (inout ContainerCourse) -> Void) {
        if let index = index(name) { body(&containers[index]) }
    }

    private mutating func finishActivity() {
        activity = nil
        clearSetbacks()
    }

    private mutating func clearSetbacks() {
        setbacks = 0
        notBefore = 0
        activityTrouble = nil
    }

    private mutating func take(_ request: Event.Request, by asker: PodRequest.Asker?, at moment: Moment) {
        if isRemoved { return }
        if case .label(let changes) = request { return relabel(changes) }
        if case .container(let name, let request) = request { return take(request, of: name, by: asker, at: moment) }
        let (goal, wasStepwise) = (sandbox.goal, sandbox.isStepwise)
        settleContainers(before: request)
        if sandbox.awaitsRun, request != .recover, request != .runSandbox {
            sandbox.awaitsRun = false
            isSandboxChanged = true
            // Its sandbox has failed meanwhile: who asks now has not heard of that, and does not want it tried again.
            if request == .run, sandbox.goal != .running { return note(request, by: asker, at: moment) }
        }
        // Who asks again wants it tried again.
        clearSetbacks()
        for index in containers.indices { containers[index].takeHeart(at: moment) }
        if request != .recover, request != .run || sandbox.goal != .running { settleRecovery() }
        switch request {
        case .recover: recoverFromReboot()
        // What has begun to stop is stopped first: its containers were told to end.
        case .run where sandbox.goal == .stopped, .runSandbox where sandbox.goal == .stopped:
            setStepwise(request == .runSandbox)
            wantAnew(sandbox.phase == .ready || sandbox.phase == .stopping ? .restarted : .running)
        case .run: setStepwise(false)
        case .restart(let seconds) where sandbox.goal != .removed:
            setStepwise(false)
            grace = seconds
            wantAnew(.restarted)
        case .stop(let seconds) where sandbox.goal != .removed:
            grace = seconds
            want(.stopped)
        // It goes anyway, and may be wanted to go sooner.
        case .stop(let seconds?): grace = min(seconds, grace ?? seconds)
        case .remove(let seconds):
            grace = seconds
            want(.removed)
        case .restart, .stop, .label, .runSandbox, .container: break
        }
        if sandbox.goal != goal || sandbox.isStepwise != wasStepwise || sandbox.request == nil && request != .recover {
            note(request, by: asker, at: moment)
        }
        // Somebody wants it sooner than who asked first.
        if let grace {
            let latest = moment.milliseconds + Int64(grace) * 1000
            for index in containers.indices {
                if case .running(.signaled(let until)) = containers[index].activity, until > latest {
                    containers[index].activity = .running(.signaled(until: latest))
                }
            }
        }
    }

    /// Who changed what is wanted. It goes with what is recorded next.
    private mutating func note(_ request: Event.Request, by asker: PodRequest.Asker?, at moment: Moment) {
        switch request {
        case .run: sandbox.request = PodRequest(.run, by: asker, at: moment.wall)
        case .stop(let grace): sandbox.request = PodRequest(.stop, by: asker, grace: grace, at: moment.wall)
        case .restart(let grace): sandbox.request = PodRequest(.restart, by: asker, grace: grace, at: moment.wall)
        case .remove(let grace): sandbox.request = PodRequest(.remove, by: asker, grace: grace, at: moment.wall)
        case .recover: sandbox.request = PodRequest(.recover, by: asker, at: moment.wall)
        case .runSandbox: sandbox.request = PodRequest(.runSandbox, by: asker, at: moment.wall)
        case .label, .container: break
        }
        switch request {
        case .run, .runSandbox, .recover: sandbox.stopRequest = nil
        case .stop, .restart, .remove: if sandbox.phase != .stopped { sandbox.stopRequest = sandbox.request }
        case .label, .container: break
        }
    }

    /// Why it ended before is no longer why it is as it is.
    mutating func wantAnew(_ goal: SandboxRecord.Goal) {
        want(goal)
        if !sandbox.reason.isEmpty { explain("", "") }
    }

    private static func take(_ finding: Event.Finding, _ container: inout ContainerCourse, at moment: Moment) {
        switch finding {
        case .runs(let running): container.begin(running, at: moment)
        case .hasEnded:
            // Its program may have been one step away. Who waits for the start waits for the next attempt, unless there is to be none.
            if !container.plan.restart.applies(to: nil) { container.status.hasStarted = true }
            container.end(nil, at: moment)
        // Somebody has taken it away already.
        case .neverRan where container.status.state == .running: container.end(nil, at: moment)
        case .neverRan where container.isHeld: container.neverRan(at: moment)
        case .neverRan:
            if container.vainStarts < PodMachine.patience { return container.tryAgain(at: moment) }
            container.failToStart(ContainerCourse.gaveUp, at: moment)
        }
    }

    /// How often a job is tried before anybody is told.
    static let patience = 4

    private mutating func fail(
        _ job: Job, _ message: String, _ fault: Fault? = nil, at moment: Moment, _ effects: inout [Effect]
    ) {
        switch job {
        case .create(let name, _):
            change(name) { $0.failCreation(message, at: moment) }
            effects.append(.say("container '\(name)' was not created: \(message)"))
        case .start(let name, _):
            change(name) { $0.failToStart(message, fault, at: moment) }
            effects.append(.say("container '\(name)' did not start: \(message)"))
        case .find(let name, _): setBack(name, "nobody can tell what became of it", message, at: moment)
        case .collect(let name, _): setBack(name, "it cannot be taken apart", message, at: moment)
        case .makeSandbox:
            finishActivity()
            explain("FailedCreatePodSandBox", message)
            sandbox.fault = fault
            // What is half made is taken away; nobody tries again by himself.
            if sandbox.goal == .running { want(plan.removesItself ? .removed : .stopped) }
            enter(.stopping)
        case .dismantle, .remove, .sync: setBackActivity(message, at: moment)
        }
    }

    private mutating func lose(_ job: Job, at moment: Moment, _ effects: inout [Effect]) {
        switch job {
        case .create(let name, _), .start(let name, _): change(name) { $0.activity = .none }
        case .find, .collect: fail(job, "its worker was killed", at: moment, &effects)
        case .makeSandbox where setbacks >= Self.patience:
            fail(job, "its workers were killed again and again", at: moment, &effects)
        case .makeSandbox, .dismantle, .remove, .sync: setBackActivity("its worker was killed", at: moment)
        }
    }

    /// Later again, after some times much later.
    private mutating func setBack(_ name: String, _ what: String, _ message: String, at moment: Moment) {
        change(name) { container in
            container.activity = .none
            container.setbacks += 1
            container.notBefore = moment.milliseconds + BackOff.delay(afterSetbacks: container.setbacks)
            if container.setbacks >= Self.patience || Self.isLasting(message) {
                container.trouble = "container '\(name)': \(what): \(message)"
            }
        }
    }

    private mutating func setBackActivity(_ message: String, at moment: Moment) {
        activity = nil
        setbacks += 1
        notBefore = moment.milliseconds + BackOff.delay(afterSetbacks: setbacks)
        if setbacks >= Self.patience || Self.isLasting(message) { activityTrouble = message }
    }

    /// Whether nothing that the keeper does by itself mends it: then it is told at once.
    private static func isLasting(_ message: String) -> Bool { message == WorkerMessage.mismatch }
}
