import KeeperProtocol
import LinuxKernel
import LinuxTypes
import PodRecords
import Testing

@testable import Keeper

/// A pod is stopped, started again and removed because somebody asks.
@Suite struct StopTests {
    private func stopped(_ containers: [PodPlan.Container]) -> Course {
        var course = Course.running(containers)
        course.tell(.request(.stop(grace: 0)))
        for container in containers { course.end(container.name) }
        course.tell(.dismantled)
        course.tell(.synced)
        return course
    }

    @Test func `containers are asked to end, then killed, then taken away, then the sandbox`() {
        var course = Course.running([
            PodPlan.Container(name: "a", stopSignal: Signal(rawValue: 3)), ordinary("b"),
        ])
        let effects = course.tell(.request(.stop(grace: nil)))
        #expect(effects.signals == ["a SIGQUIT", "b SIGTERM"])
        #expect(effects.first == .record)
        #expect(course.end("b", code: 0).jobs == [collecting("b")])
        #expect(course.pass(milliseconds: 29_999) == [])
        #expect(course.pass(milliseconds: 1).signals == ["a SIGKILL"])
        let killed = Event.End(status: .signaled(.kill, dumpedCore: false))
        #expect(course.tell(.ended(container: "a", killed)).jobs == [collecting("a")])
        #expect(course.tell(.collected(container: "a", message: "")).jobs == [.dismantle])
        #expect(course.machine.answer(to: .stopped) == .notYet)
        #expect(course.tell(.dismantled).jobs == [.sync])
        #expect(course.machine.answer(to: .stopped) == .notYet)
        course.tell(.synced)
        #expect(course.machine.answer(to: .stopped) == .met)
        #expect(course.machine.isAtRest)
        #expect(course.machine.deadline(after: course.now) == nil)
    }

    @Test func `without grace they are killed at once`() {
        var course = Course.running([ordinary("a")])
        #expect(course.tell(.request(.stop(grace: 0))).signals == ["a SIGKILL"])
    }

    @Test func `who wants it sooner is heard, who wants it later is not`() {
        var course = Course.running([ordinary("a")])
        course.tell(.request(.stop(grace: 10)))
        course.tell(.request(.stop(grace: 100)))
        #expect(course.machine.deadline(after: course.now) == course.now.milliseconds + 10_000)
        course.tell(.request(.remove(grace: 2)))
        #expect(course.machine.deadline(after: course.now) == course.now.milliseconds + 2000)
        #expect(course.tell(.request(.remove(grace: 0))).signals == ["a SIGKILL"])
    }

    @Test func `what is being removed may be wanted to go sooner by who stops it`() {
        var course = Course.running([ordinary("a")])
        course.tell(.request(.remove(grace: 600)))
        for (asked, left) in [(nil, 600), (700, 600), (2, 2)] as [(UInt32?, Int64)] {
            course.tell(.request(.stop(grace: asked)))
            #expect(course.machine.deadline(after: course.now) == course.now.milliseconds + left * 1000)
        }
        #expect(course.machine.sandbox.goal == .removed)
    }

    @Test func `who had it end is kept, whoever asks for something later`() throws {
        var course = Course.running([ordinary("a")])
        course.tell(.request(.stop(grace: 0)))
        course.end("a", Event.End(status: .signaled(.kill, dumpedCore: false)))
        for event in [Event.collected(container: "a", message: ""), .dismantled, .synced, .request(.remove(grace: nil))] {
            course.tell(event)
        }
        let (sandbox, status) = (course.machine.sandbox, course.machine.containers[0].status)
        #expect(sandbox.request?.verb == .remove && sandbox.stopRequest?.verb == .stop)
        #expect(status.termination?.request?.verb == .stop && status.termination?.request?.grace == 0)
        #expect(try SandboxRecord(json: sandbox.json) == sandbox)
        #expect(try ContainerStatus(json: status.json) == status)
    }

