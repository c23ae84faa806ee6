import Foundation
import Testing

/// How containers end, what is recorded of it, and what follows.
@Suite(
    "pods: ends and restarts", .serialized, Requirement.root, Requirement.shell, Requirement.keeper, Requirement.rootfs,
    .leakCheck)
struct PodRestartTests {
    /// A worker that had started a container of the old sandbox took its mount namespace for that of the new one.
    @Test("hull restart of several containers: all of them are in the new sandbox, again and again")
    func severalContainers() throws {
        try withPods("restart-several") { place in
            let containers = ["a", "b", "c"]
            try place.runPod(
                "p",
                "terminationGracePeriodSeconds: 0\ncontainers:\n"
                    + containers.map { "- {name: \($0), image: \"busybox:1\", command: [sleep, \"1000\"]}\n" }.joined())
            for _ in 0..<4 {
                let restarted = try place.call("restart", "p")
                #expect(restarted.succeeded, "\(restarted.errors)")
                #expect(try place.line("p").prefix(3) == ["p", "3/3", "Running"])
                let namespaces = try containers.map { name in
                    try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(place.pid(name, of: "p"))/ns/ipc")
                }
                #expect(Set(namespaces).count == 1)
                for name in containers { #expect(try place.call("exec", "p", "-c", name, "--", "true").succeeded) }
            }
        }
    }

    @Test("code, signal and time are recorded; the pod succeeds where all did")
    func ends() throws {
        try withPods("ends") { place in
            let path = try place.write(
                "p",
                """
                restartPolicy: Never
                containers:
                - {name: good, image: "busybox:1", command: ["true"]}
                - {name: bad, image: "busybox:1", command: [sh, -c, "exit 42"]}
                - {name: ill, image: "busybox:1", command: [sh, -c, "sleep 1000 & wait"]}
                """)
            try place.call("run", path).check("run")
            #expect(eventually { (try? place.pid("ill", of: "p")) ?? 0 > 0 })
            #expect(try place.line("p").last == "0")
            // Not the init's own signal: only those it handles reach the first process of a namespace.
            try place.script("kill -KILL \(place.pid("ill", of: "p"))").check("kill")
            #expect(try place.call("wait", "p").code == 1)
            #expect(try place.phase("p") == "Failed")
            func state(_ name: String) throws -> JSONValue { try place.container(name, of: "p")["state", "terminated"] ?? .null }
            let (good, bad, ill) = (try state("good"), try state("bad"), try state("ill"))
            #expect(good["exitCode"]?.integer == 0 && good["reason"]?.string == "Completed")
            #expect(bad["exitCode"]?.integer == 42 && bad["reason"]?.string == "Error")
            #expect(ill["exitCode"]?.integer == 137 && ill["signal"]?.integer == 9)
            for state in [good, bad, ill] {
                let (start, end) = (state["startedAt"]?.string ?? "z", state["finishedAt"]?.string ?? "")
                #expect(start < end)
            }
        }
    }

    @Test("one that takes more memory than its limit", Requirement.memory)
    func memory() throws {
        try withPods("memory-limit") { place in
            let outcome = try place.call(
                "run", "--wait",
                try place.write(
                    "p",
                    """
                    restartPolicy: Never
                    containers:
                    - name: c
                      image: busybox:1
                      resources: {limits: {memory: 16Mi}}
                      command: [sh, -c, "x=$(head -c 60000000 /dev/zero | tr '\\\\0' x); echo survived"]
                    """))
            #expect(outcome.code == 1, "\(outcome.errors)")
            #expect(try place.container(of: "p")["state", "terminated", "reason"]?.string == "OOMKilled")
            #expect(try place.line("p").dropFirst(2).first == "OOMKilled")
        }
    }

    @Test("Always: restarted at once, then later and later; the count, the reason, the log before")
    func always() throws {
        try withPods("always") { place in
            try place.runPod(
                "p",
                """
                terminationGracePeriodSeconds: 0
                containers: [{name: c, image: "busybox:1", command: [sh, -c, "echo again; exit 3"]}]
                """)
            #expect(eventually { (try? place.line("p")) == ["p", "0/1", "CrashLoopBackOff", "2"] })
            let status = try place.container(of: "p")
            #expect(status["restartCount"]?.integer == 2)
            #expect(status["lastState", "terminated", "exitCode"]?.integer == 3)
            #expect(status["state", "waiting", "message"]?.string?.contains("back-off 10s") == true)
            #expect(try place.log("p") == "again\n")
            #expect(try place.log("p", "c", "--previous") == "again\n")
        }
    }

    @Test("OnFailure: until it succeeds")
    func onFailure() throws {
        try withPods("on-failure") { place in
            let outcome = try place.call(
                "run", "--wait",
                try place.write(
                    "p",
                    """
                    restartPolicy: OnFailure
                    volumes: [{name: v, emptyDir: {}}]
                    containers:
                    - name: c
                      image: busybox:1
                      command: [sh, -c, "test -e /v/tried && exit 0; touch /v/tried; exit 1"]
                      volumeMounts: [{name: v, mountPath: /v}]
                    """))
            #expect(outcome.succeeded, "\(outcome.errors)")
            #expect(try place.phase("p") == "Succeeded")
            let status = try place.container(of: "p")
            #expect(status["restartCount"]?.integer == 1)
            #expect(status["lastState", "terminated", "exitCode"]?.integer == 1)
            #expect(status["state", "terminated", "exitCode"]?.integer == 0)
        }
    }

    @Test("the termination message, of a file that the manifest names, and not more of it than is anybody's business")
    func message() throws {
        try withPods("message") { place in
            let outcome = try place.call(
                "run", "--wait",
                try place.write(
                    "p",
                    """
                    restartPolicy: Never
                    containers:
                    - {name: usual, image: "busybox:1", securityContext: {runAsUser: 55}, command: [sh, -c, "printf 'because of x' > /dev/termination-log; exit 1"]}
                    - {name: named, image: "busybox:1", terminationMessagePath: /tmp/why, command: [sh, -c, "head -c 9000 /dev/zero | tr '\\\\0' y > /tmp/why"]}
                    - {name: told, image: "busybox:1", terminationMessagePolicy: FallbackToLogsOnError, command: [sh, -c, "echo because of y; exit 1"]}
                    - {name: well, image: "busybox:1", terminationMessagePolicy: FallbackToLogsOnError, command: [sh, -c, "echo all is well"]}
                    - {name: mute, image: "busybox:1", terminationMessagePolicy: File, command: [sh, -c, "echo nobody reads this; exit 1"]}
                    """))
            #expect(outcome.code == 1, "\(outcome.errors)")
            func message(_ container: String) throws -> String? {
                try place.container(container, of: "p")["state", "terminated", "message"]?.string
            }
            let said = try ["usual", "told", "well", "mute"].map(message)
            #expect(said == ["because of x", "because of y\n", nil, nil])
            #expect(try message("named") == String(repeating: "y", count: 4096))
        }
    }
}
