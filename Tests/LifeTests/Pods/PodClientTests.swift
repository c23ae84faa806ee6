import Foundation
import Testing

/// What people type, and what they get for it: attached from the first byte, names, files that are looked at before anything starts.
@Suite("pods: client", .serialized, Requirement.root, Requirement.shell, Requirement.keeper, Requirement.rootfs, .leakCheck)
struct PodClientTests {
    private func spec(
        _ script: String, _ fields: String = "stdin: true,", policy: String = "Never", _ more: String = ""
    ) -> String {
        """
        restartPolicy: \(policy)
        terminationGracePeriodSeconds: 0
        \(more)
        containers: [{name: c, image: "busybox:1", \(fields) command: [sh, -c, "\(script)"]}]
        """
    }

    private static let idle =
        "terminationGracePeriodSeconds: 0\ncontainers: [{name: c, image: \"IMAGE\", command: [sleep, \"600\"]}]"

    private func idle(_ image: String = "busybox:1") -> String { Self.idle.replacing("IMAGE", with: image) }

    /// Two containers, the second of which is the default one.
    private func pair(_ place: PodPlace) throws -> String {
        let containers = ["a", "b"].map { name in
            "  - {name: \(name), image: \"busybox:1\", stdin: true, command: [sh, -c, \"echo \(name) > /name; echo \(name); sleep 600\"]}"
        }
        let text = place.manifest("p", "terminationGracePeriodSeconds: 0\ncontainers:\n" + containers.joined(separator: "\n"))
            .replacing("labels: {}", with: "labels: {}, annotations: {kubectl.kubernetes.io/default-container: b}")
        try text.write(toFile: place.work + "/p.yaml", atomically: true, encoding: .utf8)
        return place.work + "/p.yaml"
    }

    private func pods(_ place: PodPlace) throws -> [String] { try place.call("ps", "-a", "-A", "-o", "name").lines }

    // MARK: Attached

    @Test("run -i: all that the shortest program prints, and its exit code")
    func short() throws {
        try withPods("run-attached") { place in
            let path = try place.write("p", spec("echo hello; echo aside >&2; exit 3"))
            for _ in 0..<10 {
                let outcome = try place.call("run", "-i", "--replace", path)
                #expect(outcome.code == 3 && outcome.output == "hello\n" && outcome.errors == "aside\n", "\(outcome)")
            }
            let input = try place.write("q", spec("wc -c", "stdin: true, stdinOnce: true,"))
            let counted = try place.script("printf 12345 | $H run -i $O \(input)")
            #expect(counted.succeeded && counted.output == "5\n", "\(counted)")
        }
    }

