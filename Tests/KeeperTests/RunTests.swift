import KeeperProtocol
import LinuxKernel
import LinuxTypes
import PodRecords
import Testing

@testable import Keeper

/// A pod runs and ends by itself.
@Suite struct RunTests {
    @Test func `the sandbox is made first, and recorded before that`() {
        var course = Course([ordinary("a")])
        #expect(course.advance() == [.record, .perform(.makeSandbox)])
        #expect(course.machine.sandbox.phase == .making)
        #expect(course.advance() == [])
        #expect(course.tell(.sandboxMade(addresses: ["10.0.0.2"])) == [.record, .perform(starting("a"))])
        #expect(course.machine.sandbox.addresses == ["10.0.0.2"])
        #expect(course.machine.sandbox.startedAt == course.now.wall)
    }

    @Test func `a pod that awaits who runs it has its sandbox made, and starts its containers when somebody has asked`() {
        var record = sandboxRecord()
        record.awaitsRun = true
        var course = Course(PodMachine(podPlan([ordinary("a")]), record, []))
        #expect(course.advance().jobs == [.makeSandbox])
        #expect(course.tell(.sandboxMade(addresses: [])).jobs == [])
        #expect(course.pass(seconds: 60).jobs == [])
        #expect(course.machine.answer(to: .started) == .notYet)
        #expect(course.tell(.request(.run)) == [.record, .perform(starting("a"))])
        #expect(!course.machine.sandbox.awaitsRun)
    }

    @Test func `who asks for a pod that awaited him, and whose sandbox has failed by then, hears of that`() {
        var record = sandboxRecord()
        record.awaitsRun = true
        var course = Course(PodMachine(podPlan([ordinary("a")]), record, []))
        _ = course.advance()
        course.tell(.failed(.makeSandbox, message: "no room"))
        #expect(course.machine.prospect(ofStarting: "a") == .failed("no room"))
        course.tell(.request(.run))
        #expect(course.machine.sandbox.goal == .stopped)
        #expect(course.machine.answer(to: .started) == .failed("no room"))
    }

    @Test func `who waits for a container's first start learns of it, or that there will be none`() {
        var course = Course.ready([first("i"), ordinary("a", .never)]).course
        #expect(course.machine.prospect(ofStarting: "a") == .notYet)
        #expect(course.machine.prospect(ofStarting: "b") == .failed("the pod has no container 'b'"))
        course.start("i")
        course.end("i")
        course.tell(.failed(starting("a"), message: "no such program"))
        #expect(course.machine.prospect(ofStarting: "a") == .failed("container 'a': no such program"))
        var running = Course.running([ordinary("a")])
        running.end("a")
        #expect(running.machine.prospect(ofStarting: "a") == .failed("container 'a' does not run"))
        var stopped = Course.ready([first("i"), ordinary("a")]).course
        stopped.tell(.request(.stop(grace: 0)))
        #expect(stopped.machine.prospect(ofStarting: "a") == .failed("container 'a' does not run"))
    }

    @Test func `main containers are started together, and the pod has started when all have`() {
        var (course, effects) = Course.ready([ordinary("a"), ordinary("b"), ordinary("c")])
        #expect(effects.jobs == [starting("a"), starting("b"), starting("c")])
        course.start("b")
        course.start("a")
        #expect(course.machine.answer(to: .started) == .notYet)
        course.start("c")
        #expect(course.machine.answer(to: .started) == .met)
    }

    @Test func `init containers run one after the other, the main ones after them`() {
        var (course, effects) = Course.ready([first("i"), first("j"), ordinary("a"), ordinary("b")])
        #expect(effects.jobs == [starting("i")])
        #expect(course.start("i").jobs == [])
        #expect(course.tell(.ended(container: "i", Event.End(status: .exited(code: 0)))).jobs == [collecting("i")])
        // Not before what it left is gone.
        #expect(course.tell(.collected(container: "i", message: "")).jobs == [starting("j")])
        course.start("j")
        #expect(course.end("j").jobs == [collecting("j"), starting("a"), starting("b")])
        course.start("a")
        course.start("b")
        // Only main containers are started again.
        #expect(course.end("a").jobs == [collecting("a"), starting("a", 1)])
    }

