import KeeperProtocol
import LinuxKernel
import LinuxTypes
import PodRecords
import Testing

@testable import Keeper

/// CRI's verbs on single containers, of a sandbox alone and of a pod that its manifest runs.
@Suite struct ContainerVerbTests {
    /// A sandbox that is ready, and no containers.
    private static func sandbox(_ containers: [PodPlan.Container] = [ordinary("a"), ordinary("b")]) -> Course {
        var record = sandboxRecord()
        record.isStepwise = true
        var course = Course(PodMachine(podPlan(containers), record, []))
        #expect(course.advance().jobs == [.makeSandbox])
        #expect(course.machine.answer(to: .ready) == .notYet)
        #expect(course.tell(.sandboxMade(addresses: [])).jobs == [])
        #expect(course.machine.answer(to: .ready) == .met)
        return course
    }

    private static func created() -> Course {
        var course = sandbox()
        course.ask(.create(attempt: nil))
        course.tell(.created(container: "a"))
        return course
    }

    private static func started() -> Course {
        var course = created()
        course.ask(.start(isRepeated: false))
        course.start("a")
        return course
    }

    private static let killed = Event.End(status: .signaled(.kill, dumpedCore: false))

    @Test func `one container is created, started, stopped and removed, each once it is asked for`() {
        var course = Self.sandbox()
        let effects = course.ask(.create(attempt: nil))
        #expect(effects.first == .record && effects.jobs == [creating("a")])
        #expect(course.machine.answer(to: .created(container: "a", attempt: 0)) == .notYet)
        #expect(course.tell(.created(container: "a")).jobs == [])
        #expect(course.machine.answer(to: .created(container: "a", attempt: 0)) == .met)
        #expect(course.status("a").state == .created && course.status("b").state == .waiting)

        #expect(course.ask(.start(isRepeated: false)).jobs == [starting("a")])
        #expect(course.machine.answer(to: .executed(container: "a", attempt: 0)) == .notYet)
        course.start("a")
        #expect(course.machine.answer(to: .executed(container: "a", attempt: 0)) == .met)

        #expect(course.ask(.stop(grace: nil)).signals == ["a SIGTERM"])
        #expect(course.machine.deadline(after: course.now) == course.now.milliseconds + 30_000)
        #expect(course.ask(.stop(grace: 2)).signals == [])
        #expect(course.machine.deadline(after: course.now) == course.now.milliseconds + 2000)
        #expect(course.pass(seconds: 2).signals == ["a SIGKILL"])
        #expect(course.tell(.ended(container: "a", Self.killed)).jobs == [collecting("a")])
        #expect(course.machine.answer(to: .halted(container: "a")) == .notYet)
        // Its policy would start it again.
        #expect(course.tell(.collected(container: "a", message: "")).jobs == [])
        #expect(course.machine.answer(to: .halted(container: "a")) == .met)
        #expect(course.status("a").termination?.cause == .graceOver)
        #expect(course.pass(seconds: 1000).jobs == [])

        course.ask(.remove)
        #expect(course.machine.answer(to: .takenAway(container: "a")) == .met)
        #expect(course.status("a").state == .waiting && course.status("a").termination == nil && course.status("a").attempt == 1)
        #expect(course.machine.sandbox.phase == .ready && course.machine.sandbox.goal == .running)
    }

    @Test func `to ask twice is to ask once`() {
        var course = Self.created()
        #expect(course.ask(.create(attempt: nil)).jobs == [])
        #expect(course.ask(.create(attempt: 0)).jobs == [])
        #expect(course.machine.answer(to: .created(container: "a", attempt: 0)) == .met)
        // What does not run is stopped already.
        for name in ["a", "b", "unknown"] {
            #expect(course.ask(.stop(grace: 0), name) == [])
            #expect(course.machine.answer(to: .halted(container: name)) == .met)
        }
        #expect(course.status("a").state == .created)
        for name in ["b", "unknown"] {
            #expect(course.ask(.remove, name) == [])
            #expect(course.machine.answer(to: .takenAway(container: name)) == .met)
        }
        #expect(course.ask(.remove).jobs == [collecting("a")])
        #expect(course.ask(.remove).jobs == [])
        #expect(course.machine.answer(to: .takenAway(container: "a")) == .notYet)
        course.tell(.collected(container: "a", message: ""))
        #expect(course.machine.answer(to: .takenAway(container: "a")) == .met)
        // It never ran.
        #expect(course.status("a").attempt == 0)
    }

