import LinuxKernel
import LinuxTypes
import PodRecords
import PodSandbox

/// What is known of a container makes a finding.
struct ContainerFinding {
    private let pod: PodState
    private let status: ContainerStatus
    private let witnesses: Witnesses

    init(_ pod: PodState, _ status: ContainerStatus, _ witnesses: Witnesses) {
        self.pod = pod
        self.status = status
        self.witnesses = witnesses
    }

    var finding: Finding {
        var finding = core
        finding.container = status.name
        finding.attempt = status.attempt
        if let trouble = status.log {
            finding.add(
                "log", "\(Self.phrase(trouble.state)): \(trouble.cause)" + (trouble.loss.isEmpty ? "" : ", \(trouble.loss)"))
        }
        if finding.isTrouble, let attempt = loggedAttempt { finding.log = witnesses.lastLines(status.name, attempt) }
        return finding
    }

    /// The attempt that the finding is about.
    private var loggedAttempt: UInt32? {
        guard [.waiting, .creating, .created].contains(status.state) else { return status.attempt }
        return status.attempt > 0 ? status.attempt - 1 : nil
    }

    private static func phrase(_ state: LogTrouble.State) -> String {
        switch state {
        case .failing: "its log cannot be written"
        case .recovered: "its log could not be written for a while"
        case .abandoned: "the rest of its log was never written"
        }
    }

    private var core: Finding {
        switch status.state {
        case .running: return running
        case .terminated: return ended(status.termination)
        case .waiting, .creating, .created:
            if let asked { return asked }
            guard let last = status.lastTermination, status.restartCount > 0 else { return first }
            var finding = ended(last)
            let count = status.restartCount
            finding.add(
                "restart", "restarted \(count) \(count == 1 ? "time" : "times"); \(status.reason) \(status.message)".trimmed)
            return finding
        }
    }

    /// What was asked of it, or of its pod, when it ended; last, where it has not.
    private var request: PodRequest? { status.termination?.request ?? status.request ?? pod.sandbox.request }

    /// Of one that waits for somebody, and not for what the manifest says. nil for others.
    private var asked: Finding? {
        var finding: Finding
        switch (status.state, status.goal) {
        case (.created, _): finding = Finding("Created", "it is created, and waits to be started", isTrouble: false)
        case (.waiting, .removed) where !status.message.isEmpty:
            finding = Finding("NotCreated", "it could not be created: \(status.message)")
        case (.waiting, .removed): finding = Finding("Removed", "somebody asked to remove it", isTrouble: false)
        case (.waiting, .stopped): finding = Finding("Stopped", "somebody asked that it does not run", isTrouble: false)
        case (.waiting, nil) where pod.sandbox.isStepwise && pod.sandbox.phase == .ready:
            finding = Finding("NotCreated", "nobody has created it: its pod has a sandbox alone", isTrouble: false)
        default: return nil
        }
        finding.add(status.request)
        return finding
    }

    /// Of one that has not ended yet in this sandbox.
    private var first: Finding {
        if status.state == .creating { return Finding("Starting", "it is being started", isTrouble: false) }
        let names = pod.plan?.containers ?? []
        let before = names.prefix { $0.name != status.name }.filter(\.isInit)
        let blocker = before.first { pod.status(of: $0.name)?.termination?.isSuccess != true }
        guard pod.sandbox.phase != .stopped else {
            let why = blocker.map { ": init container '\($0.name)' has not ended well" } ?? ""
            return Finding("NeverStarted", "it was never started\(why)", isTrouble: false)
        }
        return blocker.map { Finding("WaitsForInit", "it waits for init container '\($0.name)'", isTrouble: false) }
            ?? Finding("Waiting", "it waits to be started", isTrouble: false)
    }