    @Test("run -t: a terminal's first bytes, and also behind an init container")
    func terminal() throws {
        try withPods("run-terminal") { place in
            let first = "initContainers: [{name: i, image: \"busybox:1\", command: [sleep, \"0.3\"]}]"
            let path = try place.write("p", spec("printf 'prompt> '; tty; exit 4", "stdin: true, tty: true,", first))
            for options in ["-t", "-it"] {
                let outcome = try place.script("$H run \(options) --replace $O \(path) </dev/null")
                #expect(outcome.code == 4 && outcome.output.hasPrefix("prompt> /dev/"), "\(outcome)")
            }
            let line = "stty cols 80 rows 24; $H run -it --replace $O \(path); echo ended $?"
            let shown = try place.script("TERM=xterm script -qec '\(line)' /dev/null </dev/null").output
            // The end of script's own input is echoed somewhere among it.
            #expect(
                shown.replacingOccurrences(of: "^@", with: "").contains("prompt> /dev/") && shown.contains("ended 4"), "\(shown)")
        }
    }

    @Test(
        "run -i --rm: the pod is gone when it returns, whatever its policy or its other containers",
        arguments: ["Never", "Always"])
    func removal(policy: String) throws {
        try withPods("run-rm-" + policy.lowercased()) { place in
            let alone = try place.write("p", spec("echo hello; exit 3", policy: policy))
            let outcome = try place.call("run", "-i", "--rm", alone)
            #expect(outcome.code == 3 && outcome.output == "hello\n", "\(outcome)")
            #expect(try pods(place) == [])
            let beside = "  - {name: d, image: \"busybox:1\", command: [sleep, \"600\"]}"
            let both = """
                restartPolicy: \(policy)
                terminationGracePeriodSeconds: 0
                containers:
                  - {name: c, image: "busybox:1", stdin: true, command: [sh, -c, "echo hello; exit 3"]}
                \(beside)
                """
            let second = try place.call("run", "-i", "--rm", try place.write("q", both))
            #expect(second.code == 3 && second.output == "hello\n", "\(second)")
            #expect(try pods(place) == [])
        }
    }

    @Test("run -i of what cannot start: 1, why, and the pod stays unless --rm")
    func vain() throws {
        try withPods("run-vain") { place in
            let path = try place.write("p", spec("").replacing("[sh, -c, \"\"]", with: "[/nonsense]"))
            let outcome = try place.call("run", "-i", path)
            #expect(outcome.code == 1 && outcome.output == "" && outcome.errors.contains("/nonsense"), "\(outcome)")
            #expect(try pods(place) == ["pod/default/p"])
            #expect(try place.call("run", "-i", "--rm", "--replace", path).code == 1)
            #expect(try pods(place) == [])
        }
    }

    @Test("attach: to a pod whose keeper was killed, and to a container that has yet to start")
    func attach() throws {
        try withPods("attach-again") { place in
            try place.runPod("p", spec("read x; echo got $x"))
            let keeper = try place.keeper("p")
            #expect(keeper > 0 && kill(keeper, SIGKILL) == 0)
            #expect(eventually { kill(keeper, 0) != 0 || Self.isZombie(keeper) })
            let outcome = try place.script("echo word | $H attach -i $O p || true")
            #expect(outcome.output == "got word\n", "\(outcome)")
            let first = "initContainers: [{name: i, image: \"busybox:1\", command: [sleep, \"2\"]}]"
            let path = try place.write("q", spec("echo hello; exit 5", "stdin: true,", first))
            let waiting = try place.script(
                "$H run $O \(path) >/dev/null & until $H inspect $O q >/dev/null 2>&1; do sleep 0.1; done; $H attach $O q")
            #expect(waiting.code == 5 && waiting.output == "hello\n", "\(waiting)")
            let over = try place.call("attach", "q")
            #expect(over.code == 1 && over.errors.contains("does not run"), "\(over)")
        }
    }

    private static func isZombie(_ pid: Int32) -> Bool { (fileText("/proc/\(pid)/stat") ?? ") Z").contains(") Z") }

    // MARK: Before anything starts

    @Test("run of several files: nothing starts where one cannot")
    func several() throws {
        try withPods("run-several") { place in
            let good = try place.write("good", idle())
            let bad = try place.write("bad", idle("missing:1"))
            let missing = try place.call("run", good, bad)
            #expect(missing.code == 3 && missing.errors.contains("missing:1"), "\(missing)")
            #expect(try pods(place) == [])
            let twice = try place.call("run", good, good)
            #expect(twice.code == 2 && twice.errors.contains("'default/good' is given twice"), "\(twice)")
            #expect(try pods(place) == [])
            try place.runPod("taken", idle())
            let taken = try place.call("run", good, try place.write("taken", idle()))
            #expect(taken.code == 1 && taken.errors.contains("there is a pod 'taken'"), "\(taken)")
            #expect(try pods(place) == ["pod/default/taken"])
            // What is to be replaced stays where its successor cannot run.
            #expect(try place.call("run", "--replace", try place.write("taken", idle()), bad).code == 3)
            #expect(try place.phase("taken") == "Running")
        }
    }

    @Test("a uid that another pod has: who it is, and what helps")
    func uid() throws {
        try withPods("uid-taken") { place in
            let first = try place.write("u1", idle())
            try place.call("run", first).check("run")
            try place.runPod("u2", idle())
            let uid = place.uid(inFile: first)
            let text = (fileText(first) ?? "").replacing("name: u1", with: "name: u2")
            let renamed = place.work + "/renamed.yaml"
            try text.write(toFile: renamed, atomically: true, encoding: .utf8)
            // u2 is not removed for a pod that could not be recorded.
            let refused = try place.call("run", "--replace", renamed)
            #expect(refused.code == 1 && refused.errors.contains("'default/u1' has \(uid)"), "\(refused)")
            #expect(try place.phase("u2") == "Running")
            #expect(refused.errors.contains("hull rm -f default/u1"))
            try place.call("rm", "-f", "default/u1").check("rm")
            try place.call("run", "--replace", renamed).check("run")
            #expect(try place.uid("u2") == uid)
        }
    }

    // MARK: Names

    @Test("names that ps prints are names that verbs take")
    func names() throws {
        try withPods("names") { place in
            try place.runPod("p", idle())
            try place.call("run", try place.write("q", namespace: "other", idle())).check("run")
            #expect(try place.call("ps", "-o", "name").output == "pod/p\n")
            #expect(try place.call("ps", "-n", "other", "-o", "name").output == "pod/other/q\n")
            #expect(try pods(place).sorted() == ["pod/default/p", "pod/other/q"])
            for name in ["pod/p", "pod/default/p", "pod/other/q"] {
                for verb in ["inspect", "history", "why", "tree", "logs"] {
                    let outcome = try place.call(verb, name)
                    #expect(outcome.succeeded, "\(verb) \(name): \(outcome.errors)")
                }
            }
            // In a namespace of this name two could be meant, and neither is guessed.
            try place.call("run", try place.write("p", namespace: "pod", idle())).check("run")
            let vague = try place.call("rm", "-f", "pod/p")
            #expect(vague.code == 2 && vague.errors.contains("pod/pod/p"), "\(vague)")
            try place.script("$H ps -A -o name $O | xargs $H rm -f $O").check("rm")
            #expect(try pods(place) == [])
        }
    }

    @Test("the default container of a manifest is the one that is meant, and cp names pod and container")
    func defaultContainer() throws {
        try withPods("default-container") { place in
            try place.call("run", try pair(place)).check("run")
            #expect(eventually { (try? place.call("logs", "p").output) == "b\n" })
            #expect(try place.call("exec", "p", "sh", "-c", "cat /name").output == "b\n")
            #expect(try place.call("exec", "p", "-c", "a", "cat", "/name").output == "a\n")
            #expect(try place.call("cp", "p:/name", place.work + "/name").succeeded)
            #expect(fileText(place.work + "/name") == "b\n")
            for verb in [["cp", "p:/nope", place.work + "/x"], ["cp", place.work + "/name", "p:/name/x"]] {
                let outcome = try LifeTests.run(
                    [JournalStore.program, verb[0], "--root", place.root, "--run-root", place.runRoot] + verb.dropFirst())
                #expect(outcome.code == 1 && outcome.errors.contains("'p:b:/n"), "\(outcome)")
            }
            let ending = try place.script(
                "sed -e 's/sleep 600/exit 6/' -e 's/^spec:/&\\n  restartPolicy: Never/' $W/p.yaml > $W/q; $H run -i --replace $O $W/q </dev/null"
            )
            #expect(ending.code == 6 && ending.output == "b\n", "\(ending)")
        }
    }
}