    @Test func `only what is created is started`() {
        var course = Self.sandbox()
        func obstacle(_ isRepeated: Bool = false) -> String? {
            course.machine.obstacle(to: .start(isRepeated: isRepeated), of: "a")
        }
        #expect(obstacle() == "container 'a' is not created" && obstacle(true) != nil)
        course.ask(.create(attempt: nil))
        #expect(obstacle() == "container 'a' is still being created")
        course.tell(.created(container: "a"))
        #expect(obstacle() == nil)
        course.ask(.start(isRepeated: false))
        #expect(obstacle() == "container 'a' is being started already")
        course.start("a")
        // Who has not heard that it was done is told so.
        #expect(obstacle() == "container 'a' runs already" && obstacle(true) == nil)
        course.end("a", code: 4)
        #expect(obstacle() == "attempt 0 of container 'a' has ended: create another first" && obstacle(true) == nil)
        #expect(course.ask(.start(isRepeated: true)) == [])
        #expect(course.machine.answer(to: .executed(container: "a", attempt: 0)) == .met)
        #expect(course.machine.obstacle(to: .start(isRepeated: false), of: "x") == "the pod has no container 'x'")
        course.tell(.request(.stop(grace: nil)))
        #expect(course.machine.obstacle(to: .create(attempt: nil), of: "b") == "the pod has no sandbox that is ready")
    }

    @Test func `no number of an attempt is given twice to what ran`() {
        var course = Self.started()
        func obstacle(_ number: UInt32?) -> String? { course.machine.obstacle(to: .create(attempt: number), of: "a") }
        #expect(obstacle(nil) == "container 'a' runs, as attempt 0: stop it first")
        course.tell(.ended(container: "a", Event.End(status: .exited(code: 0))))
        #expect(obstacle(0) == "attempt 0 of container 'a' was made before: the next is 1")
        // It is still being taken away.
        #expect(course.ask(.create(attempt: 5)).jobs == [])
        #expect(obstacle(6) == "container 'a' is being created, as attempt 5")
        #expect(course.tell(.collected(container: "a", message: "")).jobs == [creating("a", 5)])
        course.tell(.created(container: "a"))
        #expect(course.machine.answer(to: .created(container: "a", attempt: 5)) == .met)
        #expect(course.status("a").lastTermination?.exitCode == 0)
        #expect(obstacle(4) == "container 'a' is created already, as attempt 5: remove it first")
        course.ask(.start(isRepeated: false))
        course.start("a")
        #expect(course.ask(.remove).signals == ["a SIGKILL"])
        course.end("a", Self.killed)
        #expect(course.status("a").attempt == 6)
        #expect(obstacle(5) == "attempt 5 of container 'a' was made before: the next is 6")
        #expect(course.ask(.create(attempt: nil)).jobs == [creating("a", 6)])
    }

    @Test func `what cannot be created or started is told, and nothing of it is there`() {
        var course = Self.sandbox()
        course.ask(.create(attempt: nil))
        #expect(course.tell(.failed(creating("a"), message: "no image")).jobs == [])
        #expect(course.machine.answer(to: .created(container: "a", attempt: 0)) == .failed("no image"))
        #expect(course.status("a").state == .waiting && course.status("a").reason == "CreateContainerError")
        #expect(course.ask(.create(attempt: 0)).jobs == [creating("a")])
        course.tell(.created(container: "a"))
        course.ask(.start(isRepeated: false))
        course.tell(.failed(starting("a"), message: "no program"))
        #expect(course.machine.answer(to: .executed(container: "a", attempt: 0)) == .failed("no program"))
        #expect(course.status("a").termination?.exitCode == 128 && course.status("a").termination?.reason == "StartError")
        #expect(course.pass(seconds: 1000).jobs == [])
    }

