import KeeperProtocol
import LinuxKernel
import LinuxTypes
import PodRecords
import Testing

@testable import Keeper

/// Jobs that fail, and jobs of which nobody knows how far they came.
@Suite struct JobTests {
    @Test func `a sandbox that cannot be made is told, and not tried again`() {
        var course = Course([ordinary("a")])
        _ = course.advance()
        #expect(course.tell(.failed(.makeSandbox, message: "no space")).jobs == [.dismantle])
        #expect(course.machine.answer(to: .started) == .failed("no space"))
        #expect(course.machine.sandbox.reason == "FailedCreatePodSandBox")
        #expect(course.tell(.dismantled).jobs == [.sync])
        course.tell(.synced)
        #expect(course.machine.isAtRest)
    }

    @Test func `a sandbox that cannot be made removes itself if it is to`() {
        var course = Course([ordinary("a")], removesItself: true)
        _ = course.advance()
        course.tell(.failed(.makeSandbox, message: "no space"))
        #expect(course.tell(.dismantled).jobs == [.remove])
    }

    /// Who asked for a restart while the sandbox was being made had its wish forgotten when that failed.
    @Test func `a restart outlives a sandbox that could not be made`() {
        var course = Course([ordinary("a")])
        _ = course.advance()
        course.tell(.request(.restart(grace: nil)))
        course.tell(.failed(.makeSandbox, message: "no space"))
        #expect(course.tell(.dismantled).jobs == [.makeSandbox])
        #expect(course.machine.answer(to: .started) == .notYet)
        // Once.
        #expect(course.tell(.failed(.makeSandbox, message: "no space")).jobs == [.dismantle])
        #expect(course.tell(.dismantled).jobs == [.sync])
    }

    @Test func `a sandbox whose maker was killed is made again, a few times`() {
        var course = Course([ordinary("a")])
        _ = course.advance()
        for count in 1...4 {
            #expect(course.tell(.lost(.makeSandbox)).jobs == [])
            #expect(course.pass(milliseconds: Int64(200 * min(count, 3) - 1)).jobs == [])
            #expect(course.pass(seconds: 10).jobs == [.makeSandbox])
        }
        #expect(course.tell(.lost(.makeSandbox)).jobs == [.dismantle])
        #expect(course.machine.sandbox.message == "its workers were killed again and again")
    }

    @Test func `what became of a lost start is found out`() {
        var (course, _) = Course.ready([ordinary("a", .never)])
        #expect(course.tell(.lost(starting("a"))).jobs == [finding("a")])
        #expect(course.status("a").state == .creating)
        // It runs.
        var runs = course
        runs.tell(.found(container: "a", .runs(runs.running())))
        #expect(runs.status("a").state == .running)
        #expect(runs.machine.answer(to: .started) == .met)
        // It ran and has ended: it has started all the same.
        var ended = course
        #expect(ended.tell(.found(container: "a", .hasEnded)).jobs == [collecting("a")])
        #expect(ended.status("a").termination?.exitCode == nil)
        #expect(ended.machine.answer(to: .started) == .met)
        // It never ran: another attempt, whatever the policy says.
        #expect(course.tell(.found(container: "a", .neverRan)).jobs == [])
        #expect(course.pass(milliseconds: 100).jobs == [starting("a", 1)])
        #expect(course.status("a").restartCount == 0)
    }

    /// `run` said that a container had started whose init had died one step before its program.
    @Test func `an end that nobody saw is no start where another attempt follows`() {
        var (course, _) = Course.ready([ordinary("a", .always)])
        course.tell(.lost(starting("a")))
        course.tell(.found(container: "a", .hasEnded))
        #expect(course.machine.answer(to: .started) == .notYet)
        #expect(course.tell(.collected(container: "a", message: "")).jobs == [starting("a", 1)])
        course.tell(.started(container: "a", course.running()))
        #expect(course.machine.answer(to: .started) == .met)
    }

    /// After the fourth start that was lost nobody looked for the fifth: the container was being created for ever.
    @Test func `starts that are lost again and again have failed`() {
        var (course, _) = Course.ready([ordinary("a", .never)])
        for attempt in UInt32(0)...3 {
            #expect(course.tell(.lost(starting("a", attempt))).jobs == [finding("a", attempt)])
            course.tell(.found(container: "a", .neverRan))
            #expect(course.pass(seconds: 2).jobs == [starting("a", attempt + 1)])
        }
        #expect(course.tell(.lost(starting("a", 4))).jobs == [finding("a", 4)])
        #expect(course.tell(.found(container: "a", .neverRan)).jobs == [.dismantle])
        #expect(course.machine.sandbox.message == "container 'a' failed: did not start: its workers were killed again and again")
    }

    @Test func `after that the next attempt is looked for as well`() {
        var (course, _) = Course.ready([ordinary("a")])
        for attempt in UInt32(0)...4 {
            course.tell(.lost(starting("a", attempt)))
            course.tell(.found(container: "a", .neverRan))
            course.pass(seconds: 2)
        }
        #expect(course.status("a").lastTermination?.reason == "StartError")
        #expect(course.status("a").state == .creating)
        #expect(course.tell(.lost(starting("a", 5))).jobs == [finding("a", 5)])
    }

