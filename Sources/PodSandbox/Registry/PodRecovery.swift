internal import KeeperProtocol
internal import PodRecords

/// What a machine that was started again, or whose keepers were killed, does to have its pods as they should be.
public struct PodRecovery {
    private let registry: PodRegistry

    public init(_ registry: PodRegistry) { self.registry = registry }

    /// What was to be done about a pod.
    public enum Outcome: Hashable, Sendable {
        /// Nothing: it is as it should be, or has ended.
        case nothing
        /// It runs, or is to run, and had no keeper: it has one now.
        case adopted
        /// The machine went down under it: it runs again.
        case restarted
        /// The same, but its restart policy is against it.
        case left
        /// The machine went down, or its keeper was killed, while it was stopped or removed: that is done now.
        case stopped, removed
    }

    /// Does what is to be done about one pod. Waits for no container; `note` gets what its keeper says.
    public func recover(_ pod: PodState, note: (String) -> Void) throws(PodError) -> Outcome {
        let uid = pod.sandbox.uid
        func ask(_ request: KeeperRequest) throws(PodError) {
            try KeeperQuestion.ask(request, registry.places, uid, note: note)
        }
        switch pod.sandbox.goal {
        case .removed:
            try ask(.remove(grace: nil))
            return .removed
        case .stopped where pod.sandbox.awaitsRecovery: break
        case .stopped where pod.sandbox.phase == .stopped: return .nothing
        case .stopped:
            try ask(.stop(grace: nil))
            return .stopped
        case .running, .restarted:
            if pod.isLost { break }
            guard try KeeperConnection(registry.places, uid) == nil else { return .nothing }
            _ = try KeeperConnection.open(registry.places, uid)
            return .adopted
        }
        // The keeper decides by the same rule; it also records that the pod is lost.
        let runsAgain = pod.plan?.runsAgain(after: pod.containers) ?? false
        try ask(.recover)
        return runsAgain ? .restarted : .left
    }
}
