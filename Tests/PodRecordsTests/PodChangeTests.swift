import PodRecords
import Testing

/// What is told of two records, one after the other.
@Suite struct PodChangeTests {
    private let changes = PodChanges(at: 7, time: 9)

    private func words(_ old: SandboxRecord?, _ change: (inout SandboxRecord) -> Void, isNew: Bool = false) -> [String] {
        var new = old ?? SandboxRecord(uid: PodUID(random: [1]), name: "p", namespace: "n", labels: [], bootID: "b", createdAt: 1)
        change(&new)
        return changes.of(old, new, isNew: isNew).map { "\($0.word): \($0.cause)" }
    }

    @Test func `a pod's phases and goals, each with its cause; nothing where nothing of these changed`() {
        var pod = SandboxRecord(uid: PodUID(random: [1]), name: "p", namespace: "n", labels: [], bootID: "b", createdAt: 1)
        #expect(words(nil, { _ in }, isNew: true) == ["Recorded: hull run"])
        #expect(words(pod) { $0.phase = .making } == ["Making: "])
        #expect(words(pod) { $0.tally.running = 3 } == [])
        pod.phase = .ready
        pod.request = PodRequest(.stop, by: .init(pid: 7, uid: 1), grace: 2, at: 3)
        #expect(words(pod) { $0.goal = .stopped } == ["StopWanted: hull stop -t 2 (pid 7, uid 1)"])
        #expect(
            words(pod) {
                $0.goal = .stopped
                $0.reason = "Succeeded"
            } == ["StopWanted: all its containers have ended well"])
        #expect(changes.ofRemoved(nil, uid: pod.uid).map(\.word) == ["Removed"])
    }

    @Test func `a container's states, and what is said of it afterwards`() {
        var status = ContainerStatus(name: "c")
        status.state = .creating
        var next = status
        next.state = .terminated
        next.termination = .init(exitCode: 128, reason: "StartError", message: "no", startedAt: nil, finishedAt: 5)
        next.termination?.cause = .notStarted
        next.termination?.fault = .notAProgram
        let ended = changes.of(status, next, in: nil)
        #expect(ended.map(\.word) == ["NotStarted"] && ended[0].message == "StartError, code 128, NotAProgram, no")
        var explained = next
        explained.message = "because"
        #expect(changes.of(next, explained, in: nil).map(\.word) == ["Explained"])
        explained.isCollected = false
        explained.message = next.message
        #expect(changes.of(next, explained, in: nil) == [])
        explained.log = LogTrouble(state: .recovered, stdout: 1, stderr: 2, cause: "full", at: 1)
        let log = changes.of(next, explained, in: nil)
        #expect(log.map(\.word) == ["LogRecovered"] && log[0].message == "1 byte of stdout and 2 bytes of stderr lost")
        #expect(changes.of(explained, explained, in: nil) == [])
    }

    @Test func `what somebody does with a container, with his words`() {
        let status = ContainerStatus(name: "c")
        func told(_ old: ContainerStatus?, _ change: (inout ContainerStatus) -> Void) -> [String] {
            var new = old ?? status
            change(&new)
            return changes.of(old, new, in: nil).map { "\($0.word): \($0.cause)" }
        }
        func asked(_ verb: PodRequest.Verb, _ goal: ContainerStatus.Goal, _ state: ContainerStatus.State) -> ContainerStatus {
            var new = status
            (new.goal, new.state, new.request) = (goal, state, PodRequest(verb, by: .init(pid: 7, uid: 0), at: 1))
            return new
        }
        let by = "(pid 7, uid 0)"
        #expect(told(status) { $0 = asked(.createContainer, .created, .creating) } == ["Creating: hull container create \(by)"])
        #expect(told(asked(.createContainer, .created, .creating)) { $0.state = .created } == ["Created: "])
        #expect(told(status) { $0 = asked(.startContainer, .running, .creating) } == ["Starting: hull container start \(by)"])
        let running = asked(.startContainer, .running, .running)
        #expect(told(running) { $0 = asked(.stopContainer, .stopped, .running) } == ["StopWanted: hull container stop \(by)"])
        #expect(told(running) { $0 = asked(.removeContainer, .removed, .running) } == ["RemovalWanted: hull container rm \(by)"])
        #expect(told(running) { $0 = asked(.removeContainer, .removed, .waiting) } == ["Removed: hull container rm \(by)"])
    }

    @Test func `a ledger is read back; what is none is empty`() {
        var ledger = StartLedger()
        ledger.add("a: b=c", microseconds: 5)
        ledger.add("back", microseconds: -5)
        #expect(StartLedger(ledger.text) == ledger && ledger.microseconds == 5)
        #expect(StartLedger("").isEmpty && StartLedger("a;b=;=;c=x").isEmpty)
    }
}