    private var running: Finding {
        var finding = Finding("Running", "it runs", isTrouble: false)
        if let process = status.process {
            switch witnesses.processState(process) {
            case "T": finding = Finding("Suspended", "its process \(process.pid) is stopped by a signal (STOP)")
            case nil: finding = Finding("Unseen", "its process \(process.pid) is gone, and its keeper has not said so yet")
            default:
                if witnesses.isFrozen(status) { finding = Finding("Frozen", "its cgroup is frozen: nothing in it runs") }
            }
            finding.add("process", "pid \(process.pid)")
        }
        if let since = status.startedAt { finding.add("time", "since \(since.rfc3339)") }
        if let last = status.lastTermination {
            finding.add("restart", "the attempt before ended at \(last.finishedAt.rfc3339): \(last.text)")
        }
        return finding
    }

    // MARK: How it ended

    private func ended(_ termination: ContainerStatus.Termination?) -> Finding {
        guard let termination else { return Finding("Unseen", "nobody recorded how it ended") }
        var finding = verdict(on: termination)
        addExit(termination, to: &finding)
        if !termination.message.isEmpty { finding.add("message", termination.message) }
        if let memory = termination.memory { finding.add("memory", Self.text(memory)) }
        if let started = termination.startedAt {
            let milliseconds = max(0, termination.finishedAt &- started) / 1_000_000
            finding.add("time", "ran \(Self.seconds(milliseconds)), from \(started.rfc3339) to \(termination.finishedAt.rfc3339)")
        } else {
            finding.add("time", "at \(termination.finishedAt.rfc3339)")
        }
        if let attempt = loggedAttempt {
            let id = PodPlan.containerID(pod.sandbox.uid, status.name, attempt)
            finding.add("cgroup", "\(PodPlaces.cgroup(of: pod.sandbox.uid))/\(id)")
        }
        return finding
    }

    private func addExit(_ termination: ContainerStatus.Termination, to finding: inout Finding) {
        let isStartFailure = termination.cause == .notStarted || termination.reason == "StartError"
        if let signal = termination.signal {
            finding.add("exit", "killed by signal \(signal) (\(Signal(rawValue: signal).name)), exit code \(128 + signal)")
        } else if let code = termination.exitCode, !isStartFailure {
            finding.add("exit", "exit code \(code)")
        }
        finding.add("sender", sender(of: termination))
        let isAsked = termination.cause == .stopSignal || termination.cause == .graceOver
        if isAsked { finding.add(request) }
    }

    private func sender(of termination: ContainerStatus.Termination) -> String {
        switch termination.cause {
        case .outOfMemory: "the kernel"
        case .stopSignal: "the keeper: the container's stop signal"
        case .graceOver: "the keeper: KILL"
        case .signal where Self.crashes[termination.signal ?? 0] != nil: "the kernel, unless somebody sent it by hand"
        case .signal: "unknown: the kernel does not tell; it was not Hull"
        case .itself, .notStarted, .unseen, nil: ""
        }
    }

    private func verdict(on termination: ContainerStatus.Termination) -> Finding {
        switch termination.cause {
        case .notStarted:
            return Finding(termination.fault?.rawValue ?? "NotStarted", "it could not be started: \(termination.message)")
        case .outOfMemory: return Finding("OutOfMemory", Self.outOfMemory(termination.memory))
        case .stopSignal:
            return Finding("Stopped", "it ended after its stop signal, as was asked for", isTrouble: false)
        case .graceOver: return killedByKeeper
        case .unseen: return Finding("Unseen", "nobody saw it end, so that its exit code is not known")
        case .signal: return signaled(termination.signal ?? 0)
        case .itself: return exited(termination.exitCode ?? 0)
        case nil: return old(termination)
        }
    }

    /// From a record of an older version.
    private func old(_ termination: ContainerStatus.Termination) -> Finding {
        switch termination.reason {
        case "OOMKilled": return Finding("OutOfMemory", Self.outOfMemory(nil))
        case "StartError": return Finding("NotStarted", "it could not be started: \(termination.message)")
        default: break
        }
        if let signal = termination.signal { return signaled(signal) }
        return termination.exitCode.map(exited) ?? Finding("Unseen", "nobody saw it end, so that its exit code is not known")
    }