    /// The program of a lost start that never ran was not executed: who asked by its number gets it.
    @Test func `what is lost is made again, as the same attempt`() {
        var course = Self.sandbox()
        course.ask(.create(attempt: 3))
        #expect(course.tell(.lost(creating("a", 3))).jobs == [finding("a", 3)])
        course.tell(.found(container: "a", .neverRan))
        #expect(course.pass(seconds: 1).jobs == [creating("a", 3)])
        course.tell(.created(container: "a"))
        course.ask(.start(isRepeated: false))
        course.tell(.lost(starting("a", 3)))
        course.tell(.found(container: "a", .neverRan))
        #expect(course.pass(seconds: 1).jobs == [starting("a", 3)])
        course.tell(.lost(starting("a", 3)))
        course.ask(.stop(grace: 0))
        course.tell(.found(container: "a", .neverRan))
        #expect(course.machine.answer(to: .halted(container: "a")) == .met)
        #expect(course.status("a").termination?.message == "it was stopped before its program was executed")
    }

    @Test func `an attempt that nobody saw is told as such, and is not made again`() {
        var course = Self.created()
        course.ask(.start(isRepeated: false))
        course.tell(.lost(starting("a")))
        #expect(course.tell(.found(container: "a", .hasEnded)).jobs == [collecting("a")])
        let answer = course.machine.answer(to: .executed(container: "a", attempt: 0))
        #expect(answer == .failed("nobody saw whether attempt 0 of container 'a' came to run, and it has ended: create another"))
        course.tell(.collected(container: "a", message: ""))
        #expect(course.pass(seconds: 1000).jobs == [])
        #expect(course.ask(.create(attempt: nil)).jobs == [creating("a", 1)])
        // One that was seen to run did what was asked for.
        var other = Self.started()
        other.tell(.ended(container: "a", nil))
        #expect(other.machine.answer(to: .executed(container: "a", attempt: 0)) == .met)
    }

    @Test func `another keeper goes on with what was asked for`() {
        func jobs(_ before: Course) -> [Job] {
            var course = before.succeeded()
            return course.advance().jobs
        }
        var creation = Self.sandbox()
        creation.ask(.create(attempt: nil))
        #expect(jobs(creation) == [finding("a")])
        #expect(jobs(Self.created()) == [])
        var removal = Self.created()
        removal.ask(.remove)
        #expect(jobs(removal) == [collecting("a")])
        #expect(jobs(Self.started()) == [finding("a")])
        var stop = Self.started()
        stop.ask(.stop(grace: 1000))
        var next = stop.succeeded()
        _ = next.advance()
        #expect(next.tell(.found(container: "a", .runs(next.running()))).signals == ["a SIGTERM"])
        var end = Self.started()
        end.ask(.remove)
        next = end.succeeded()
        _ = next.advance()
        #expect(next.tell(.found(container: "a", .runs(next.running()))).signals == ["a SIGKILL"])
    }

    @Test func `roots that nobody runs in go with the sandbox, and their numbers are free again`() {
        var course = Self.created()
        #expect(course.tell(.request(.stop(grace: nil))).jobs == [.dismantle])
        course.tell(.dismantled)
        #expect(course.status("a").state == .waiting && course.status("a").attempt == 0 && course.status("a").goal == nil)
        course.tell(.synced)
        #expect(course.machine.isAtRest)
        #expect(course.tell(.request(.runSandbox)).jobs == [.makeSandbox])
        #expect(course.tell(.sandboxMade(addresses: [])).jobs == [])
        #expect(course.ask(.create(attempt: nil)).jobs == [creating("a")])
    }

    @Test func `a container of a pod that is stopped can be removed, and that is on the disk, too`() {
        var course = Self.started()
        course.tell(.request(.stop(grace: 0)))
        course.end("a", Self.killed)
        course.tell(.dismantled)
        course.tell(.synced)
        #expect(course.status("a").state == .terminated)
        #expect(course.ask(.remove).jobs == [.sync])
        #expect(course.status("a").state == .waiting)
        #expect(course.machine.answer(to: .takenAway(container: "a")) == .met)
    }

    @Test func `what is removed while a stopped pod is brought to the disk is brought there, too`() {
        var course = Self.started()
        course.tell(.request(.stop(grace: 0)))
        course.end("a", Self.killed)
        #expect(course.tell(.dismantled).jobs == [.sync])
        #expect(course.ask(.remove).jobs == [])
        #expect(course.machine.answer(to: .takenAway(container: "a")) == .notYet)
        #expect(course.tell(.synced).jobs == [.sync])
        #expect(course.machine.answer(to: .takenAway(container: "a")) == .met)
        course.tell(.synced)
        #expect(course.machine.isAtRest)
    }

