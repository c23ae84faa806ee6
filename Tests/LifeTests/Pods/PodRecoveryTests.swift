import Foundation
import Glibc
import Testing

/// What becomes of a pod when one of the processes that belong to it is killed.
@Suite("pods: recovery", .serialized, Requirement.root, Requirement.shell, Requirement.keeper, Requirement.rootfs, .leakCheck)
struct PodRecoveryTests {
    private static let counting = """
        restartPolicy: Never
        terminationGracePeriodSeconds: 30
        containers:
        - name: c
          image: busybox:1
          command: [sh, -c, "trap 'echo end; exit 9' TERM; n=0; while true; do n=$((n+1)); echo $n; usleep 2000; done"]
        """

    @Test(
        "a killed keeper: the container goes on and no line is lost; the next command adopts it; its code is known where the kernel tells"
    )
    func keeper() throws {
        try withPods("keeper-killed") { place in
            try place.runPod("p", Self.counting)
            let pid = try place.pid(of: "p")
            for _ in 0..<3 {
                #expect(eventually { (try? place.log("p").isEmpty) == false })
                let keeper = try place.keeper("p")
                #expect(kill(keeper, SIGKILL) == 0)
                #expect(eventually { !Machine.exists("/proc/\(keeper)") || Leaks.isZombie(keeper) })
                // Its log is read without a keeper, and it is said to run.
                #expect(try place.line("p").prefix(3) == ["p", "1/1", "Running"])
                usleep(100_000)
                let waiting = try place.starting("wait", "p")
                #expect(eventually { (try? place.keeper("p")) ?? keeper != keeper })
                waiting.kill()
                _ = waiting.wait()
                #expect(try place.pid(of: "p") == pid)
            }
            try place.call("stop", "p").check("stop")
            let lines = try place.log("p").split(separator: "\n")
            #expect(lines.last == "end")
            #expect(lines.dropLast().elementsEqual((1..<max(2, lines.count)).map { Substring("\($0)") }), "\(lines.count) lines")
            let state = try place.container(of: "p")["state", "terminated"]
            // PIDFD_INFO_EXIT is there from Linux 6.15 on; before it, the code is known if the keeper looks before the machine's init does.
            if state?["exitCode"]?.integer != 9 {
                #expect(!Need.exitOfStrangers.isMet)
                #expect(state?["exitCode"] == nil && state?["reason"]?.string == "ContainerStatusUnknown", "\(state?.text ?? "")")
            }
        }
    }

    @Test("what ended while nobody kept it is unknown, and only the restart policy makes another")
    func unseen() throws {
        try withPods("unseen") { place in
            for (policy, restarts) in [("Never", Int64(0)), ("Always", 1)] {
                try place.runPod(
                    "p",
                    "restartPolicy: \(policy)\nterminationGracePeriodSeconds: 0\ncontainers: [{name: c, image: \"busybox:1\", command: [sleep, \"1000\"]}]"
                )
                let pid = try place.pid(of: "p")
                #expect(kill(try place.keeper("p"), SIGKILL) == 0)
                #expect(eventually { kill(pid, SIGKILL) == 0 && Leaks.isZombie(pid) || !Machine.exists("/proc/\(pid)") })
                let waiting = try place.starting("wait", "p")
                if restarts == 0 {
                    #expect(waiting.wait().code == 1)
                } else {
                    #expect(eventually { (try? place.pid(of: "p")) ?? 0 != pid && (try? place.pid(of: "p")) ?? 0 > 0 })
                }
                waiting.kill()
                if restarts > 0 { _ = waiting.wait() }
                let status = try place.container(of: "p")
                #expect(status["restartCount"]?.integer == restarts)
                let end = restarts == 0 ? status["state", "terminated"] : status["lastState", "terminated"]
                #expect(end?["reason"]?.string == "ContainerStatusUnknown" && end?["exitCode"] == nil, "\(status.text)")
                try place.call("rm", "-f", "p").check("rm")
            }
        }
    }

    @Test("the end of the caller's whole cgroup stops no pod")
    func callersCgroup() throws {
        try withPods("cgroup") { place in
            let path = try place.write("p", Self.counting)
            let outcome = try place.script(
                """
                for h in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/pids; do [ -e $h/cgroup.procs ] && break; done
                g=$h/\(Machine.mark)-caller; mkdir $g
                setsid sh -c "echo \\$\\$ > $g/cgroup.procs; $H run $O \(path); exec sleep 1000" >$W/said 2>&1 &
                until grep -q default/p $W/said; do sleep 0.02; done
                while [ -n "$(cat $g/cgroup.procs)" ]; do for p in $(cat $g/cgroup.procs); do kill -KILL $p; done; sleep 0.02; done
                rmdir $g
                """)
            #expect(outcome.succeeded, "\(outcome.errors)")
            let count = try place.log("p").count
            #expect(try place.keeper("p") > 0 && kill(place.keeper("p"), 0) == 0)
            #expect(eventually { ((try? place.log("p").count) ?? 0) > count })
            #expect(try place.line("p").prefix(3) == ["p", "1/1", "Running"])
        }
    }

