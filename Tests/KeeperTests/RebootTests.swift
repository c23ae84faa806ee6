import KeeperProtocol
import LinuxKernel
import LinuxTypes
import PodRecords
import Testing

@testable import Keeper

/// Pods under which the machine went down, and `hull recover`.
@Suite struct RebootTests {
    /// The keeper of the next boot, which has taken the pod.
    private func rebooted(_ containers: [PodPlan.Container], _ before: (inout Course) -> Void = { _ in }) -> Course {
        var course = Course.running(containers)
        before(&course)
        var next = course.succeeded(bootID: "another")
        _ = next.advance()
        return next
    }

    @Test(arguments: [(PodPlan.Restart.always, true), (.onFailure, true), (.never, false)])
    func `the restart policy decides whether a lost pod runs again`(_ restart: PodPlan.Restart, _ runs: Bool) {
        var course = rebooted([ordinary("a", restart)])
        #expect(course.machine.sandbox.awaitsRecovery)
        // On the disk already, or just being written: both are over before the sandbox is made.
        #expect(course.tell(.request(.recover)).jobs == [])
        #expect(course.tell(.synced).jobs == (runs ? [.makeSandbox] : []))
        #expect(!course.machine.sandbox.awaitsRecovery)
        #expect(course.machine.sandbox.goal == (runs ? .running : .stopped))
        #expect(course.machine.sandbox.reason == (runs ? "" : "Lost"))
        #expect(course.machine.answer(to: .recorded) == .met)
    }

    @Test func `what had done its work keeps its result, what had not is started`() {
        var course = rebooted([first("i"), ordinary("a", .onFailure), ordinary("b", .onFailure)]) { course in
            course.end("i")
            course.start("a")
            course.start("b")
            course.end("a")
        }
        course.tell(.synced)
        #expect(course.tell(.request(.recover)).jobs == [.makeSandbox])
        // Init containers prepare each sandbox.
        #expect(course.tell(.sandboxMade(addresses: [])).jobs == [starting("i", 1)])
        course.start("i")
        #expect(course.end("i").jobs.contains(starting("b", 1)))
        #expect(course.status("a").termination?.exitCode == 0)
        #expect(course.status("a").attempt == 0)
        course.start("b")
        #expect(course.machine.answer(to: .started) == .met)
    }

    @Test func `one whose last containers had succeeded is not run for them`() {
        var course = rebooted([ordinary("a", .onFailure), ordinary("b", .never)]) { $0.end("a") }
        course.tell(.synced)
        #expect(course.tell(.request(.recover)).jobs == [])
        #expect(course.machine.sandbox.reason == "Lost")
    }

    @Test(arguments: [Event.Request.stop(grace: nil), .restart(grace: nil), .run])
    func `who has said what is to become of it is not overruled`(_ request: Event.Request) {
        var course = rebooted([ordinary("a")])
        course.tell(.synced)
        course.tell(.request(request))
        let goal = course.machine.sandbox.goal
        #expect(!course.machine.sandbox.awaitsRecovery)
        #expect(course.tell(.request(.recover)).jobs == [])
        #expect(course.machine.sandbox.goal == goal)
    }

    @Test func `a pod that is stopped while it recovers stays stopped`() {
        var course = rebooted([ordinary("a")])
        course.tell(.request(.recover))
        course.tell(.request(.stop(grace: 0)))
        course.tell(.synced)
        #expect(course.tell(.request(.recover)).jobs == [])
        #expect(course.machine.sandbox.phase == .stopped && course.machine.sandbox.goal == .stopped)
    }

    @Test func `who waits for the start does not end the recovery`() {
        var course = rebooted([ordinary("a", .onFailure), ordinary("b", .onFailure)]) { $0.end("a") }
        course.tell(.request(.recover))
        course.tell(.request(.run))
        course.tell(.synced)
        #expect(course.tell(.sandboxMade(addresses: [])).jobs == [starting("b", 1)])
    }

    @Test func `a pod that runs, or has ended, is none of its business`() {
        var running = Course.running([ordinary("a")])
        #expect(running.tell(.request(.recover)).jobs == [])
        #expect(running.machine.sandbox.goal == .running)
        var ended = Course.running([ordinary("a", .never)])
        ended.end("a")
        ended.tell(.dismantled)
        ended.tell(.synced)
        #expect(ended.tell(.request(.recover)).jobs == [])
        #expect(ended.machine.sandbox.goal == .stopped)
    }

    /// A keeper that is killed between two records goes on from the last.
    @Test func `recovery outlives the keeper that began it`() {
        var course = rebooted([ordinary("a", .onFailure), ordinary("b", .onFailure)]) { $0.end("a") }
        course.tell(.request(.recover))
        var next = course.succeeded(bootID: "another")
        #expect(next.advance().jobs == [.makeSandbox])
        #expect(next.tell(.sandboxMade(addresses: [])).jobs == [starting("b", 1)])
    }
}
