public import LinuxKernel
internal import PodRecords

extension PodMachine {
    /// For a keeper that takes over: what another boot made is gone with it.
    public mutating func recover(bootID: String, at moment: Moment) {
        for index in containers.indices { containers[index].resumeBackOff(at: moment) }
        guard sandbox.bootID != bootID else { return }
        sandbox.bootID = bootID
        isSandboxChanged = true
        for index in containers.indices {
            containers[index].leaveSandbox(at: moment)
        }
        guard sandbox.phase != .pending, sandbox.phase != .stopped else { return }
        // What ended by itself before that has its reason already.
        if sandbox.reason.isEmpty { explain(Self.lost, "the machine was restarted while the pod ran") }
        sandbox.finishedAt = moment.wall
        sandbox.addresses = []
        enter(.stopped)
        if sandbox.goal == .running || sandbox.goal == .restarted {
            // Who runs containers one by one does so again himself.
            sandbox.awaitsRecovery = !sandbox.isStepwise
            want(.stopped)
        }
    }

    /// Why a pod has ended under which the machine went down.
    private static let lost = "Lost"

    /// Whether that is why it has ended.
    var isLost: Bool { sandbox.reason == Self.lost }

    /// Runs the pod again in a new sandbox, if its containers' restart policies say so after the end that the machine made of them.
    mutating func recoverFromReboot() {
        guard sandbox.awaitsRecovery, sandbox.goal == .stopped else { return }
        guard sandbox.phase == .stopped, plan.runsAgain(after: containers.map(\.status)) else { return settleRecovery() }
        wantAnew(.running)
    }

    /// It is said what is to become of the pod.
    mutating func settleRecovery() {
        guard sandbox.awaitsRecovery else { return }
        sandbox.awaitsRecovery = false
        isSandboxChanged = true
    }
}

extension PodMachine {
    /// A keeper has taken the pod.
    public mutating func adopt(by keeper: ProcessIdentity?) {
        sandbox.keeper = keeper
        isSandboxChanged = true
    }

    /// The keeper goes.
    public mutating func leave() {
        sandbox.keeper = nil
        isSandboxChanged = true
    }

    /// Those that are recorded as running: whether they still do is to be found out.
    var runningContainers: [ContainerStatus] { containers.map(\.status).filter { $0.state == .running } }

    /// Whether a process is a container's that is being looked for, or that a keeper before had.
    func isWatching(pid: Int32) -> Bool { containers.contains { $0.status.process?.pid == pid } }
}
