import KeeperProtocol
import LinuxKernel
import LinuxTypes
import PodRecords

@testable import Keeper

let boot = "3f1c6a52-0000-4000-8000-000000000001"

func podUID() -> PodUID { PodUID(random: [UInt8](repeating: 7, count: 16)) }

func sandboxRecord(phase: SandboxRecord.Phase = .pending, goal: SandboxRecord.Goal = .running) -> SandboxRecord {
    SandboxRecord(
        uid: podUID(), name: "p", namespace: "default", labels: [], bootID: boot, createdAt: 1, phase: phase, goal: goal)
}

func podPlan(_ containers: [PodPlan.Container], removesItself: Bool = false) -> PodPlan {
    PodPlan(uid: podUID(), gracePeriod: 30, removesItself: removesItself, containers: containers)
}

func ordinary(_ name: String, _ restart: PodPlan.Restart = .always) -> PodPlan.Container {
    PodPlan.Container(name: name, restart: restart)
}

func first(_ name: String, _ restart: PodPlan.Restart = .onFailure) -> PodPlan.Container {
    PodPlan.Container(name: name, isInit: true, restart: restart)
}

/// A machine, its time, and what it has asked for.
struct Course {
    var machine: PodMachine
    var now = Moment(milliseconds: 1_000_000, wall: 1_700_000_000_000_000_000)
    private var nextPID: Int32 = 100

    init(_ machine: PodMachine) { self.machine = machine }

    init(_ containers: [PodPlan.Container], removesItself: Bool = false) {
        self.init(PodMachine(podPlan(containers, removesItself: removesItself), sandboxRecord(), []))
    }

    /// With a sandbox that is ready; what its containers did first is in `effects`.
    static func ready(_ containers: [PodPlan.Container], removesItself: Bool = false) -> (course: Course, effects: [Effect]) {
        var course = Course(containers, removesItself: removesItself)
        _ = course.advance()
        let effects = course.tell(.sandboxMade(addresses: []))
        return (course, effects)
    }

    /// With all its containers, none of which is an init container, running.
    static func running(_ containers: [PodPlan.Container], removesItself: Bool = false) -> Course {
        var course = ready(containers, removesItself: removesItself).course
        for container in containers { course.start(container.name) }
        return course
    }

    mutating func advance() -> [Effect] { write(machine.advance(at: now)) }

    @discardableResult mutating func tell(_ event: Event) -> [Effect] { write(machine.handle(event, at: now)) }

    /// What is to be recorded is.
    private mutating func write(_ effects: [Effect]) -> [Effect] {
        if effects.contains(.record) { _ = machine.takeChanges() }
        return effects
    }

    /// The time in which nothing happens.
    @discardableResult mutating func pass(milliseconds: Int64) -> [Effect] {
        now.milliseconds += milliseconds
        now.wall += milliseconds * 1_000_000
        return advance()
    }

    @discardableResult mutating func pass(seconds: Int64) -> [Effect] { pass(milliseconds: seconds * 1000) }

    @discardableResult mutating func start(_ name: String) -> [Effect] { tell(.started(container: name, running())) }

    mutating func running() -> Event.Running {
        nextPID += 1
        return Event.Running(
            process: ProcessIdentity(bootID: boot, pid: nextPID, startTime: UInt64(nextPID)), memoryEvents: nil)
    }

    /// It ends, and what it left is taken away.
    @discardableResult mutating func end(_ name: String, code: Int32 = 0) -> [Effect] {
        end(name, Event.End(status: .exited(code: code)))
    }

    @discardableResult mutating func end(_ name: String, _ end: Event.End?) -> [Effect] {
        tell(.ended(container: name, end)) + tell(.collected(container: name, message: ""))
    }

    func status(_ name: String) -> ContainerStatus { machine.status(of: name) ?? ContainerStatus(name: name) }

    /// Another keeper, that knows what was recorded.
    func succeeded(bootID: String = boot) -> Course {
        var course = self
        course.machine = PodMachine(machine.plan, machine.sandbox, machine.containers.map(\.status))
        course.machine.recover(bootID: bootID, at: now)
        return course
    }
}

extension [Effect] {
    /// The jobs among them.
    var jobs: [Job] { compactMap { if case .perform(let job) = $0 { job } else { nil } } }

    var signals: [String] { compactMap { if case .signal(let name, let signal) = $0 { "\(name) \(signal.name)" } else { nil } } }

    var lines: [String] { compactMap { if case .say(let line) = $0 { line } else { nil } } }
}

func starting(_ name: String, _ attempt: UInt32 = 0) -> Job { .start(container: name, attempt: attempt) }
func creating(_ name: String, _ attempt: UInt32 = 0) -> Job { .create(container: name, attempt: attempt) }
func finding(_ name: String, _ attempt: UInt32 = 0) -> Job { .find(container: name, attempt: attempt) }
func collecting(_ name: String, _ attempt: UInt32 = 0) -> Job { .collect(container: name, attempt: attempt) }
