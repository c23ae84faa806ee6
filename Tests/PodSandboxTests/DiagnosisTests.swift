import LinuxKernel
import PodRecords
import PodSandbox
import StrictTree
import Testing

@testable import PodVerbs

/// What is made of records, where no real pod is at hand.
@Suite struct DiagnosisTests {
    private static var quiet: Witnesses {
        Witnesses(lastLines: { _, _ in [] }, processState: { _ in "S" }, isFrozen: { _ in false })
    }

    private func pod(
        _ status: ContainerStatus?, boot: String = "b", _ change: (inout SandboxRecord) -> Void = { _ in }
    ) -> PodState {
        let uid = PodUID(random: [3])
        var record = SandboxRecord(
            uid: uid, name: "p", namespace: "default", labels: [], bootID: "b", createdAt: 1, phase: .ready)
        change(&record)
        let plan = PodPlan(uid: uid, gracePeriod: 30, containers: [.init(name: "c", restart: .never)])
        return PodState(sandbox: record, containers: status.map { [$0] } ?? [], plan: plan, bootID: boot)
    }

    private func ended(
        _ code: Int32?, signal: Int32? = nil, reason: String = "Error", _ cause: TerminationCause?, memory: MemoryKill? = nil
    ) -> ContainerStatus {
        var status = ContainerStatus(name: "c")
        status.state = .terminated
        status.termination = .init(exitCode: code, signal: signal, reason: reason, startedAt: .min, finishedAt: .max)
        status.termination?.cause = cause
        status.termination?.memory = memory
        return status
    }

    private func word(_ pod: PodState) -> String { Diagnosis(pod, Self.quiet).verdict?.word ?? "-" }

    @Test func `ends, also of records that older versions wrote`() {
        #expect(word(pod(ended(nil, .unseen))) == "Unseen")
        #expect(word(pod(ended(137, signal: 9, .signal))) == "KilledBySignal")
        #expect(word(pod(ended(139, signal: 11, .signal))) == "Crashed")
        #expect(word(pod(ended(152, signal: 24, .signal))) == "LimitReached")
        #expect(word(pod(ended(139, .itself))) == "CommandKilled")
        #expect(word(pod(ended(137, signal: 9, reason: "OOMKilled", nil))) == "OutOfMemory")
        #expect(word(pod(ended(128, reason: "StartError", nil))) == "NotStarted")
        #expect(word(pod(ended(nil, reason: "ContainerStatusUnknown", nil))) == "Unseen")
        #expect(word(pod(ended(1, nil))) == "ExitCode")
        #expect(word(pod(ended(137, signal: 9, .graceOver))) == "KilledAfterGrace")
        let hurried = pod(ended(137, signal: 9, .graceOver)) { $0.request = PodRequest(.stop, by: nil, grace: 0, at: 1) }
        #expect(word(hurried) == "Running" && Diagnosis(hurried, Self.quiet).findings.last?.word == "KilledAtOnce")
    }

    @Test func `the machine, the sandbox, the keeper`() {
        #expect(word(pod(ContainerStatus(name: "c"), boot: "other")) == "Lost")
        let unmade = pod(nil) {
            ($0.phase, $0.goal, $0.reason, $0.message) = (.stopped, .stopped, "FailedCreatePodSandBox", "no room")
        }
        #expect(word(unmade) == "SandboxFailed")
        var gone = Self.quiet
        gone.processState = { _ in nil }
        let kept = pod(nil) { $0.keeper = .init(bootID: "b", pid: 4, startTime: 5) }
        #expect(Diagnosis(kept, gone).verdict?.word == "KeeperGone")
        #expect(word(kept) == "Running")
    }

    @Test func `limits are told as people write them`() {
        let memory = MemoryKill(kills: 1, limit: 16 << 20, peak: (16 << 20) + (1 << 19), process: "head", pid: 7)
        let summary = Diagnosis(pod(ended(137, signal: 9, .outOfMemory, memory: memory)), Self.quiet).verdict?.summary
        #expect(
            summary
                == "the kernel killed 'head' (pid 7) for want of memory: limit 16 MiB, used at most 16.5 MiB, 1 process killed")
        #expect(ContainerFinding.bytes(1023) == "1023 bytes" && ContainerFinding.bytes(3 << 30) == "3 GiB")
    }

    /// A container chooses its own name in the kernel's log, its messages and its last words.
    @Test func `nothing that a container says reaches a terminal as a command; all of it is JSON`() throws {
        var witnesses = Self.quiet
        witnesses.lastLines = { _, _ in ["\u{1b}[2J", "a\"b\\"] }
        var status = ended(
            137, signal: 9, .outOfMemory, memory: MemoryKill(kills: 1, process: "\u{1b}]0;x\u{7}", pid: 1))
        status.termination?.message = "\u{9b}31m\n"
        let diagnosis = Diagnosis(pod(status), witnesses)
        let text = WhyText.text(diagnosis)
        #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || (0x7f...0x9f).contains($0.value) })
        #expect(try Document(json: WhyText.json(diagnosis)).root.kind == .object)
    }

    @Test func `a failed container says more than the pod around it, and only what is wrong is quoted from its log`() {
        var witnesses = Self.quiet
        witnesses.lastLines = { _, _ in ["line"] }
        #expect(Diagnosis(pod(ended(3, .itself)), witnesses).verdict?.log == ["line"])
        let fine = Diagnosis(pod(ended(0, .itself)) { $0.phase = .stopped }, witnesses)
        #expect(fine.findings.allSatisfy { !$0.isTrouble && $0.log.isEmpty } && fine.verdict?.word == "Stopped")
    }
}
