import KeeperProtocol
import LinuxKernel
import LinuxTypes
import PodRecords
import Testing

@testable import Keeper

/// A keeper takes over from the records of one that was killed.
@Suite struct RecoveryTests {
    private func status(_ state: ContainerStatus.State, isCollected: Bool = true) -> ContainerStatus {
        var status = ContainerStatus(name: "a")
        status.state = state
        status.attempt = 2
        status.isCollected = isCollected
        if state == .terminated {
            status.termination = .init(exitCode: 1, reason: "Error", startedAt: 1, finishedAt: 2)
        }
        if state == .running { status.process = ProcessIdentity(bootID: boot, pid: 7, startTime: 8) }
        return status
    }

    private func course(_ phase: SandboxRecord.Phase, _ goal: SandboxRecord.Goal, _ statuses: [ContainerStatus] = []) -> Course {
        Course(PodMachine(podPlan([ordinary("a")]), sandboxRecord(phase: phase, goal: goal), statuses)).succeeded()
    }

    @Test func `it goes on where the other was`() {
        func jobs(_ phase: SandboxRecord.Phase, _ goal: SandboxRecord.Goal, _ statuses: [ContainerStatus] = []) -> [Job] {
            var course = course(phase, goal, statuses)
            return course.advance().jobs
        }
        #expect(jobs(.pending, .running) == [.makeSandbox])
        #expect(jobs(.making, .running) == [.makeSandbox])
        #expect(jobs(.making, .stopped) == [.dismantle])
        #expect(jobs(.making, .removed) == [.dismantle])
        #expect(jobs(.ready, .running) == [starting("a")])
        #expect(jobs(.ready, .running, [status(.waiting)]) == [starting("a", 2)])
        #expect(jobs(.ready, .running, [status(.creating, isCollected: false)]) == [finding("a", 2)])
        #expect(jobs(.ready, .running, [status(.running, isCollected: false)]) == [finding("a", 2)])
        #expect(jobs(.ready, .running, [status(.terminated, isCollected: false)]) == [collecting("a", 2)])
        #expect(jobs(.ready, .running, [status(.terminated)]) == [starting("a", 3)])
        #expect(jobs(.ready, .stopped, [status(.running, isCollected: false)]) == [finding("a", 2)])
        #expect(jobs(.ready, .stopped, [status(.terminated)]) == [.dismantle])
        #expect(jobs(.stopping, .stopped) == [.dismantle])
        #expect(jobs(.stopping, .removed) == [.dismantle])
        #expect(jobs(.stopping, .restarted) == [.dismantle])
        #expect(jobs(.stopped, .stopped) == [.sync])
        #expect(jobs(.stopped, .removed) == [.remove])
        #expect(jobs(.stopped, .restarted) == [.makeSandbox])
        #expect(jobs(.stopped, .running) == [.makeSandbox])
        #expect(jobs(.pending, .stopped) == [.sync])
        #expect(jobs(.pending, .removed) == [.remove])
    }

    /// Two workers at the same container, one of them about to take all of the pod away.
    @Test func `while the sandbox is taken apart its containers are left to that`() {
        var course = course(.stopping, .stopped, [status(.terminated, isCollected: false)])
        #expect(course.advance().jobs == [.dismantle])
        course.tell(.dismantled)
        #expect(course.status("a").isCollected)
    }

    @Test func `what is found to run is stopped with the whole grace`() {
        var course = course(.ready, .stopped, [status(.running, isCollected: false)])
        _ = course.advance()
        #expect(course.tell(.found(container: "a", .runs(course.running()))).signals == ["a SIGTERM"])
        #expect(course.machine.deadline(after: course.now) == course.now.milliseconds + 30_000)
    }

    @Test(arguments: [SandboxRecord.Phase.making, .ready, .stopping])
    func `what another boot ran is lost`(phase: SandboxRecord.Phase) {
        var before = course(phase, .running, [status(.running, isCollected: false)])
        before.machine.sandbox.addresses = ["10.0.0.1"]
        var course = before.succeeded(bootID: "another")
        #expect(course.machine.sandbox.phase == .stopped)
        #expect(course.machine.sandbox.goal == .stopped)
        #expect(course.machine.sandbox.reason == "Lost")
        #expect(course.machine.sandbox.bootID == "another")
        #expect(course.machine.sandbox.addresses == [])
        #expect(course.status("a").termination?.exitCode == nil)
        #expect(course.status("a").process == nil)
        #expect(course.advance().jobs == [.sync])
        course.tell(.synced)
        #expect(course.tell(.request(.run)).jobs == [.makeSandbox])
        #expect(course.tell(.sandboxMade(addresses: [])).jobs == [starting("a", 3)])
    }

    @Test func `a restart is not carried over a boot, a removal is`() {
        #expect(course(.ready, .restarted).succeeded(bootID: "another").machine.sandbox.goal == .stopped)
        var removed = course(.ready, .removed).succeeded(bootID: "another")
        #expect(removed.advance().jobs == [.remove])
    }

    /// A pod that had failed was `Lost` when the machine went down before its sandbox was gone.
    @Test func `what ended by itself before the machine went down keeps its reason`() {
        var course = Course.running([ordinary("a", .never)])
        course.end("a", code: 4)
        let next = course.succeeded(bootID: "another")
        #expect(next.machine.sandbox.phase == .stopped)
        #expect(next.machine.sandbox.reason == "Failed")
        #expect(next.machine.sandbox.message == "container 'a' failed: ended with code 4")
    }

    @Test func `a stopped pod of another boot stays as it is`() {
        var before = course(.stopped, .stopped, [status(.terminated)])
        before.machine.sandbox.reason = "Succeeded"
        let course = before.succeeded(bootID: "another")
        #expect(course.machine.sandbox.reason == "Succeeded")
        #expect(course.status("a").termination?.exitCode == 1)
    }

    @Test func `a keeper writes itself down, and crosses itself out`() {
        var course = course(.stopped, .stopped)
        let keeper = ProcessIdentity(bootID: boot, pid: 3, startTime: 4)
        course.machine.adopt(by: keeper)
        #expect(course.machine.takeChanges().sandbox?.keeper == keeper)
        #expect(course.machine.takeChanges().sandbox == nil)
        course.machine.leave()
        let changes = course.machine.takeChanges()
        #expect(changes.sandbox != nil && changes.sandbox?.keeper == nil)
    }
}