    private var killedByKeeper: Finding {
        let seconds = request?.verb == .removeContainer ? 0 : request?.grace ?? pod.plan?.gracePeriod ?? 0
        guard seconds > 0 else {
            return Finding("KilledAtOnce", "the keeper killed it at once, as was asked for", isTrouble: false)
        }
        let signal = pod.plan?.container(status.name)?.stopSignal.name ?? "its stop signal"
        return Finding("KilledAfterGrace", "it did not end within \(seconds) s of \(signal), and the keeper killed it")
    }

    private static let crashes: [Int32: String] = [
        4: "it executed what is no instruction", 5: "it ran into a breakpoint", 6: "it aborted itself",
        7: "it touched memory that cannot be had", 8: "its arithmetic failed, as by a division by zero",
        11: "it touched memory that it does not have",
    ]

    private func signaled(_ number: Int32) -> Finding {
        let name = Signal(rawValue: number).name
        if let crash = Self.crashes[number] { return Finding("Crashed", "its program crashed with \(name): \(crash)") }
        switch number {
        case 31: return Finding("SystemCallRefused", "\(name) killed it: its seccomp profile answers a system call with that")
        case 24, 25: return Finding("LimitReached", "\(name) killed it: a resource limit was reached")
        default: return Finding("KilledBySignal", "\(name) killed it, which somebody sent who was not Hull")
        }
    }

    private func exited(_ code: Int32) -> Finding {
        switch code {
        case 0: return Finding("Completed", "its program ended well", isTrouble: false)
        case 126: return Finding("CommandNotExecutable", "it ended with code 126: its shell could not execute a command")
        case 127: return Finding("CommandNotFound", "it ended with code 127: its shell did not find a command")
        case 129...192:
            let name = Signal(rawValue: code - 128).name
            return Finding("CommandKilled", "it ended with code \(code), as a shell does whose command \(name) has killed")
        default: return Finding("ExitCode", "its program ended by itself with code \(code)")
        }
    }

    // MARK: Words

    private static func outOfMemory(_ memory: MemoryKill?) -> String {
        guard let memory else { return "the kernel killed in it for want of memory" }
        let whom = memory.process.isEmpty ? "" : " '\(memory.process)'" + (memory.pid.map { " (pid \($0))" } ?? "")
        return "the kernel killed\(whom.isEmpty ? " in it" : whom) for want of memory: \(text(memory))"
    }

    private static func text(_ memory: MemoryKill) -> String {
        var parts: [String] = []
        if let limit = memory.limit { parts.append("limit \(bytes(limit))") }
        if let peak = memory.peak { parts.append("used at most \(bytes(peak))") }
        parts.append("\(memory.kills) \(memory.kills == 1 ? "process" : "processes") killed")
        return parts.joined(by: ", ")
    }

    /// Exact where it is a whole number of a unit, else to a tenth.
    static func bytes(_ count: UInt64) -> String {
        for (unit, shift) in [("GiB", UInt64(30)), ("MiB", 20), ("KiB", 10)] where count >= UInt64(1) << shift {
            let tenths = (count >> shift) * 10 + (((count & (1 << shift - 1)) * 10) >> shift)
            return tenths % 10 == 0 ? "\(tenths / 10) \(unit)" : "\(tenths / 10).\(tenths % 10) \(unit)"
        }
        return "\(count) bytes"
    }

    private static func seconds(_ milliseconds: Int64) -> String {
        if milliseconds < 1000 { return "\(milliseconds) ms" }
        return "\(milliseconds / 1000).\(milliseconds % 1000 / 100) s"
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = Substring(self)
        while text.last == " " || text.last == ";" { text = text.dropLast() }
        return String(text)
    }
}