    @Test func `what the kernel does not let go of is told, waited for, and killed again when somebody asks again`() {
        var course = Course.running([ordinary("a")])
        course.tell(.request(.stop(grace: 0)))
        #expect(course.pass(milliseconds: 9999) == [])
        course.pass(milliseconds: 1)
        guard case .failed(let message) = course.machine.answer(to: .stopped) else {
            Issue.record("nothing is told of what does not end")
            return
        }
        #expect(message.hasPrefix("container 'a' (pid 101) does not end, although it was killed"))
        #expect(course.tell(.request(.stop(grace: nil))).signals == ["a SIGKILL"])
        #expect(course.machine.answer(to: .stopped) == .notYet)
        course.pass(milliseconds: 10_000)
        #expect(course.machine.trouble != nil)
        // It ends after all: nothing is in the way any more, and nobody needs to ask.
        #expect(course.end("a", Event.End(status: .signaled(.kill, dumpedCore: false))).jobs == [collecting("a"), .dismantle])
        #expect(course.machine.trouble == nil)
    }

    @Test func `what is being started is stopped when it runs`() {
        var (course, _) = Course.ready([ordinary("a")])
        #expect(course.tell(.request(.stop(grace: 5))).signals == [])
        #expect(course.start("a").signals == ["a SIGTERM"])
    }

    @Test func `what is being made is taken apart when it is made`() {
        var course = Course([ordinary("a")])
        _ = course.advance()
        #expect(course.tell(.request(.stop(grace: nil))).jobs == [])
        #expect(course.tell(.sandboxMade(addresses: [])).jobs == [.dismantle])
        course.tell(.dismantled)
        course.tell(.synced)
        #expect(course.machine.answer(to: .stopped) == .met)
        #expect(course.status("a").state == .waiting)
        #expect(course.machine.answer(to: .started) == .failed("somebody asked to stop the pod"))
    }

    @Test func `what waits for its back-off does not hold a stop up`() {
        var course = Course.running([ordinary("a")])
        course.end("a", code: 1)
        course.start("a")
        course.end("a", code: 1)
        #expect(course.tell(.request(.stop(grace: nil))).jobs == [.dismantle])
    }

    @Test func `what was never made is stopped, and removed`() {
        var course = Course([ordinary("a")])
        #expect(course.tell(.request(.stop(grace: nil))).jobs == [.sync])
        #expect(course.tell(.request(.remove(grace: nil))).jobs == [])
        #expect(course.tell(.synced).jobs == [.remove])
        course.tell(.removed)
        #expect(course.machine.answer(to: .removed) == .met)
        #expect(course.machine.answer(to: .stopped) == .met)
    }

    @Test func `a stop of what is stopped is answered at once`() {
        var course = stopped([ordinary("a")])
        #expect(course.tell(.request(.stop(grace: nil))) == [])
        #expect(course.machine.answer(to: .stopped) == .met)
    }

    @Test func `a stopped pod runs again, as if it never had`() {
        var course = stopped([ordinary("a")])
        let effects = course.tell(.request(.run))
        #expect(effects == [.record, .perform(.makeSandbox)])
        #expect(course.machine.answer(to: .started) == .notYet)
        #expect(course.status("a").restartCount == 0)
        #expect(course.status("a").lastTermination?.reason == "Completed")
        #expect(course.machine.sandbox.finishedAt == nil && course.machine.sandbox.reason.isEmpty)
        // An attempt of its own: the id of the first is taken.
        #expect(course.tell(.sandboxMade(addresses: [])).jobs == [starting("a", 1)])
        #expect(course.machine.answer(to: .started) == .notYet)
        course.start("a")
        #expect(course.machine.answer(to: .started) == .met)
    }

    /// While its end was still being written, the pod counted as started: its containers had, before.
    @Test func `a stopped pod whose end is being written runs again after that`() {
        var course = Course.running([ordinary("a")])
        course.tell(.request(.stop(grace: 0)))
        course.end("a")
        course.tell(.dismantled)
        #expect(course.tell(.request(.run)).jobs == [])
        #expect(course.machine.answer(to: .started) == .notYet)
        #expect(course.tell(.synced).jobs == [.makeSandbox])
        #expect(course.machine.answer(to: .started) == .notYet)
    }

    /// The start that failed before the pod was stopped was told as if the new one had.
    @Test func `an old failure is not the new run's`() {
        var course = Course.ready([ordinary("a", .never)]).course
        course.tell(.failed(starting("a"), message: "no such file"))
        course.tell(.dismantled)
        course.tell(.synced)
        course.tell(.request(.run))
        #expect(course.machine.answer(to: .started) == .notYet)
        course.tell(.sandboxMade(addresses: []))
        course.start("a")
        #expect(course.machine.answer(to: .started) == .met)
    }

