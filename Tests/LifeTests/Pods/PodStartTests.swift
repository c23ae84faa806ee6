import Foundation
import Testing

/// From a manifest to running containers, and what stands in the way.
@Suite("pods: starting", .serialized, Requirement.root, Requirement.shell, Requirement.keeper, Requirement.rootfs, .leakCheck)
struct PodStartTests {
    @Test("command, args, variables, expansion, working directory")
    func process() throws {
        try withPods("process") { place in
            try place.runPod(
                "p",
                """
                restartPolicy: Never
                containers:
                - name: c
                  image: busybox:1
                  workingDir: /tmp
                  env:
                  - {name: FIRST, value: one}
                  - {name: SECOND, value: "$(FIRST)-two"}
                  - {name: THIRD, value: "$$(FIRST) $(UNKNOWN)"}
                  command: [sh, -c, 'pwd; echo "$SECOND|$THIRD|$0|$1"']
                  args: ["$(SECOND)", "x y"]
                - {name: image, image: "busybox:1"}
                """)
            try place.call("wait", "p").check("wait")
            #expect(try place.log("p") == "/tmp\none-two|$(FIRST) $(UNKNOWN)|one-two|x y\n")
            // The image's own `sh`, whose stdin is empty.
            #expect(try place.container("image", of: "p")["state", "terminated", "exitCode"]?.integer == 0)
        }
    }

    @Test("items of a list need no kind of their own; nothing of the caller's shell gets into a container")
    func listAndShell() throws {
        try withPods("list-and-shell") { place in
            let file = place.work + "/list.yaml"
            try """
            apiVersion: v1
            kind: PodList
            items:
            - metadata: {name: p}
              spec:
                restartPolicy: Never
                containers: [{name: c, image: "busybox:1", command: [sh, -c, "cut -d' ' -f19 /proc/self/stat; ulimit -Sn; grep Cpus_allowed: /proc/self/status"]}]
            """.write(toFile: file, atomically: true, encoding: .utf8)
            func seen(_ prefix: String) throws -> String {
                try place.script("\(prefix) $H run $O --wait --replace -q \(file)").check("run")
                return try place.log("p")
            }
            let plain = try seen("")
            #expect(plain.hasPrefix("0\n"), "\(plain)")
            #expect(try seen("ulimit -Sn 200; nice -n 7 taskset -c 0") == plain)
        }
    }

    @Test("init containers run one after the other, before the rest")
    func initContainers() throws {
        try withPods("init") { place in
            let volume = "volumeMounts: [{name: v, mountPath: /v}]"
            let outcome = try place.runPod(
                "p",
                """
                terminationGracePeriodSeconds: 0
                volumes: [{name: v, emptyDir: {}}]
                initContainers:
                - {name: one, image: "busybox:1", command: [sh, -c, "sleep 0.3; echo one >> /v/order"], \(volume)}
                - {name: two, image: "busybox:1", command: [sh, -c, "echo two >> /v/order"], \(volume)}
                containers:
                - {name: c, image: "busybox:1", command: [sh, -c, "cat /v/order; exec sleep 1000"], \(volume)}
                """)
            #expect(outcome.output == "default/p\n")
            #expect(eventually { (try? place.log("p") == "one\ntwo\n") == true })
            #expect(try place.container("one", of: "p")["state", "terminated", "reason"]?.string == "Completed")
            #expect(try place.line("p") == ["p", "1/1", "Running", "0"])
        }
    }

    @Test("an init container that fails: run says which and how, the pod has failed and can be looked at")
    func failingInit() throws {
        try withPods("init-fails") { place in
            let path = try place.write(
                "p",
                """
                restartPolicy: Never
                initContainers:
                - {name: setup, image: "busybox:1", command: [sh, -c, "echo trouble; exit 7"]}
                containers:
                - {name: c, image: "busybox:1", command: [sleep, "1000"]}
                """)
            let outcome = try place.call("run", path)
            expectEnd(outcome, 1, "", says: "init container 'setup' failed: ended with code 7")
            #expect(try place.log("p", "setup") == "trouble\n")
            #expect(try place.phase("p") == "Failed")
            #expect(try place.container("setup", of: "p")["state", "terminated", "exitCode"]?.integer == 7)
            #expect(try place.container("c", of: "p")["state", "waiting"] != nil)
        }
    }