    @Test func `what was running and is gone was taken away by somebody`() {
        var course = Course.running([ordinary("a", .never)]).succeeded()
        #expect(course.advance().jobs == [finding("a")])
        #expect(course.tell(.found(container: "a", .neverRan)).jobs == [collecting("a")])
        #expect(course.status("a").termination?.reason == "ContainerStatusUnknown")
    }

    @Test(arguments: [false, true]) func `what cannot be taken away is tried again, told, and tried again later`(isLost: Bool) {
        var course = Course.running([ordinary("a")])
        course.tell(.ended(container: "a", Event.End(status: .exited(code: 0))))
        for delay in [Int64(200), 400, 600] {
            course.tell(isLost ? .lost(collecting("a")) : .failed(collecting("a"), message: "busy"))
            #expect(course.machine.trouble == nil)
            #expect(course.pass(milliseconds: delay - 1).jobs == [])
            #expect(course.pass(milliseconds: 1).jobs == [collecting("a")])
        }
        for delay in [Int64(10), 20, 40, 80, 160, 300, 300] {
            course.tell(isLost ? .lost(collecting("a")) : .failed(collecting("a"), message: "busy"))
            let why = isLost ? "its worker was killed" : "busy"
            #expect(course.machine.answer(to: .ended) == .failed("container 'a': it cannot be taken apart: \(why)"))
            #expect(course.pass(milliseconds: delay * 1000 - 1).jobs == [])
            #expect(course.pass(milliseconds: 1).jobs == [collecting("a")])
        }
        // And goes on by itself when it succeeds at last.
        #expect(course.tell(.collected(container: "a", message: "")).jobs == [starting("a", 1)])
        #expect(course.machine.trouble == nil)
    }

    @Test func `who asks has it tried at once`() {
        var course = Course.running([ordinary("a")])
        course.tell(.ended(container: "a", Event.End(status: .exited(code: 0))))
        for _ in 0..<6 {
            course.tell(.failed(collecting("a"), message: "busy"))
            course.pass(seconds: 299)
        }
        course.tell(.failed(collecting("a"), message: "busy"))
        #expect(course.tell(.request(.run)).jobs == [collecting("a")])
        #expect(course.machine.trouble == nil)
    }

    /// A container of which something was left stood in the way of taking the whole sandbox apart, which takes that along.
    @Test func `what cannot be taken away goes with the sandbox`() {
        var course = Course.running([ordinary("a")])
        course.tell(.request(.stop(grace: 0)))
        course.tell(.ended(container: "a", Event.End(status: .exited(code: 0))))
        for _ in 0..<3 {
            #expect(course.tell(.failed(collecting("a"), message: "busy")).jobs == [])
            #expect(course.pass(seconds: 1).jobs == [collecting("a")])
        }
        #expect(course.tell(.failed(collecting("a"), message: "busy")).jobs == [.dismantle])
        #expect(course.machine.answer(to: .stopped) == .notYet)
        #expect(course.tell(.dismantled).jobs == [.sync])
        #expect(course.status("a").isCollected)
        course.tell(.synced)
        #expect(course.machine.answer(to: .stopped) == .met)
    }

    @Test func `what cannot be found out is unknown when the sandbox is gone`() {
        var course = Course.running([ordinary("a")]).succeeded()
        course.tell(.request(.stop(grace: 0)))
        for _ in 0..<4 {
            course.tell(.failed(finding("a"), message: "busy"))
            course.pass(seconds: 1)
        }
        #expect(course.machine.sandbox.phase == .stopping)
        course.tell(.dismantled)
        #expect(course.status("a").state == .terminated)
        #expect(course.status("a").termination?.reason == "ContainerStatusUnknown")
        #expect(course.status("a").process == nil)
    }

    static let stops: [(Event.Request, Condition, job: Job, jobs: [Job])] = [
        (.stop(grace: 0), .stopped, .dismantle, [.dismantle]), (.remove(grace: 0), .removed, .remove, [.remove]),
        (.stop(grace: 0), .stopped, .sync, [.sync]),
    ]

    @Test(arguments: stops) func `what keeps failing is told, and tried when somebody asks again`(
        request: Event.Request, condition: Condition, job: Job, jobs: [Job]
    ) {
        var course = Course.running([ordinary("a")])
        course.tell(.request(request))
        course.end("a")
        if job != .dismantle { course.tell(.dismantled) }
        for _ in 0..<3 {
            #expect(course.tell(.failed(job, message: "busy")).jobs == [])
            #expect(course.machine.answer(to: condition) == .notYet)
            #expect(course.pass(seconds: 1).jobs == jobs)
        }
        course.tell(.failed(job, message: "busy"))
        #expect(course.machine.answer(to: condition) == .failed("busy"))
        #expect(course.pass(seconds: 1).jobs == [])
        #expect(course.tell(.request(request)).jobs == jobs)
        #expect(course.machine.answer(to: condition) == .notYet)
        course.tell(.lost(job))
        #expect(course.pass(milliseconds: 200).jobs == jobs)
    }

    /// A client that waited for the pod to run again heard nothing.
    @Test func `who waits for the start hears of what stands in its way`() {
        var course = Course.running([ordinary("a")])
        course.tell(.request(.restart(grace: 0)))
        course.end("a")
        for _ in 0..<4 {
            course.tell(.failed(.dismantle, message: "busy"))
            course.pass(seconds: 1)
        }
        #expect(course.machine.answer(to: .started) == .failed("busy"))
    }
}