    @Test func `an init container that fails is started again, later and later`() {
        var course = Course.ready([first("i"), ordinary("a")]).course
        for (attempt, delay) in [Int64(0), 10, 20].enumerated() {
            course.start("i")
            let effects = course.end("i", code: 3)
            #expect(effects.lines == ["init container 'i' ended with code 3, starting it again in \(delay) s"])
            let next = starting("i", UInt32(attempt) + 1)
            if delay == 0 {
                #expect(effects.jobs.last == next)
            } else {
                #expect(course.pass(milliseconds: delay * 1000 - 1).jobs == [])
                #expect(course.pass(milliseconds: 1).jobs == [next])
            }
        }
    }

    @Test func `an init container that fails and is not to be started again ends the pod`() {
        var course = Course.ready([first("i", .never), ordinary("a", .never)]).course
        course.start("i")
        let effects = course.end("i", code: 3)
        #expect(effects.jobs == [collecting("i"), .dismantle])
        #expect(course.machine.sandbox.reason == "Failed")
        #expect(course.machine.sandbox.message == "init container 'i' failed: ended with code 3")
        #expect(course.machine.answer(to: .started) == .failed("init container 'i' failed: ended with code 3"))
    }

    static let ends: [(Event.End?, code: Int32?, reason: String, how: String)] = [
        (Event.End(status: .exited(code: 2)), 2, "Error", "ended with code 2"),
        (Event.End(status: .signaled(Signal(rawValue: 11), dumpedCore: true)), 139, "Error", "was killed by SIGSEGV"),
        (
            Event.End(status: .signaled(.kill, dumpedCore: false), memory: MemoryKill(kills: 1)), 137, "OOMKilled",
            "was killed for want of memory"
        ),
        (nil, nil, "ContainerStatusUnknown", "ended unseen"),
    ]

    @Test(arguments: ends) func `how a container ended is told`(end: Event.End?, code: Int32?, reason: String, how: String) throws
    {
        var course = Course.running([ordinary("a", .never)])
        course.pass(seconds: 5)
        course.end("a", end)
        let termination = try #require(course.status("a").termination)
        #expect(termination.exitCode == code)
        #expect(termination.reason == reason)
        #expect(termination.finishedAt - (termination.startedAt ?? 0) == 5_000_000_000)
        #expect(course.machine.sandbox.reason == "Failed")
        #expect(course.machine.sandbox.message == "container 'a' failed: " + how)
    }

    @Test func `a pod whose containers all end well has succeeded and is stopped, on the disk too`() {
        var course = Course.running([ordinary("a", .never), ordinary("b", .onFailure)])
        #expect(course.end("a").jobs == [collecting("a")])
        #expect(course.end("b").jobs == [collecting("b"), .dismantle])
        #expect(course.machine.answer(to: .ended) == .notYet)
        #expect(course.tell(.dismantled) == [.record, .perform(.sync)])
        #expect(course.machine.answer(to: .ended) == .notYet)
        #expect(!course.machine.isAtRest)
        course.tell(.synced)
        #expect(course.machine.answer(to: .ended) == .met)
        #expect(course.machine.isAtRest)
        #expect(course.machine.sandbox.reason == "Succeeded")
        #expect(course.machine.sandbox.finishedAt != nil)
        // It had run, although it does no more.
        #expect(course.machine.answer(to: .started) == .met)
    }

    @Test func `a pod that removes itself is removed when it has ended`() {
        var course = Course.running([ordinary("a", .never)], removesItself: true)
        #expect(course.end("a", code: 1).jobs.last == .dismantle)
        #expect(course.tell(.dismantled).jobs == [.remove])
        #expect(course.machine.answer(to: .ended) == .notYet)
        course.tell(.removed)
        #expect(course.machine.isRemoved && course.machine.isAtRest)
        #expect(course.machine.answer(to: .ended) == .met)
        #expect(course.machine.answer(to: .started) == .met)
        #expect(course.pass(seconds: 1000) == [])
    }

    @Test func `what a program left as its message is recorded`() {
        var course = Course.running([ordinary("a", .never)])
        course.tell(.ended(container: "a", Event.End(status: .exited(code: 1))))
        course.tell(.collected(container: "a", message: "no such host"))
        #expect(course.status("a").termination?.message == "no such host")
    }
}