    @Test("an init container that fails at first is tried again")
    func patientInit() throws {
        try withPods("init-again") { place in
            try place.runPod(
                "p",
                """
                terminationGracePeriodSeconds: 0
                restartPolicy: OnFailure
                volumes: [{name: v, emptyDir: {}}]
                initContainers:
                - name: setup
                  image: busybox:1
                  command: [sh, -c, "test -e /v/tried || { touch /v/tried; exit 1; }"]
                  volumeMounts: [{name: v, mountPath: /v}]
                containers:
                - {name: c, image: "busybox:1", command: [sleep, "1000"]}
                """)
            #expect(try place.container("setup", of: "p")["restartCount"]?.integer == 1)
        }
    }

    @Test("roots that are named from the working directory are the same for keepers and workers, which are elsewhere")
    func relativeRoots() throws {
        try withPods("relative") { place in
            try place.write("p", "containers: [{name: c, image: \"busybox:1\", command: [sleep, \"1000\"]}]")
            try place.script(
                """
                cd "$W"
                mkdir below; cd below
                relative="--root ../root --run-root ../run"
                $H run $relative ../p.yaml
                $H exec $relative p -- true
                """
            ).check("run")
            #expect(try place.line("p").contains("Running"))
            #expect(try place.pid(of: "p") > 0)
        }
    }

    @Test("a program that is missing: run returns 1 with the container's error, the pod stays, unless --rm")
    func missingProgram() throws {
        try withPods("no-program") { place in
            let path = try place.write(
                "p",
                """
                restartPolicy: Never
                terminationGracePeriodSeconds: 0
                containers:
                - {name: c, image: "busybox:1", command: [/no/such/program]}
                - {name: d, image: "busybox:1", command: [sleep, "1000"]}
                """)
            expectEnd(try place.call("run", path), 1, "", says: "container 'c': ")
            let state = try place.container(of: "p")["state", "terminated"] ?? .null
            #expect(state["reason"]?.string == "StartError")
            #expect(state["message"]?.string?.contains("/no/such/program") == true)
            expectEnd(try place.call("run", path), 1, "", says: "there is a pod 'p'")
            expectEnd(try place.call("run", "--rm", "--replace", path), 1, "", says: "/no/such/program")
            #expect(try place.call("inspect", "p").code == 3)
        }
    }

    @Test("an image that is missing, a misspelt field, no pod, no file, no YAML: said before anything is made")
    func refused() throws {
        try withPods("refused") { place in
            let image = try place.write("p", "containers: [{name: c, image: \"nothere:2\"}]")
            expectEnd(try place.call("run", image), 3, "", says: "nothere:2")
            let misspelt = try place.write("p", "containers:\n- name: c\n  image: busybox:1\n  comand: [x]")
            let outcome = try place.call("run", misspelt)
            expectEnd(outcome, 2, "", says: "spec.containers[0].comand")
            #expect(outcome.errors.contains("'command'") && outcome.errors.contains(":8"), "\(outcome.errors)")
            let later = try place.script(
                "(cat $W/p.yaml; echo ---; echo 'apiVersion: v1'; echo 'kind: Pid') > $W/two.yaml; $H run $O $W/two.yaml || echo $?"
            )
            #expect(later.output == "2\n" && later.errors.contains("kind"), "\(later.errors)")
            expectEnd(try place.call("run", "/nowhere.yaml"), 1, "", says: "/nowhere.yaml")
            #expect(try place.script("printf '' | $H run $O -").code == 2)
            #expect(try place.script("printf 'a: [' | $H run $O -").code == 2)
            #expect(try place.call("ps", "-a", "-A").lines.count == 1)
        }
    }

