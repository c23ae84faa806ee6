public import PodRecords

/// What a list shows of a pod, from its sandbox's record alone. A class, for lists are sorted and selected, and a record has a dozen of texts.
public final class PodLine: Sendable {
    public let sandbox: SandboxRecord
    /// This boot: what was recorded in another is gone.
    let bootID: String
    /// Whether somebody has frozen it.
    public let isFrozen: Bool

    public init(sandbox: SandboxRecord, bootID: String, isFrozen: Bool = false) {
        self.sandbox = sandbox
        self.bootID = bootID
        self.isFrozen = isFrozen
    }

    /// Whether it was not stopped when the machine went down.
    public var isLost: Bool { isOfOtherBoot && sandbox.phase != .pending && sandbox.phase != .stopped && sandbox.reason.isEmpty }

    private var isOfOtherBoot: Bool { sandbox.bootID != bootID }

    /// What was being taken apart when the machine went down is gone.
    var phase: SandboxRecord.Phase { isOfOtherBoot && sandbox.phase == .stopping ? .stopped : sandbox.phase }

    /// Whether it has a sandbox in this boot, or is about to have or to lose it.
    public var hasSandbox: Bool { !isLost && sandbox.phase != .pending && sandbox.phase != .stopped }

    /// The pod's addresses: its own, or the machine's, `host`, where it is in the machine's network.
    public func addresses(host: [String]) -> [String] {
        sandbox.network == NetworkMode.host.text && hasSandbox ? host : sandbox.addresses
    }

    /// As `2/3`: how many of the containers that are to run together do.
    public var readiness: String { "\(isLost ? 0 : sandbox.tally.running)/\(sandbox.tally.main)" }

    /// One word for a table: what is most worth knowing.
    public var summary: String {
        if isLost { return "Lost" }
        switch phase {
        case .pending, .making: return sandbox.phase == .making ? "ContainerCreating" : "Pending"
        case .stopping: return sandbox.goal == .removed ? "Terminating" : "Stopping"
        case .stopped:
            if sandbox.reason == "Succeeded" { return "Completed" }
            if sandbox.reason == "Failed", !sandbox.tally.failure.isEmpty { return sandbox.tally.failure }
            return sandbox.reason.isEmpty ? "Stopped" : sandbox.reason
        case .ready: break
        }
        if sandbox.goal == .removed { return "Terminating" }
        if sandbox.goal != .running { return "Stopping" }
        if isFrozen { return "Frozen" }
        return sandbox.tally.word.isEmpty ? (sandbox.isStepwise ? "Ready" : "Running") : sandbox.tally.word
    }
}