    @Test func `a restart stops, takes apart, and runs again`() {
        var course = Course.running([ordinary("a"), ordinary("b", .never)])
        #expect(course.tell(.request(.restart(grace: 5))).signals == ["a SIGTERM", "b SIGTERM"])
        #expect(course.machine.answer(to: .started) == .notYet)
        course.end("a")
        #expect(course.end("b").jobs.last == .dismantle)
        #expect(course.tell(.dismantled).jobs == [.makeSandbox])
        #expect(course.tell(.sandboxMade(addresses: [])).jobs == [starting("a", 1), starting("b", 1)])
        #expect(course.machine.answer(to: .started) == .notYet)
    }

    /// Containers that were told to end did, in a pod that was to run: with `Never` it had failed.
    @Test func `a run in the middle of a stop runs the pod anew`() {
        var course = Course.running([ordinary("a", .never)])
        course.tell(.request(.stop(grace: nil)))
        #expect(course.tell(.request(.run)).jobs == [])
        #expect(course.machine.answer(to: .stopped) == .failed("somebody asked to run the pod again"))
        #expect(course.end("a", code: 143).jobs == [collecting("a"), .dismantle])
        #expect(course.tell(.dismantled).jobs == [.makeSandbox])
        #expect(course.tell(.sandboxMade(addresses: [])).jobs == [starting("a", 1)])
        #expect(course.machine.sandbox.goal == .running)
    }

    @Test func `a run while the sandbox is taken apart runs the pod anew`() {
        var course = Course.running([ordinary("a")])
        course.tell(.request(.stop(grace: 0)))
        course.end("a")
        #expect(course.tell(.request(.run)).jobs == [])
        #expect(course.tell(.dismantled).jobs == [.makeSandbox])
    }

    @Test func `a run while the sandbox is being made takes a stop back`() {
        var course = Course([ordinary("a")])
        _ = course.advance()
        course.tell(.request(.stop(grace: nil)))
        course.tell(.request(.run))
        #expect(course.tell(.sandboxMade(addresses: [])).jobs == [starting("a")])
    }

    @Test func `a stop in the middle of a restart stops`() {
        var course = Course.running([ordinary("a")])
        course.tell(.request(.restart(grace: nil)))
        course.tell(.request(.stop(grace: 0)))
        course.end("a")
        #expect(course.tell(.dismantled).jobs == [.sync])
        course.tell(.synced)
        #expect(course.machine.answer(to: .stopped) == .met)
    }

    @Test(arguments: [Event.Request.run, .stop(grace: 1), .restart(grace: 1)])
    func `nothing takes a removal back`(request: Event.Request) {
        var course = Course.running([ordinary("a")])
        course.tell(.request(.remove(grace: nil)))
        course.tell(.request(request))
        #expect(course.machine.answer(to: .started) == .failed("the pod is being removed"))
        course.end("a")
        #expect(course.tell(.dismantled).jobs == [.remove])
        #expect(course.tell(.request(request)).jobs == [])
        course.tell(.removed)
        #expect(course.tell(.request(request)) == [])
        #expect(course.machine.isRemoved)
    }

    /// It was answered as if its wish were fulfilled: the containers had run, before.
    @Test(arguments: [Event.Request.run, .restart(grace: nil)])
    func `who wants the pod to run hears that somebody stops it`(request: Event.Request) {
        var stopped = Course.running([ordinary("a", .never)])
        stopped.end("a")
        stopped.tell(.dismantled)
        let running = Course.running([ordinary("a")])
        for var course in [stopped, running] {
            course.tell(.request(.restart(grace: nil)))
            course.tell(.request(request))
            course.tell(.request(.stop(grace: nil)))
            #expect(course.machine.answer(to: .started) == .failed("somebody asked to stop the pod"))
        }
    }

    @Test func `a run of what runs changes nothing`() {
        var course = Course.running([ordinary("a")])
        #expect(course.tell(.request(.run)) == [])
        #expect(course.machine.answer(to: .started) == .met)
    }
}
