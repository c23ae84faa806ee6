import KeeperProtocol
import LinuxKernel
import LinuxTypes
import PodRecords
import Testing

@testable import Keeper

/// Containers that end are started again, or not.
@Suite struct RestartTests {
    static let policies: [(PodPlan.Restart, Int32?, isAgain: Bool)] = [
        (.always, 0, true), (.always, 1, true), (.always, nil, true),
        (.onFailure, 0, false), (.onFailure, 1, true), (.onFailure, 137, true), (.onFailure, nil, true),
        (.never, 0, false), (.never, 1, false), (.never, nil, false),
    ]

    @Test(arguments: policies) func `the policy decides`(policy: PodPlan.Restart, code: Int32?, isAgain: Bool) {
        var course = Course.running([ordinary("a", policy), ordinary("b")])
        let effects = course.end("a", code.map { Event.End(status: .exited(code: $0)) })
        #expect(effects.jobs == (isAgain ? [collecting("a"), starting("a", 1)] : [collecting("a")]))
        #expect(course.status("a").restartCount == (isAgain ? 1 : 0))
        #expect(course.status("a").lastTermination?.exitCode == (isAgain ? code : nil))
    }

    @Test func `one that ends again and again waits ten seconds, then twice as long, five minutes at most`() {
        var course = Course.running([ordinary("a")])
        for delay in [Int64(0), 10, 20, 40, 80, 160, 300, 300] {
            let effects = course.end("a", code: 1)
            guard delay > 0 else {
                #expect(effects.jobs.count == 2)
                course.start("a")
                continue
            }
            #expect(effects.jobs == [collecting("a", course.status("a").attempt - 1)])
            #expect(course.status("a").reason == "CrashLoopBackOff")
            #expect(course.status("a").message == "back-off \(delay)s restarting failed container")
            #expect(course.machine.deadline(after: course.now) == course.now.milliseconds + delay * 1000)
            #expect(course.pass(milliseconds: delay * 1000 - 1) == [])
            #expect(course.pass(milliseconds: 1).jobs == [starting("a", course.status("a").attempt)])
            course.start("a")
        }
        #expect(course.status("a").restartCount == 8)
    }

    @Test func `ten minutes of running are enough to forget`() {
        for (seconds, delay) in [(Int64(599), UInt32(40)), (600, 10)] {
            var course = Course.running([ordinary("a")])
            course.end("a", code: 1)
            course.start("a")
            course.end("a", code: 1)
            course.pass(seconds: 10)
            course.start("a")
            course.pass(seconds: seconds)
            course.end("a", code: 1)
            #expect(course.status("a").backOff == delay)
        }
    }

    @Test func `one whose program cannot be executed has failed, and the policy decides`() {
        var (course, _) = Course.ready([ordinary("a"), ordinary("b", .never)])
        let effects = course.tell(.failed(starting("a"), message: "no such file"))
        #expect(effects.lines == ["container 'a' did not start: no such file"])
        #expect(effects.jobs == [starting("a", 1)])
        #expect(course.machine.answer(to: .started) == .failed("container 'a': no such file"))
        #expect(course.status("a").lastTermination?.reason == "StartError")
        #expect(course.status("a").lastTermination?.exitCode == 128)
        course.tell(.failed(starting("b"), message: "permission denied"))
        #expect(course.status("b").state == .terminated)
        // Nothing of it is left, so that nothing is to be taken away.
        #expect(course.status("b").isCollected)
    }

    @Test func `a pod of which nothing could be started has failed`() {
        var (course, _) = Course.ready([ordinary("a", .never)])
        #expect(course.tell(.failed(starting("a"), message: "no such file")).jobs == [.dismantle])
        #expect(course.machine.sandbox.message == "container 'a' failed: did not start: no such file")
    }

    /// What was executed once has started: a pod of which a later attempt fails does not count as never started, whoever keeps it.
    @Test func `a start that fails later does not undo the first`() {
        var course = Course.running([ordinary("a")])
        course.end("a", code: 1)
        course.tell(.failed(starting("a", 1), message: "no memory"))
        #expect(course.machine.answer(to: .started) == .met)
        #expect(course.succeeded().machine.answer(to: .started) == .met)
    }

    /// Each keeper that was killed made the loop of a failing container go round once more.
    @Test func `another keeper goes on with the back-off`() {
        var course = Course.running([ordinary("a")])
        for _ in 0..<3 {
            course.end("a", code: 1)
            course.pass(seconds: 300)
            course.start("a")
        }
        course.end("a", code: 1)
        #expect(course.status("a").message.hasPrefix("back-off 40s"))
        course.pass(seconds: 15)
        var next = course.succeeded()
        #expect(next.advance().jobs == [])
        #expect(next.pass(milliseconds: 24_999).jobs == [])
        #expect(next.pass(milliseconds: 1).jobs == [starting("a", 4)])
    }

    @Test func `a clock that was set back costs no more than the whole back-off`() {
        var course = Course.running([ordinary("a")])
        course.end("a", code: 1)
        course.start("a")
        course.end("a", code: 1)
        course.end("a", code: 1)
        course.now.wall = Int64.min
        var next = course.succeeded()
        #expect(next.pass(milliseconds: 10_000).jobs == [starting("a", 2)])
    }

    @Test(arguments: [(Int64.min, Int64.max), (Int64.max, Int64.min)])
    func `records that make no sense do not bring it down`(begun: Int64, ended: Int64) {
        var status = ContainerStatus(name: "a")
        status.state = .terminated
        status.attempt = .max
        status.restartCount = .max
        status.backOff = .max
        status.termination = ContainerStatus.Termination(exitCode: 1, reason: "Error", startedAt: begun, finishedAt: ended)
        var course = Course(PodMachine(podPlan([ordinary("a")]), sandboxRecord(phase: .ready), [status]))
        course.machine.recover(bootID: boot, at: course.now)
        _ = course.advance()
        #expect(course.status("a").state == .waiting)
        #expect(course.succeeded().pass2().jobs.count <= 1)
        course.pass(seconds: 5_000_000)
        #expect(course.status("a").state == .creating)
    }
}

extension Course {
    /// As `pass(seconds: 1)` of a copy.
    fileprivate func pass2() -> [Effect] {
        var copy = self
        return copy.pass(seconds: 1)
    }
}
