import Foundation
import Glibc
import Testing

/// Kills at moments of an exec and of an attach, which write nothing to the journal: so that the moments are those of the clock.
@Suite(
    "pods: exec and attach that are killed", .serialized, Requirement.root, Requirement.shell, Requirement.keeper,
    Requirement.rootfs, .leakCheck)
struct PodExecBoundaryTests {
    enum Victim: String, CaseIterable, Sendable { case hull, keeper, container }

    private static let spec = """
        terminationGracePeriodSeconds: 0
        restartPolicy: Never
        containers: [{name: c, image: "busybox:1", stdin: true, command: [sleep, "1000"]}]
        """

    /// Microseconds between two moments, and how many there are: until well behind the start of the program.
    private static let (step, count): (UInt32, UInt32) = Machine.isSlow ? (15_000, 12) : (400, 30)

    @Test("an exec that is killed, or whose container or keeper is", arguments: Victim.allCases)
    func exec(victim: Victim) throws {
        try withPods("boundary-exec-\(victim)") { place in
            try walk(place, victim, ["exec", "p", "--", "sh", "-c", "echo here; exec sleep 999"])
        }
    }

    @Test("an attach that is killed, or whose container or keeper is", arguments: Victim.allCases)
    func attach(victim: Victim) throws {
        try withPods("boundary-attach-\(victim)") { place in
            try walk(place, victim, ["attach", "-i", "p"])
        }
    }

    private func walk(_ place: PodPlace, _ victim: Victim, _ words: [String]) throws {
        var keys: [String] = []
        for number in 0..<Self.count {
            let moment = "\(words[0]), \(victim) killed after \(number * Self.step) us"
            if try place.pid(of: "p") == 0 {
                try place.call("rm", "-f", "p").check("rm")
                try place.call("run", "-q", try place.write("p", Self.spec)).check("run")
                keys = try containers(place)
            }
            let (pid, keeper) = (try place.pid(of: "p"), try place.keeper("p"))
            let command = try place.starting(words: words)
            usleep(number * Self.step)
            switch victim {
            case .hull: command.kill()
            case .keeper: kill(keeper, SIGKILL)
            case .container: kill(pid, SIGKILL)
            }
            if victim == .keeper {
                // An exec has no part in it. An attach ends, but for one that had no answer yet, which is with the next keeper then.
                usleep(words[0] == "exec" ? 20_000 : 200_000)
                if words[0] == "exec" { #expect(!command.hasEnded, "\(moment)") }
                command.kill()
            }
            let outcome = command.wait(timeout: Machine.isSlow ? 120 : 20)
            #expect(!outcome.timedOut, "\(moment): \(outcome.errors)")
            if victim == .container {
                #expect(outcome.code != 0, "\(moment)")
                #expect(eventually { (try? place.pid(of: "p")) == 0 }, "\(moment)")
                try expectNothing(of: pid, place, moment)
            } else {
                try expectRunning(place, pid, keys, moment)
            }
        }
        try place.call("rm", "-f", "p").check("rm")
        #expect(try place.leftovers() == [])
    }

    /// The container is what it was, with records as they were, and takes the next exec; nobody else is left than its programs.
    private func expectRunning(_ place: PodPlace, _ pid: Int32, _ keys: [String], _ moment: String) throws {
        let next = try place.call("exec", "p", "--", "true")
        #expect(next.succeeded, "\(moment): \(next.errors)")
        // A keeper that was killed has a new one as soon as somebody wants something of it.
        #expect(try place.call("label", "p", "moment=x").succeeded, "\(moment)")
        #expect(try place.pid(of: "p") == pid, "\(moment)")
        #expect(try containers(place) == keys, "\(moment)")
        var strangers: [String] = []
        _ = eventually {
            strangers = Leaks.processes(named: place.podMark).filter { line in
                !["sleep 1000", "sleep 999", "hull-keeper"].contains { line.contains($0) }
            }
            return strangers.isEmpty
        }
        #expect(strangers == [], "\(moment)")
    }

    /// The programs of an exec end with their container.
    private func expectNothing(of pid: Int32, _ place: PodPlace, _ moment: String) throws {
        var left: [String] = []
        _ = eventually {
            left = Leaks.processes(named: place.podMark)
            return left.isEmpty
        }
        #expect(left == [], "\(moment)")
        #expect(!Machine.exists("/proc/\(pid)/ns"), "\(moment)")
    }

    private func containers(_ place: PodPlace) throws -> [String] {
        try place.call("journal", "range", "--keys-only", "/containers/").lines
    }
}
