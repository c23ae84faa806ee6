import LinuxKernel
import LinuxTypes
import PodRecords
import PodSandbox

/// What is to be said of the pod itself.
struct PodFinding {
    private let pod: PodState
    private let witnesses: Witnesses

    init(_ pod: PodState, _ witnesses: Witnesses) {
        self.pod = pod
        self.witnesses = witnesses
    }

    var findings: [Finding] { [state] + (keeper.map { [$0] } ?? []) }

    private var state: Finding {
        let sandbox = pod.sandbox
        if pod.isLost || sandbox.reason == "Lost" { return Finding("Lost", "the machine was restarted while it ran") }
        if sandbox.reason == "FailedCreatePodSandBox" {
            var finding = Finding(
                sandbox.fault?.rawValue ?? "SandboxFailed", "its sandbox could not be made: \(sandbox.message)")
            if let at = sandbox.finishedAt { finding.add("time", "at \(at.rfc3339)") }
            return finding
        }
        var finding: Finding
        switch sandbox.phase {
        case .pending, .making: finding = Finding("Starting", "its sandbox is being made", isTrouble: false)
        case .stopping: finding = Finding("Stopping", "it is being stopped", isTrouble: false)
        case .stopped where sandbox.reason.isEmpty: finding = Finding("Stopped", "it was stopped", isTrouble: false)
        case .stopped where sandbox.reason == "Succeeded":
            finding = Finding("Completed", "all its containers have ended well", isTrouble: false)
        case .stopped: finding = Finding("Failed", sandbox.message, isTrouble: false)
        case .ready where sandbox.goal != .running: finding = Finding("Stopping", "it is being stopped", isTrouble: false)
        case .ready where sandbox.isStepwise:
            finding = Finding("Ready", "its sandbox is ready for containers that somebody asks for", isTrouble: false)
        case .ready where sandbox.awaitsRun:
            finding = Finding("Ready", "its containers wait for the 'hull run' that is to be attached to one", isTrouble: false)
        case .ready: finding = Finding("Running", "it runs", isTrouble: false)
        }
        // Who had it stopped, and not who removed it afterwards.
        let asked = finding.word == "Stopped" ? sandbox.stopRequest ?? sandbox.request : sandbox.request
        if sandbox.goal != .running || finding.word == "Stopped", let request = asked, request.verb != .run,
            request.verb != .runSandbox
        {
            finding.add(request)
        }
        if let at = sandbox.finishedAt { finding.add("time", "at \(at.rfc3339)") }
        return finding
    }

    /// A keeper that does not keep.
    private var keeper: Finding? {
        guard pod.hasSandbox, let keeper = pod.sandbox.keeper else { return nil }
        switch witnesses.processState(keeper) {
        case "T", "t":
            return Finding("KeeperStopped", "its keeper, pid \(keeper.pid), is stopped: nothing is recorded, logged or restarted")
        case nil, "Z":
            return Finding(
                "KeeperGone", "its keeper, pid \(keeper.pid), is gone: nobody sees its containers end until another comes")
        default: return nil
        }
    }
}
