import LinuxKernel
import PodRecords
import PodSandbox
import Testing

/// What the records of a pod come to: its phase (`lifecycle.md`), and the word that a table has for it.
@Suite struct PodStateTests {
    static func state(
        _ phase: SandboxRecord.Phase, _ containers: [ContainerStatus] = [], goal: SandboxRecord.Goal = .running,
        reason: String = "",
        isOfOtherBoot: Bool = false
    ) -> PodState {
        var sandbox = SandboxRecord(
            uid: PodUID(random: [1]), name: "web", namespace: "default", labels: [], bootID: "b", createdAt: 0, phase: phase,
            goal: goal)
        sandbox.reason = reason
        let plan = PodPlan(
            uid: sandbox.uid, gracePeriod: 30,
            containers: [.init(name: "i", isInit: true), .init(name: "a"), .init(name: "b")])
        sandbox.tally = ContainerTally(plan, containers)
        return PodState(sandbox: sandbox, containers: containers, plan: plan, bootID: isOfOtherBoot ? "another" : "b")
    }

    static func status(
        _ name: String, _ state: ContainerStatus.State, code: Int32? = nil, last: Int32? = nil, reason: String = ""
    )
        -> ContainerStatus
    {
        var status = ContainerStatus(name: name)
        status.state = state
        status.reason = reason
        if state == .running || state == .terminated { status.hasStarted = true }
        if state == .running { status.startedAt = 1 }
        if state == .terminated {
            status.termination = .init(
                exitCode: code, reason: code == 0 ? "Completed" : "Error", startedAt: 1, finishedAt: 2)
        }
        if let last {
            status.lastTermination = .init(exitCode: last, reason: last == 0 ? "Completed" : "Error", startedAt: 1, finishedAt: 2)
            status.restartCount = 1
            status.hasStarted = true
        }
        return status
    }

    @Test func `a sandbox alone is ready, and tells of what is created in it`() {
        func word(_ containers: [ContainerStatus]) -> String {
            let state = Self.state(.ready, containers)
            var sandbox = state.sandbox
            sandbox.isStepwise = true
            return PodState(sandbox: sandbox, containers: containers, plan: state.plan, bootID: "b").line.summary
        }
        #expect(word([]) == "Ready")
        #expect(word([Self.status("a", .terminated, code: 0)]) == "Ready")
        #expect(word([Self.status("a", .created, reason: "Created")]) == "Created")
        #expect(word([Self.status("a", .running), Self.status("b", .created, reason: "Created")]) == "Running")
    }

    static let initialized = status("i", .terminated, code: 0)

    /// What is there, its phase, and its word.
    static let running: [([ContainerStatus], PodState.Phase, String)] = [
        ([], .pending, "Running"),
        ([status("i", .creating, reason: "ContainerCreating")], .pending, "ContainerCreating"),
        ([status("i", .running)], .pending, "Running"),
        ([status("i", .waiting, last: 1, reason: "CrashLoopBackOff")], .pending, "CrashLoopBackOff"),
        ([initialized, status("a", .creating, reason: "ContainerCreating")], .pending, "ContainerCreating"),
        ([initialized, status("a", .running), status("b", .creating, reason: "ContainerCreating")], .pending, "Running"),
        ([initialized, status("a", .running), status("b", .running)], .running, "Running"),
        ([initialized, status("a", .running), status("b", .terminated, code: 1)], .running, "Running"),
        (
            [initialized, status("a", .running), status("b", .waiting, last: 1, reason: "CrashLoopBackOff")], .running,
            "CrashLoopBackOff"
        ),
        ([initialized, status("a", .creating, last: 0), status("b", .running)], .running, "Running"),
        ([initialized, status("a", .waiting, last: 1), status("b", .waiting, last: 0)], .running, "Running"),
    ]

    @Test(arguments: running) func `a pod whose sandbox is there`(
        containers: [ContainerStatus], phase: PodState.Phase, word: String
    ) {
        let state = Self.state(.ready, containers)
        #expect(state.phase == phase)
        #expect(state.line.summary == word)
    }

