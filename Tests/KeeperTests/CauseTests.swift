import LinuxKernel
import LinuxTypes
import PodRecords
import Testing

@testable import Keeper

/// Who ended what, and who asked for it, is recorded.
@Suite struct CauseTests {
    private func signaled(_ signal: Signal) -> Event.End { Event.End(status: .signaled(signal, dumpedCore: false)) }

    @Test func `an end by itself, by somebody's signal, unseen, for want of memory`() {
        var course = Course.running([ordinary("a", .never), ordinary("b", .never), ordinary("c", .never), ordinary("d", .never)])
        course.end("a", code: 3)
        course.end("b", signaled(.kill))
        course.end("c", nil)
        course.end("d", Event.End(status: .signaled(.kill, dumpedCore: false), memory: MemoryKill(kills: 2, limit: 7)))
        #expect(["a", "b", "c", "d"].map { course.status($0).termination?.cause } == [.itself, .signal, .unseen, .outOfMemory])
        #expect(course.status("d").termination?.memory == MemoryKill(kills: 2, limit: 7))
    }

    @Test func `the keeper's own signals are told from others, and so is who wanted them`() {
        var course = Course.running(["a", "b", "c", "d"].map { ordinary($0) })
        let asker = PodRequest.Asker(pid: 77, uid: 5)
        course.tell(.request(.stop(grace: 3), by: asker))
        #expect(course.machine.sandbox.request == PodRequest(.stop, by: asker, grace: 3, at: course.now.wall))
        course.end("a", signaled(.terminate))
        course.end("b", code: 0)
        course.end("c", signaled(.interrupt))
        course.pass(seconds: 3)
        course.end("d", signaled(.kill))
        let causes = ["a", "b", "c", "d"].map { course.status($0).termination?.cause }
        #expect(causes == [.stopSignal, .stopSignal, .signal, .graceOver])
        // Who asks for what is so already has changed nothing.
        course.tell(.request(.stop(grace: 9), by: nil))
        #expect(course.machine.sandbox.request?.asker == asker)
    }

    @Test func `a start that failed has its word, a log that is lost its record`() {
        var course = Course.ready([ordinary("a", .never), ordinary("b", .never)]).course
        course.tell(.failed(starting("a"), message: "no", fault: .wrongArchitecture))
        #expect(course.status("a").termination?.cause == .notStarted)
        #expect(course.status("a").termination?.fault == .wrongArchitecture)
        course.start("b")
        let trouble = LogTrouble(state: .failing, cause: "no space", at: 5)
        #expect(course.tell(.logged(container: "b", trouble)) == [.record])
        #expect(course.status("b").log == trouble)
    }

    @Test func `the steps of a start make up its time`() {
        var course = Course([ordinary("a"), ordinary("b")])
        course.now.wall = 1 + 5_000_000
        _ = course.advance()
        var sandbox = StartLedger()
        sandbox.add("pin", microseconds: 3000)
        course.now.wall += 10_000_000
        course.tell(.sandboxMade(addresses: [], ledger: sandbox))
        var start = StartLedger()
        start.add("root", microseconds: 4000)
        for name in ["a", "b"] {
            course.now.wall += 7_000_000
            var running = course.running()
            running.ledger = start
            course.tell(.started(container: name, running))
        }
        let ledger = StartLedger(course.machine.sandbox.ledger)
        #expect(
            ledger.text
                == "keeper=5000;sandbox: pin=3000;sandbox: worker=7000;other containers=0;b: root=4000;b: worker=10000")
        #expect(ledger.microseconds == (course.now.wall - course.machine.sandbox.createdAt) / 1000)
    }
}
