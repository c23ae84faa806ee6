import Foundation
import Glibc
import Testing

/// Stopping, restarting and removing.
@Suite("pods: stopping", .serialized, Requirement.root, Requirement.shell, Requirement.keeper, Requirement.rootfs, .leakCheck)
struct PodStopTests {
    @Test("the stop signal, a time to end, then the kill; stopping again is no failure; restart begins anew")
    func stop() throws {
        try withPods("stop") { place in
            try place.script("$H image import $O -q $R usr1:1 --stop-signal SIGUSR1 >/dev/null").check("import")
            try place.runPod(
                "p",
                """
                terminationGracePeriodSeconds: 1
                containers:
                - {name: polite, image: "busybox:1", command: [sh, -c, "trap 'echo bye; exit 0' TERM; echo up; while true; do sleep 0.05; done"]}
                - {name: usr1, image: "usr1:1", command: [sh, -c, "trap 'echo usr1; exit 5' USR1; echo up; while true; do sleep 0.05; done"]}
                - {name: deaf, image: "busybox:1", command: [sh, -c, "trap '' TERM; echo up; while true; do sleep 0.05; done"]}
                """)
            for name in ["polite", "usr1", "deaf"] { #expect(eventually { (try? place.log("p", name)) == "up\n" }) }
            let begin = Date()
            try place.call("stop", "p").check("stop")
            let took = Date().timeIntervalSince(begin)
            #expect(took >= 1 && took < (Machine.isSlow ? 60 : 5), "\(took)")
            #expect(try place.log("p", "polite") == "up\nbye\n")
            #expect(try place.log("p", "usr1") == "up\nusr1\n")
            func code(_ name: String) throws -> Int64? {
                try place.container(name, of: "p")["state", "terminated", "exitCode"]?.integer
            }
            #expect(try [code("polite"), code("usr1"), code("deaf")] == [0, 5, 137])
            #expect(try place.call("ps").lines.count == 1)
            #expect(try place.line("p").dropFirst().first == "0/3")
            expectEnd(try place.call("stop", "p"), 0, "p\n")
            #expect(Leaks.processes(named: place.work) == [] && Leaks.cgroups(named: place.podMark) == [])
            try place.call("restart", "p").check("restart")
            #expect(try place.line("p") == ["p", "3/3", "Running", "0"])
            #expect(eventually { (try? place.log("p", "polite")) == "up\n" })
            #expect(try place.log("p", "polite", "--previous") == "up\nbye\n")
            expectEnd(try place.call("rm", "p"), 1, "", says: "pod 'p' runs")
            let again = Date()
            try place.call("rm", "-f", "-t", "0", "p").check("rm")
            #expect(Date().timeIntervalSince(again) < (Machine.isSlow ? 60 : 1))
            expectEnd(try place.call("rm", "-f", "p"), 0, "")
            expectEnd(try place.call("rm", "p"), 3, "", says: "there is no pod 'p'")
            #expect(try place.leftovers() == [])
        }
    }

    @Test("a shorter time that somebody names later counts")
    func hurry() throws {
        try withPods("hurry") { place in
            try place.runPod("p", "containers: [{name: c, image: \"busybox:1\", command: [sleep, \"1000\"]}]")
            let patient = try place.starting("stop", "-t", "1000", "p")
            #expect(eventually { (try? place.line("p").dropFirst(2).first) == "Stopping" })
            try place.call("stop", "-t", "0", "p").check("stop")
            #expect(patient.wait().succeeded)
        }
    }

    @Test("restart of a running pod: another sandbox, other processes, the same pod")
    func restart() throws {
        try withPods("restart") { place in
            try place.runPod(
                "p",
                "terminationGracePeriodSeconds: 0\ncontainers: [{name: c, image: \"busybox:1\", command: [sh, -c, \"touch /dev/shm/x; exec sleep 1000\"]}]"
            )
            let (uid, pid) = (try place.uid("p"), try place.pid(of: "p"))
            expectEnd(try place.call("restart", "p"), 0, "p\n")
            #expect(try place.uid("p") == uid)
            #expect(try place.pid(of: "p") != pid && place.pid(of: "p") > 0)
            #expect(!Machine.exists("/proc/\(pid)"))
        }
    }

    @Test(
        "a keeper that somebody has stopped is continued by who needs it, with a word",
        arguments: [["stop"], ["rm", "-f"], ["label", "p", "a=b"]])
    func stoppedKeeper(words: [String]) throws {
        try withPods("stopped-keeper") { place in
            try place.runPod(
                "p", "terminationGracePeriodSeconds: 0\ncontainers: [{name: c, image: \"busybox:1\", command: [sleep, \"1000\"]}]"
            )
            let keeper = try place.keeper("p")
            kill(keeper, SIGSTOP)
            defer { kill(keeper, SIGCONT) }
            let outcome = try place.starting(words: words.contains("p") ? words : words + ["p"]).wait()
            expectEnd(outcome, 0, outcome.output, says: "pid \(keeper), was stopped: it is continued")
        }
    }

    @Test("where no keeper can be started 'stop' and 'rm -f' end what runs, and the next keeper goes on from there")
    func withoutKeeper() throws {
        try withPods("without-keeper") { place in
            let spec =
                "terminationGracePeriodSeconds: 0\ncontainers: [{name: c, image: \"busybox:1\", command: [sleep, \"1000\"]}]"
            for words in [["stop"], ["rm", "-f"]] {
                try place.runPod("p", spec)
                let pid = try place.pid(of: "p")
                kill(try place.keeper("p"), SIGKILL)
                // A directory with all programs but one.
                let outcome = try place.script(
                    "mkdir $W/alone && cp $H $W/alone/hull && $W/alone/hull \(words.joined(separator: " ")) $O p; code=$?; rm -r $W/alone; exit $code"
                )
                #expect(outcome.code == (words == ["stop"] ? 0 : 1), "\(outcome.errors)")
                #expect(outcome.errors.contains("is ended without a keeper"), "\(outcome.errors)")
                // Not even a program, where the machine's init has not reaped it yet.
                #expect(fileText("/proc/\(pid)/cmdline")?.isEmpty ?? true, "the container runs")
                try place.call("rm", "-f", "p").check("rm")
                #expect(try place.leftovers() == [])
            }
        }
    }

    @Test("many pods at once, made, stopped and removed by as many commands")
    func crowd() throws {
        try withPods("crowd") { place in
            let count = Machine.isSlow ? 3 : 8
            let spec =
                "terminationGracePeriodSeconds: 0\ncontainers: [{name: c, image: \"busybox:1\", command: [sleep, \"1000\"]}]"
            let files = try (0..<count).map { try place.write("p\($0)", spec) }
            for _ in 0..<2 {
                expectAll(try files.map { try place.starting("run", $0) })
                #expect(try place.call("ps").lines.count == count + 1)
                expectAll(try (0..<count).map { try place.starting($0 % 2 == 0 ? "restart" : "stop", "p\($0)") })
                expectAll(try (0..<count).map { try place.starting("rm", "-f", "p\($0)") })
                #expect(try place.leftovers() == [])
            }
        }
    }

    private func expectAll(_ programs: [RunningProgram]) {
        let outcomes = programs.map { $0.wait() }
        #expect(outcomes.allSatisfy { $0.succeeded }, "\(outcomes.map(\.errors))")
    }

    @Test("verbs against each other on one pod: none hangs, and nothing is left")
    func fight() throws {
        try withPods("fight") { place in
            let spec =
                "terminationGracePeriodSeconds: 0\ncontainers: [{name: c, image: \"busybox:1\", command: [sleep, \"1000\"]}]"
            for _ in 0..<(Machine.isSlow ? 2 : 5) {
                try place.runPod("p", spec)
                let verbs = [["stop"], ["restart"], ["rm", "-f"], ["stop", "-t", "0"], ["wait"], ["restart"]]
                let running = try verbs.map { try place.starting(words: $0 + ["p"]) }
                for program in running { #expect(!program.wait().timedOut) }
                try place.call("rm", "-f", "p").check("rm")
                let left = try place.leftovers()
                #expect(left == [], "\(left)")
            }
        }
    }
}