    @Test("a pod of an older boot is lost, with its last state; rm works on it, restart too")
    func olderBoot() throws {
        try withPods("older-boot") { place in
            for verb in [["rm", "p"], ["restart", "p"]] {
                try place.runPod(
                    "p",
                    "terminationGracePeriodSeconds: 0\n"
                        + Self.counting.split(separator: "\n").filter { !$0.hasPrefix("termination") }.joined(separator: "\n"))
                let uid = try place.uid("p")
                try pretendReboot(place, uid)
                #expect(try place.line("p") == ["p", "0/1", "Lost", "0"])
                #expect(try place.call("ps", "-o", "name").output == "pod/p\n")
                let document = try place.document("p")
                #expect(document["status", "reason"]?.string == "Lost" && document["status", "phase"]?.string == "Failed")
                #expect(try place.container(of: "p")["state", "terminated", "reason"]?.string == "ContainerStatusUnknown")
                #expect(try place.log("p").hasPrefix("1\n"))
                let outcome = try place.starting(words: verb).wait()
                #expect(outcome.succeeded, "\(verb): \(outcome.errors)")
                if verb[0] == "rm" {
                    #expect(try place.leftovers() == [])
                } else {
                    #expect(try place.line("p") == ["p", "1/1", "Running", "0"])
                    #expect(try place.container(of: "p")["lastState", "terminated", "reason"]?.string == "ContainerStatusUnknown")
                }
            }
        }
    }

    @Test(
        "recover: what ran when the machine went down runs again, where its policy says so; who has no keeper gets one; once is enough"
    )
    func recover() throws {
        try withPods("recover") { place in
            func spec(_ policy: String, _ containers: String) -> String {
                "restartPolicy: \(policy)\nterminationGracePeriodSeconds: 0\ncontainers:\n" + containers
            }
            let sleeping = "- {name: c, image: \"busybox:1\", command: [sleep, \"1000\"]}"
            let done = "- {name: d, image: \"busybox:1\", command: [echo, once]}"
            try place.runPod("always", spec("Always", sleeping))
            try place.runPod("failing", spec("OnFailure", sleeping + "\n" + done))
            try place.runPod("never", spec("Never", sleeping))
            try place.runPod("halted", spec("Always", sleeping))
            try place.runPod("keeperless", spec("Always", sleeping))
            #expect(eventually { (try? place.container("d", of: "failing")["state", "terminated", "exitCode"]?.integer) == 0 })
            for pod in ["always", "failing", "never", "halted"] { try pretendReboot(place, place.uid(pod)) }
            // What its user stops after the reboot is not run again.
            try place.call("stop", "halted").check("stop")
            let (keeper, pid) = (try place.keeper("keeperless"), try place.pid(of: "keeperless"))
            #expect(kill(keeper, SIGKILL) == 0 && eventually { !Machine.exists("/proc/\(keeper)") || Leaks.isZombie(keeper) })

            let first = try place.call("recover", "--wait")
            #expect(first.succeeded, "\(first.errors)")
            #expect(
                first.lines.sorted() == [
                    "default/always runs again", "default/failing runs again", "default/keeperless has a keeper again",
                    "default/never stays lost: its restart policy says so",
                ])
            #expect(try place.line("always") == ["always", "1/1", "Running", "0"])
            #expect(try place.container(of: "always")["lastState", "terminated", "reason"]?.string == "ContainerStatusUnknown")
            #expect(try place.pid(of: "failing") > 0)
            // Only the other one was started: it has done its work, once.
            #expect(try place.container("d", of: "failing")["state", "terminated", "exitCode"]?.integer == 0)
            #expect(try place.log("failing", "d") == "once\n")
            #expect(try place.line("never") == ["never", "0/1", "Lost", "0"])
            #expect(try place.line("halted").contains("Lost"))
            #expect(try place.pid(of: "keeperless") == pid && place.keeper("keeperless") != keeper)

            let second = try place.call("recover")
            #expect(second.succeeded && second.output.isEmpty, "\(second.output)\(second.errors)")
            #expect(try place.line("never") == ["never", "0/1", "Lost", "0"])
        }
    }

    /// Ends all that runs of a pod as a reboot would, and gives its records to another boot.
    private func pretendReboot(_ place: PodPlace, _ uid: String) throws {
        try place.script(
            """
            g() { find /sys/fs/cgroup -type d -path "*\(uid)*" | sort -r; }
            # Order: the keeper first, which would see its containers end.
            for n in 1 2 3; do for d in $(g | grep /keepers/; g | grep -v /keepers/); do for p in $(cat $d/cgroup.procs); do kill -KILL $p 2>/dev/null || true; done; done; done
            until [ -z "$(for d in $(g); do cat $d/cgroup.procs; done)" ]; do sleep 0.01; done
            for d in $(g); do rmdir $d; done
            umount -l $W/run/pods/\(uid)/mnt
            rm -rf --one-file-system $W/run/pods/\(uid) $W/run/containers
            for k in $($H journal range $O --keys-only /sandboxes/\(uid)); do
                $H journal get $O --print-value-only $k | sed -E 's/"boot":"[^"]*"/"boot":"00000000-0000-4000-8000-000000000000"/g' | tr -d '\\n' | $H journal put $O $k - >/dev/null
            done
            """
        ).check("the pretended reboot")
    }

    @Test("a killed worker is replaced; one that is killed again and again is said")
    func worker() throws {
        try withPods("worker-killed") { place in
            let path = try place.write(
                "p",
                "terminationGracePeriodSeconds: 0\n" + "containers: [{name: c, image: \"busybox:1\", command: [sleep, \"1000\"]}]"
            )
            // Ten milliseconds may be too short for any, and too long for all: the walk of PodBoundaryTests is exact.
            let command = try place.starting("run", path)
            for _ in 0..<3 {
                usleep(10_000)
                for line in Leaks.processes(named: place.work) where line.contains("hull worker") || line.contains("/hull worker")
                {
                    if let pid = Int32(line.prefix { $0 != " " }) { kill(pid, SIGKILL) }
                }
            }
            let outcome = command.wait()
            #expect(outcome.succeeded, "\(outcome.errors)")
            let seen = try place.line("p")
            let why = try place.container(of: "p").text
            #expect(seen.prefix(3) == ["p", "1/1", "Running"], "\(why)")
        }
    }
}
