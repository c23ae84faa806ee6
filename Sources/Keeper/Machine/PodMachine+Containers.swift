internal import KeeperProtocol
internal import PodRecords

/// CRI's verbs on single containers: each sets what is wanted of one, and steps lead there as they lead to what the manifest wants.
extension PodMachine {
    // MARK: Asking

    /// Why a request makes no sense now; nil where it does.
    public func obstacle(to request: Event.ContainerRequest, of name: String) -> String? {
        guard let container = containers.first(where: { $0.plan.name == name }) else {
            switch request {
            case .create, .start: return "the pod has no container '\(name)'"
            // There is nothing of it, which is what is wanted.
            case .stop, .remove: return nil
            }
        }
        switch request {
        case .create(let number): return obstacle ?? Self.obstacle(toCreating: container, number)
        case .start(let isRepeated): return obstacle ?? Self.obstacle(toStarting: container, isRepeated)
        case .stop, .remove: return nil
        }
    }

    var obstacle: String? {
        if isRemoved || sandbox.goal == .removed { return "the pod is being removed" }
        guard sandbox.phase == .ready, sandbox.goal == .running else { return "the pod has no sandbox that is ready" }
        return nil
    }

    private static func obstacle(toCreating container: ContainerCourse, _ number: UInt32?) -> String? {
        let (name, status) = (container.plan.name, container.status)
        // Who asks again for what is there, or comes to be, is heard.
        let planned = status.nextAttempt ?? status.attempt
        if status.goal == .created, number == nil || number == planned { return nil }
        if status.goal == .created, status.state != .created {
            return "container '\(name)' is being created, as attempt \(planned)"
        }
        switch status.state {
        case .created: return "container '\(name)' is created already, as attempt \(status.attempt): remove it first"
        case .running: return "container '\(name)' runs, as attempt \(status.attempt): stop it first"
        case .creating: return "container '\(name)' is being started, as attempt \(status.attempt)"
        case .waiting, .terminated: break
        }
        let first = status.state == .terminated ? UInt64(status.attempt) + 1 : UInt64(status.attempt)
        guard let number, UInt64(number) < first else { return nil }
        return "attempt \(number) of container '\(name)' was made before: the next is \(first)"
    }

    private static func obstacle(toStarting container: ContainerCourse, _ isRepeated: Bool) -> String? {
        let (name, status) = (container.plan.name, container.status)
        if isRepeated, status.goal == .running { return nil }
        switch status.state {
        case .created where status.goal == .removed: return "container '\(name)' is being removed"
        case .created: return nil
        case .running: return "container '\(name)' runs already"
        case .creating where status.goal == .created: return "container '\(name)' is still being created"
        case .creating: return "container '\(name)' is being started already"
        case .waiting: return "container '\(name)' is not created"
        case .terminated: return "attempt \(status.attempt) of container '\(name)' has ended: create another first"
        }
    }

    /// The attempt that a request for the container is about.
    public func attempt(of name: String) -> UInt32 {
        status(of: name).map { $0.nextAttempt ?? $0.attempt } ?? 0
    }

    /// Order: where nothing stands in its way.
    mutating func take(_ request: Event.ContainerRequest, of name: String, by asker: PodRequest.Asker?, at moment: Moment) {
        guard obstacle(to: request, of: name) == nil, let index = index(name) else { return }
        containers[index].takeHeart(at: moment)
        switch request {
        case .create(let number): create(index, number, PodRequest(.createContainer, by: asker, at: moment.wall))
        case .start:
            guard containers[index].status.state == .created else { return }
            containers[index].want(.running, PodRequest(.startContainer, by: asker, at: moment.wall))
        case .stop(let grace):
            stop(index, grace, PodRequest(.stopContainer, by: asker, grace: grace, at: moment.wall), at: moment)
        case .remove:
            let status = containers[index].status
            let isThere = status.state != .waiting || !status.isCollected
            guard status.goal != .removed, isThere || !sandbox.isStepwise && sandbox.goal == .running else { return }
            // All go with their pod.
            if sandbox.goal != .removed {
                containers[index].want(.removed, PodRequest(.removeContainer, by: asker, at: moment.wall))
            }
            hurry(index, 0, at: moment)
        }
    }

