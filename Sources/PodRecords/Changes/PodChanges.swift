public import Journal
internal import LinuxKernel
internal import LinuxTypes

/// Finds what happened between two records of a pod.
public struct PodChanges {
    private let revision: Revision
    private let time: Int64

    public init(at revision: Revision, time: Int64) {
        self.revision = revision
        self.time = time
    }

    // MARK: The sandbox

    /// What became of a pod. `old` is nil where nobody knows what was before, `isNew` says that there was nothing.
    public func of(_ old: SandboxRecord?, _ new: SandboxRecord, isNew: Bool) -> [PodChange] {
        var changes: [PodChange] = []
        func add(_ word: String, cause: String = "", message: String = "") {
            changes.append(named(PodChange(.pod, word, cause: cause, message: message, at: revision, time: time), new))
        }
        if isNew { add("Recorded", cause: new.isStepwise ? "hull run --sandbox" : "hull run") }
        if let keeper = new.keeper, keeper != old?.keeper, !isNew { add("KeeperTook", message: "pid \(keeper.pid)") }
        if !isNew, let goal = goal(old, new) { add(goal.word, cause: goal.cause, message: new.message) }
        if !isNew, old?.phase != new.phase { add(Self.word(new.phase), cause: cause(of: new), message: message(of: new)) }
        if let addresses = addresses(old, new) { add("Addressed", message: addresses) }
        return changes
    }

    /// A pod whose records are gone.
    public func ofRemoved(_ old: SandboxRecord?, uid: PodUID) -> [PodChange] {
        let reason = old.map { $0.goal == .removed ? removal($0) : cause(of: $0) } ?? ""
        var change = PodChange(.pod, "Removed", cause: reason, at: revision, time: time)
        change.uid = uid
        guard let old else { return [change] }
        return [named(change, old)]
    }

    private func named(_ change: PodChange, _ record: SandboxRecord) -> PodChange {
        var change = change
        (change.namespace, change.name, change.uid) = (record.namespace, record.name, record.uid)
        return change
    }

    private func goal(_ old: SandboxRecord?, _ new: SandboxRecord) -> (word: String, cause: String)? {
        guard let old, old.goal != new.goal else { return nil }
        switch new.goal {
        case .running: return old.goal == .restarted ? nil : ("RunWanted", requested(new))
        case .restarted: return ("RestartWanted", requested(new))
        case .stopped: return ("StopWanted", cause(of: new))
        case .removed: return ("RemovalWanted", removal(new))
        }
    }

    private static func word(_ phase: SandboxRecord.Phase) -> String {
        switch phase {
        case .pending: "Pending"
        case .making: "Making"
        case .ready: "Ready"
        case .stopping: "Stopping"
        case .stopped: "Stopped"
        }
    }

    private func requested(_ record: SandboxRecord) -> String { record.request?.text ?? "" }

    /// Why a pod goes, which is not why it had ended before.
    private func removal(_ record: SandboxRecord) -> String { record.request?.text ?? cause(of: record) }

    /// Why a pod is on the way to its end, or to its beginning.
    private func cause(of record: SandboxRecord) -> String {
        switch record.reason {
        case "": return requested(record)
        case "Succeeded": return "all its containers have ended well"
        case "Failed": return "its containers have ended, not all well"
        case "Lost": return "the machine was restarted"
        case "FailedCreatePodSandBox": return "its sandbox could not be made"
        default: return record.reason
        }
    }

    private func message(of record: SandboxRecord) -> String {
        [record.fault?.rawValue ?? "", record.message].filter { !$0.isEmpty }.joined(by: ": ")
    }

    private func addresses(_ old: SandboxRecord?, _ new: SandboxRecord) -> String? {
        guard !new.addresses.isEmpty, old?.addresses != new.addresses else { return nil }
        return new.addresses.joined(by: ", ")
    }

    // MARK: A container

    /// What became of a container of a pod, whose sandbox is as `sandbox` says then.
    public func of(_ old: ContainerStatus?, _ new: ContainerStatus, in sandbox: SandboxRecord?) -> [PodChange] {
        var changes: [PodChange] = []
        func add(_ word: String, cause: String = "", message: String = "") {
            var change = PodChange(.container, word, cause: cause, message: message, at: revision, time: time)
            if let sandbox { change = named(change, sandbox) }
            change.container = new.name
            change.attempt = new.attempt
            changes.append(change)
        }
        if old?.state != new.state || old?.attempt != new.attempt {
            let told = state(new, in: sandbox)
            add(told.word, cause: told.cause, message: told.message)
        } else if let wanted = goal(old, new) {
            add(wanted, cause: new.request?.text ?? "")
        } else if new.state == .terminated, old?.message != new.message, !new.message.isEmpty {
            add("Explained", cause: "its termination message", message: new.message)
        }
        if let log = new.log, old?.log != log { add(Self.word(log.state), cause: log.cause, message: log.loss) }
        return changes
    }

    private func state(
        _ status: ContainerStatus, in sandbox: SandboxRecord?
    ) -> (word: String, cause: String, message: String) {
        switch status.state {
        case .creating:
            let cause = status.restartCount > 0 ? "the restart policy" : "the pod's start"
            return (status.goal == .running ? "Starting" : "Creating", status.request?.text ?? cause, "")
        case .created: return ("Created", "", "")
        case .running: return ("Started", "", status.process.map { "pid \($0.pid)" } ?? "")
        case .waiting:
            if status.goal == .removed, status.reason.isEmpty { return ("Removed", status.request?.text ?? "", "") }
            let cause = status.restartCount > 0 ? "the restart policy" : ""
            return (status.reason.isEmpty ? "Waiting" : status.reason, cause, status.message)
        case .terminated:
            guard let termination = status.termination else { return ("Ended", "", "") }
            let word = termination.cause == .notStarted ? "NotStarted" : "Ended"
            let cause = termination.causeText(asked: termination.request ?? status.request ?? sandbox?.request)
            return (word, cause, termination.text)
        }
    }

    /// What is wanted of a container that nothing has become of yet.
    private func goal(_ old: ContainerStatus?, _ new: ContainerStatus) -> String? {
        guard let old, let goal = new.goal, old.goal != goal else { return nil }
        switch goal {
        case .created, .running: return nil
        case .stopped: return "StopWanted"
        case .removed: return "RemovalWanted"
        }
    }

    private static func word(_ state: LogTrouble.State) -> String {
        switch state {
        case .failing: "LogFailing"
        case .recovered: "LogRecovered"
        case .abandoned: "LogAbandoned"
        }
    }
}
