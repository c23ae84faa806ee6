import Foundation
import Testing

/// What containers write, from their pipes to `hull logs`; and `ps` and `inspect`.
@Suite(
    "pods: logs and lists", .serialized, Requirement.root, Requirement.shell, Requirement.keeper, Requirement.rootfs, .leakCheck)
struct PodLogTests {
    @Test("both streams, /dev/stdout, a line without an end, much at once; of another user, too")
    func streams() throws {
        try withPods("streams") { place in
            let count = Machine.isSlow ? 2000 : 50_000
            try place.runPod(
                "p",
                """
                restartPolicy: Never
                securityContext: {runAsUser: 77}
                containers:
                - {name: c, image: "busybox:1", command: [sh, -c, "echo out; echo err >&2; echo dev > /dev/stdout; seq \(count); printf end"]}
                """)
            try place.call("wait", "p").check("wait")
            // Two pipes: what comes by one has an order of its own.
            func lines(tail: Int) throws -> [String] {
                try place.log("p", "c", "--tail", "\(tail)").split(separator: "\n").map(String.init)
            }
            let all = try place.log("p").split(separator: "\n").map(String.init)
            #expect(all.count { $0 == "err" } == 1)
            let (out, expected) = (all.filter { $0 != "err" }, ["out", "dev"] + (1...count).map(String.init) + ["end"])
            #expect(
                out == expected,
                "\(out.count) lines, the first that differs is \(zip(out, expected).first { $0 != $1 } ?? ("", ""))")
            #expect(try lines(tail: 3).filter { $0 != "err" }.suffix(2) == ["\(count)", "end"])
            #expect(try place.log("p", "c", "--timestamps", "--tail", "2").hasPrefix("20"))
        }
    }

    @Test("following ends with the container, and misses nothing")
    func follow() throws {
        try withPods("follow") { place in
            try place.runPod(
                "p",
                """
                restartPolicy: Never
                containers: [{name: c, image: "busybox:1", command: [sh, -c, "for n in 1 2 3 4 5 6; do echo $n; sleep 0.1; done; exit 1"]}]
                """)
            let outcome = try place.call("logs", "-f", "p")
            #expect(outcome.succeeded && outcome.output == "1\n2\n3\n4\n5\n6\n", "\(outcome.errors)")
            expectEnd(try place.call("logs", "p", "-c", "d"), 3, "", says: "no container 'd'")
            expectEnd(try place.call("logs", "p", "--previous"), 3, "", says: "'c'")
        }
    }

    @Test("another program rotates a log: after --reopen what was written is in its file, what comes in a new one")
    func reopening() throws {
        try withPods("reopening") { place in
            try place.runPod(
                "p",
                """
                restartPolicy: Never
                terminationGracePeriodSeconds: 0
                containers:
                - {name: c, image: "busybox:1", command: [sh, -c, "echo before; until [ -e /s/go ]; do usleep 10000; done; echo after"], volumeMounts: [{name: s, mountPath: /s}]}
                - {name: d, image: "busybox:1", command: [sleep, "1000"]}
                volumes: [{name: s, hostPath: {path: "\(place.shared)"}}]
                """)
            let file = "\(place.root)/pods/\(try place.uid("p"))/logs/c/0.log"
            #expect(eventually { fileText(file)?.hasSuffix("F before\n") == true })
            try FileManager.default.moveItem(atPath: file, toPath: file + ".20010101-000000")
            try place.call("logs", "--reopen", "--all-containers", "p").check("reopen")
            #expect(fileText(file) == "")
            #expect(FileManager.default.createFile(atPath: place.shared + "/go", contents: nil))
            #expect(eventually { fileText(file)?.hasSuffix("F after\n") == true })
            #expect(fileText(file + ".20010101-000000")?.hasSuffix("F before\n") == true)
            #expect(try place.log("p") == "before\nafter\n")
            // The keeper of one that has ended has let go of its log.
            #expect(eventually { (try? place.pid(of: "p")) == 0 })
            try place.call("logs", "--reopen", "p", "-c", "c").check("reopen, ended")
        }
    }

    @Test("of several containers one must be named, or all are printed")
    func several() throws {
        try withPods("several") { place in
            try place.runPod(
                "p",
                """
                restartPolicy: Never
                containers:
                - {name: a, image: "busybox:1", command: [echo, one]}
                - {name: b, image: "busybox:1", command: [echo, two]}
                """)
            try place.call("wait", "p").check("wait")
            expectEnd(try place.call("logs", "p"), 2, "", says: "a, b")
            #expect(try place.call("logs", "p", "--all-containers").output == "one\ntwo\n")
            #expect(try place.call("logs", "p", "--all-containers", "--prefix").lines == ["[pod/p/a] one", "[pod/p/b] two"])
        }
    }

    @Test("ps by labels and state, in each format; inspect as JSON and YAML")
    func lists() throws {
        try withPods("lists") { place in
            let idle =
                "terminationGracePeriodSeconds: 0\ncontainers: [{name: c, image: \"busybox:1\", command: [sleep, \"1000\"]}]"
            try place.runPod("web", labels: "{app: web, tier: front}", idle)
            try place.runPod("db", labels: "{app: db}", idle)
            try place.runPod(
                "job", labels: "{app: job}",
                "restartPolicy: Never\ncontainers: [{name: c, image: \"busybox:1\", command: [\"true\"]}]")
            try place.call("wait", "job").check("wait")
            func names(_ arguments: String...) throws -> [String] {
                let outcome = try place.call("ps", "-o", "name", "-l", arguments[0], arguments.count > 1 ? arguments[1] : "-a")
                return outcome.lines.map { String($0.dropFirst(4)) }.sorted()
            }
            #expect(try names("app=web") == ["web"])
            #expect(try names("app in (web,db)") == ["db", "web"])
            #expect(try names("app!=web") == ["db", "job"])
            #expect(try names("!tier") == ["db", "job"])
            #expect(try names("tier") == ["web"])
            #expect(try names("app", "--all=false") == ["db", "web"])
            #expect(try place.call("ps", "-l", "app=(").code == 2)
            #expect(try place.line("job") == ["job", "0/1", "Completed", "0"])
            #expect(try place.call("ps", "-o", "wide").output.contains(place.uid("web")))
            let list = try JSONValue(parsing: try place.call("ps", "-a", "-o", "json").output)
            #expect(list["items"]?.array.count == 3)
            let document = try place.document("web")
            #expect(document["status", "phase"]?.string == "Running")
            #expect(document["metadata", "labels", "tier"]?.string == "front")
            let yaml = try place.call("inspect", "web").output
            #expect(yaml.contains("\n  name: web\n") && yaml.contains("\n  phase: Running\n"), "\(yaml)")
            // What is printed is a manifest again.
            try place.call("rm", "-f", "web").check("rm")
            try yaml.write(toFile: place.work + "/again.yaml", atomically: true, encoding: .utf8)
            let again = try place.call("run", place.work + "/again.yaml")
            #expect(again.succeeded, "\(again.errors)")
        }
    }
}