    /// What an init container did, or the sandbox before, did not make a pod run.
    @Test func `a container that ran in the sandbox before does not count`() {
        var old = Self.status("a", .waiting, last: 1)
        old.restartCount = 0
        #expect(Self.state(.ready, [Self.initialized, old, Self.status("b", .running)]).phase == .pending)
    }

    private static let good = [initialized, status("a", .terminated, code: 0), status("b", .terminated, code: 0)]
    private static let bad = [initialized, status("a", .terminated, code: 0), status("b", .terminated, code: 143)]

    @Test func `a pod that has ended by itself`() {
        #expect(Self.state(.stopped, Self.good, goal: .stopped, reason: "Succeeded").phase == .succeeded)
        #expect(Self.state(.stopped, Self.good, goal: .stopped, reason: "Succeeded").line.summary == "Completed")
        #expect(Self.state(.stopped, Self.bad, goal: .stopped, reason: "Failed").phase == .failed)
        #expect(Self.state(.stopped, Self.bad, goal: .stopped, reason: "Failed").line.summary == "Error")
        #expect(Self.state(.stopped, [], goal: .stopped, reason: "FailedCreatePodSandBox").phase == .failed)
        #expect(
            Self.state(.stopped, [], goal: .stopped, reason: "FailedCreatePodSandBox").line.summary == "FailedCreatePodSandBox")
    }

    /// Succeeded where all ended with 0, as it says; one that waited, or never ran, counted as if it had.
    @Test func `a pod that somebody stopped`() {
        #expect(Self.state(.stopped, Self.good, goal: .stopped).phase == .succeeded)
        #expect(Self.state(.stopped, Self.bad, goal: .stopped).phase == .failed)
        #expect(Self.state(.stopped, Self.good, goal: .stopped).line.summary == "Stopped")
        #expect(Self.state(.stopped, [], goal: .stopped).phase == .failed)
        #expect(
            Self.state(.stopped, [Self.initialized, Self.status("a", .terminated, code: 0)], goal: .stopped).phase == .failed)
        let crashing = [Self.initialized, Self.status("a", .terminated, code: 0), Self.status("b", .waiting, last: 1)]
        #expect(Self.state(.stopped, crashing, goal: .stopped).phase == .failed)
        let waiting = [Self.initialized, Self.status("a", .terminated, code: 0), Self.status("b", .waiting, last: 0)]
        #expect(Self.state(.stopped, waiting, goal: .stopped).phase == .succeeded)
    }

    static let words: [(SandboxRecord.Phase, SandboxRecord.Goal, String)] = [
        (.pending, .running, "Pending"), (.making, .running, "ContainerCreating"), (.ready, .stopped, "Stopping"),
        (.ready, .restarted, "Stopping"), (.ready, .removed, "Terminating"), (.stopping, .stopped, "Stopping"),
        (.stopping, .restarted, "Stopping"), (.stopping, .removed, "Terminating"),
    ]

    @Test(arguments: words) func `a pod on its way`(phase: SandboxRecord.Phase, goal: SandboxRecord.Goal, word: String) {
        #expect(Self.state(phase, goal: goal).line.summary == word)
    }

    @Test(arguments: SandboxRecord.Phase.allCases) func `a pod of another boot`(phase: SandboxRecord.Phase) {
        let state = Self.state(phase, [Self.status("a", .running)], isOfOtherBoot: true)
        let isLost = phase != .pending && phase != .stopped
        #expect(state.isLost == isLost)
        if isLost {
            #expect(state.line.summary == "Lost")
            #expect(state.phase == .failed)
        }
        // One that had ended by itself before keeps what it came to.
        let ended = Self.state(.stopping, Self.good, goal: .stopped, reason: "Succeeded", isOfOtherBoot: true)
        #expect(!ended.isLost)
        #expect(ended.phase == .succeeded)
        #expect(ended.line.summary == "Completed")
    }

    @Test func `without its plan a pod is shown all the same`() {
        let sandbox = Self.state(.ready).sandbox
        let state = PodState(sandbox: sandbox, containers: [Self.status("a", .running)], plan: nil, bootID: "b")
        #expect(state.phase == .running)
        #expect(state.mainCount == 1)
        #expect(!state.isInit("a"))
    }
}