    @Test("images are the machine's own, whatever the policy of pulling; that Always finds no registry is said")
    func pulling() throws {
        try withPods("pulling") { place in
            func spec(_ policy: String, _ image: String) -> String {
                """
                restartPolicy: Never
                containers: [{name: c, image: "\(image)", imagePullPolicy: \(policy), command: ["true"]}]
                """
            }
            for policy in ["Always", "IfNotPresent", "Never"] {
                let there = try place.call("run", "--rm", "--wait", try place.write("p", spec(policy, "busybox:1")))
                #expect(there.succeeded, "\(policy): \(there.errors)")
                #expect(there.errors.contains("registry") == (policy == "Always"), "\(policy): \(there.errors)")
                let missing = try place.call("run", try place.write("p", spec(policy, "nothere:2")))
                expectEnd(missing, 3, "", says: "nothere:2")
                #expect(missing.errors.contains("hull image load"), "\(policy): \(missing.errors)")
            }
            let other = try place.call("run", try place.write("p", spec("Sometimes", "busybox:1")))
            expectEnd(other, 2, "", says: "spec.containers[0].imagePullPolicy")
        }
    }

    @Test("several files, several documents, a list, JSON, stdin; names and uids that stand for pods")
    func documents() throws {
        try withPods("documents") { place in
            let spec =
                "terminationGracePeriodSeconds: 0\ncontainers: [{name: c, image: \"busybox:1\", command: [sleep, \"1000\"]}]"
            try (place.manifest("a", spec) + "---\n---\n" + place.manifest("b", namespace: "other", spec))
                .write(toFile: place.work + "/two.yaml", atomically: true, encoding: .utf8)
            let json = """
                {"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"g-","uid":"\(place.newUID())"},
                "spec":{"terminationGracePeriodSeconds":0,"containers":[{"name":"c","image":"busybox:1","command":["sleep","1000"]}]}}]}
                """
            try json.write(toFile: place.work + "/list.json", atomically: true, encoding: .utf8)
            let outcome = try place.script("$H run $O $W/two.yaml - < $W/list.json")
            #expect(outcome.succeeded, "\(outcome.errors)")
            let names = outcome.lines
            #expect(
                names.count == 3 && names[0] == "default/a" && names[1] == "other/b" && names[2].hasPrefix("default/g-"),
                "\(names)")
            #expect(try place.call("ps", "-o", "name").lines.sorted() == ["pod/a", "pod/\(names[2].dropFirst(8))"])
            #expect(try place.call("ps", "-A").lines.count == 4)
            #expect(try place.call("inspect", "b").code == 3)
            let uid = try place.uid("other/b")
            for reference in ["other/b", uid, String(uid.dropLast(2))] {
                #expect(try place.document(reference)["metadata", "name"]?.string == "b", "\(reference)")
            }
            // The beginning of all.
            #expect(try place.call("inspect", String(Machine.mark)).code == 3)
            try place.call("rm", "-f", "default/a", "other/b").check("rm")
            #expect(try place.call("ps", "-A").lines.count == 2)
        }
    }

    @Test("--wait returns with the pods, --rm leaves nothing, --replace makes room", arguments: [(0, 0), (3, 1)])
    func wait(code: Int, result: Int) throws {
        try withPods("wait-\(code)") { place in
            let spec =
                "restartPolicy: Never\ncontainers: [{name: c, image: \"busybox:1\", command: [sh, -c, \"echo done; exit \(code)\"]}]"
            let path = try place.write("job", spec)
            #expect(try place.call("run", "--wait", path).code == result)
            #expect(try place.phase("job") == (code == 0 ? "Succeeded" : "Failed"))
            #expect(try place.call("wait", "job").code == result)
            #expect(try place.log("job") == "done\n")
            #expect(try place.call("run", path).code == 1)
            let again = try place.call("run", "--replace", "--wait", try place.write("job", spec))
            #expect(again.code == result, "\(again.errors)")
            #expect(try place.call("run", "--replace", "--wait", "--rm", try place.write("job", spec)).code == result)
            #expect(try place.call("ps", "-a").lines.count == 1)
            #expect(try place.leftovers() == [])
            // By itself, while nobody is there.
            try place.call("run", "--replace", "--rm", try place.write("job", spec)).check("run --rm")
            #expect(eventually { (try? place.call("ps", "-a", "-o", "name").output) == "" })
            #expect(try place.leftovers() == [])
        }
    }
}