    private mutating func create(_ index: Int, _ number: UInt32?, _ request: PodRequest) {
        let status = containers[index].status
        guard status.goal != .created else { return }
        containers[index].want(.created, request)
        containers[index].status.nextAttempt = number ?? (status.state == .terminated ? status.attempt &+ 1 : status.attempt)
    }

    private mutating func stop(_ index: Int, _ grace: UInt32?, _ request: PodRequest, at moment: Moment) {
        let container = containers[index]
        // All are being stopped.
        guard sandbox.goal == .running else { return hurry(index, grace, at: moment) }
        switch (container.status.state, container.status.goal) {
        case (_, .removed), (_, .created), (.created, _): return
        case (.waiting, nil) where sandbox.isStepwise: return
        // What is not started again by itself needs nobody who keeps it from that.
        case (.terminated, nil) where sandbox.isStepwise || !willRestart(container): return
        case (.terminated, .some), (_, .stopped): break
        case (.waiting, _), (.creating, _), (.running, _), (.terminated, nil):
            containers[index].want(.stopped, request)
        }
        hurry(index, grace, at: moment)
    }

    private func willRestart(_ container: ContainerCourse) -> Bool {
        let isFinished = container.plan.isInit && container.status.termination?.isSuccess == true
        return !isFinished && container.plan.restart.applies(to: container.status.termination?.exitCode)
    }

    /// Who asks last says how long it takes; never longer than who asked before.
    private mutating func hurry(_ index: Int, _ seconds: UInt32?, at moment: Moment) {
        containers[index].grace = seconds
        guard let seconds, case .running(.signaled(let until)) = containers[index].activity else { return }
        let latest = moment.milliseconds + Int64(seconds) * 1000
        if latest < until { containers[index].activity = .running(.signaled(until: latest)) }
    }

    /// A request for the pod: who wants it to run wants its manifest to, and who wants it to end speaks for all containers.
    mutating func settleContainers(before request: Event.Request) {
        if sandbox.goal == .removed { return }
        switch request {
        case .run, .restart: for index in containers.indices { containers[index].release() }
        case .stop, .remove:
            for index in containers.indices {
                containers[index].grace = nil
                guard containers[index].status.state != .terminated, containers[index].status.request != nil else { continue }
                containers[index].status.request = nil
                containers[index].isChanged = true
            }
        case .recover, .label, .runSandbox, .container: break
        }
    }

    mutating func setStepwise(_ isStepwise: Bool) {
        guard sandbox.isStepwise != isStepwise, sandbox.goal != .removed else { return }
        sandbox.isStepwise = isStepwise
        isSandboxChanged = true
    }

    // MARK: Steps

    /// One step towards what somebody wants of a container.
    mutating func pursueGoals(at moment: Moment, _ effects: inout [Effect]) -> Bool {
        for index in containers.indices where containers[index].isHeld && pursueGoal(of: index, at: moment, &effects) {
            return true
        }
        return false
    }

    private mutating func pursueGoal(of index: Int, at moment: Moment, _ effects: inout [Effect]) -> Bool {
        let container = containers[index]
        switch (container.status.goal, container.status.state) {
        case (.created, .waiting) where container.isIdle(at: moment), (.created, .terminated) where container.isOver:
            containers[index].beginCreation()
            let attempt = containers[index].status.attempt
            effects.append(.perform(.create(container: container.plan.name, attempt: attempt)))
            return true
        // Where it waits, it was lost with its root while it was started.
        case (.running, .created) where container.isIdle(at: moment), (.running, .waiting) where container.isIdle(at: moment):
            return start(index, at: moment, &effects)
        case (.stopped, .running): return stopContainer(index, at: moment, &effects)
        case (.removed, .running):
            // A keeper that took over was not told how much time there is: none.
            containers[index].grace = 0
            return stopContainer(index, at: moment, &effects)
        case (.removed, .created):
            containers[index].giveUpRoot()
            return true
        default: return false
        }
    }

    /// What was removed after it had ended is no more, whether there is a sandbox or not.
    mutating func forgetRemoved() -> Bool {
        // What is brought to the disk just now would not have it.
        if activity == .sync { return false }
        for index in containers.indices where containers[index].status.goal == .removed && containers[index].isOver {
            containers[index].forget()
            // Of a pod that is stopped all is to be on the disk.
            isSynced = false
            return true
        }
        return false
    }
}