    @Test func `another boot loses it all, and nothing is run again by itself`() {
        var course = Self.started()
        course.ask(.create(attempt: nil), "b")
        course.tell(.created(container: "b"))
        var next = course.succeeded(bootID: "another")
        #expect(next.machine.sandbox.reason == "Lost" && !next.machine.sandbox.awaitsRecovery)
        #expect(next.status("a").state == .terminated && next.status("b").state == .waiting)
        _ = next.advance()
        #expect(next.tell(.request(.recover)).jobs == [])
        next.tell(.synced)
        #expect(next.machine.isAtRest)
    }

    // MARK: Beside a manifest

    @Test func `who takes a container in hand keeps its policy and the pod's end away from it`() {
        var course = Course.running([ordinary("a"), ordinary("b", .never)])
        #expect(course.ask(.stop(grace: nil)).signals == ["a SIGTERM"])
        course.end("a")
        #expect(course.pass(seconds: 1000).jobs == [])
        // The pod would have ended.
        course.end("b")
        #expect(course.pass(seconds: 1000).jobs == [])
        #expect(course.machine.sandbox.goal == .running)
        #expect(course.ask(.create(attempt: nil)).jobs == [creating("a", 1)])
        course.tell(.created(container: "a"))
        #expect(course.ask(.start(isRepeated: false)).jobs == [starting("a", 1)])
        course.start("a")
        course.end("a", code: 1)
        #expect(course.pass(seconds: 1000).jobs == [])
        // The manifest's again.
        #expect(course.tell(.request(.run)).jobs == [starting("a", 2)])
    }

    @Test func `to stop what has ended for good keeps no pod from its end`() {
        var course = Course.running([ordinary("a", .never), ordinary("b", .never)])
        course.end("a")
        #expect(course.ask(.stop(grace: nil)) == [])
        #expect(course.end("b").jobs == [collecting("b"), .dismantle])
    }

    @Test func `who waits for the pod's start hears who stands in its way`() {
        var (course, effects) = Course.ready([first("i"), ordinary("a")])
        #expect(effects.jobs == [starting("i")])
        course.start("i")
        #expect(course.machine.answer(to: .started) == .notYet)
        course.ask(.stop(grace: 0), "i")
        course.end("i", Self.killed)
        #expect(course.machine.answer(to: .started) == .failed("somebody has taken container 'i' in hand"))
        #expect(course.pass(seconds: 1000).jobs == [])
        #expect(course.tell(.request(.run)).jobs == [starting("i", 1)])
        #expect(course.machine.answer(to: .started) == .notYet)
    }

    @Test func `a sandbox alone becomes a pod that its manifest runs`() {
        var course = Self.created()
        #expect(course.tell(.request(.run)).jobs == [starting("a"), starting("b")])
        #expect(!course.machine.sandbox.isStepwise && course.status("a").goal == nil)
        // To ask for what is there changes nothing.
        #expect(course.tell(.request(.runSandbox)).jobs == [])
        #expect(!course.machine.sandbox.isStepwise)
    }

    @Test func `who asked is recorded, and is who ended it`() {
        var course = Self.started()
        let asker = PodRequest.Asker(pid: 7, uid: 0)
        course.tell(.request(.container("a", .stop(grace: 5)), by: asker))
        #expect(course.status("a").request == PodRequest(.stopContainer, by: asker, grace: 5, at: course.now.wall))
        #expect(course.status("a").request?.text == "hull container stop -t 5 (pid 7, uid 0)")
        course.end("a")
        course.tell(.request(.stop(grace: nil), by: PodRequest.Asker(pid: 8, uid: 0)))
        course.tell(.dismantled)
        #expect(course.status("a").request?.asker == asker)
    }
}

extension Course {
    /// What somebody wants of a container, as far as nothing stands in its way.
    @discardableResult mutating func ask(_ request: Event.ContainerRequest, _ name: String = "a") -> [Effect] {
        #expect(machine.obstacle(to: request, of: name) == nil)
        return tell(.request(.container(name, request)))
    }
}
