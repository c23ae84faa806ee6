import Foundation
import Testing

@Suite("life cycle", Requirement.root, Requirement.rootfs, Requirement.subject, .leakCheck)
struct LifecycleTests {
    @Test("create, start, kill, delete move through the specified statuses")
    func statuses() throws {
        try withContainer("statuses") { container in
            #expect(container.state == nil)
            try container.call("create", "ID").check("create")
            #expect(container.status == "created")
            let pid = container.pid
            #expect(pid > 1 && Machine.exists("/proc/\(pid)"))
            try container.call("start", "ID").check("start")
            #expect(container.status == "running")
            #expect(container.pid == pid, "start made another process")
            try container.call("kill", "ID", "KILL").check("kill")
            #expect(eventually { container.status == "stopped" })
            #expect(container.pid == 0)
            try container.call("delete", "ID").check("delete")
            #expect(container.state == nil)
        }
    }

    @Test("a created container's program has not run, and a deleted one leaves room for its id")
    func createdDoesNotRun() throws {
        try withContainer("created") { container in
            for _ in 1...2 {
                try container.call("create", "ID").check("create")
                #expect(fileText("/proc/\(container.pid)/cmdline")?.contains("sleep\u{0}1000") != true)
                try container.call("delete", "ID").check("delete of a created container")
                #expect(container.state == nil)
            }
        }
    }

    @Test("state has the specified members")
    func stateMembers() throws {
        try withContainer(
            "state-members", change: { $0["annotations"] = ["org.example.one": "1", "empty": ""] },
            body: { container in
                try container.call("run", "-d", "ID").check("run -d")
                let state = try #require(container.state)
                #expect(state["ociVersion"]?.string?.hasPrefix("1.") == true)
                #expect(state["id"]?.string == container.id)
                #expect(state["bundle"]?.string == container.bundle.path)
                #expect(state["rootfs"]?.string == container.bundle.path + "/rootfs")
                #expect(state["annotations"] == ["org.example.one": "1", "empty": ""])
                if !container.runtime.isPeer { #expect(state["owner"]?.string == "root") }
                let created = state["created"]?.string ?? ""
                let seconds = created.prefix(19) + "Z"
                let date = try #require(ISO8601DateFormatter().date(from: String(seconds)), "created is '\(created)'")
                #expect(abs(date.timeIntervalSinceNow) < 60)
            })
    }

    @Test("the pid file holds the pid of state and nothing else, relative to the caller's directory")
    func pidFile() throws {
        try withContainer("pid-file") { container in
            try container.call("create", "--pid-file", "the-pid", "ID").check("create")
            #expect(fileText(container.bundle.path + "/the-pid") == String(container.pid))
        }
    }

    @Test("a container that is killed from outside reads stopped at once")
    func killedFromOutside() throws {
        try withContainer("outside-kill") { container in
            try container.call("run", "-d", "ID").check("run -d")
            kill(container.pid, SIGKILL)
            #expect(eventually { container.status == "stopped" })
            #expect(container.pid == 0)
        }
    }

    @Test("run returns the exit code and removes the container; --keep keeps it")
    func runRemoves() throws {
        try withContainer(
            "run-removes", change: { $0["process", "args"] = ["sh", "-c", "exit 7"] },
            body: { container in
                try #expect(container.call("run", "ID").code == 7)
                #expect(container.state == nil)
                #expect(Leaks.of(container.bundle, runtime: container.runtime) == [])
                if container.runtime.name == "crun" { return }
                try #expect(container.call("run", "--keep", "ID").code == 7)
                #expect(container.status == "stopped")
            })
    }

    @Test("a cgroup mount leaves the host's alone", arguments: ["its own", "the host's"])
    func cgroupMount(namespace: String) throws {
        let before = Leaks.cgroupMounts
        try withContainer(
            "cgroup-mount",
            change: {
                $0.mount("/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: ["nosuid", "noexec", "nodev", "ro"])
                if namespace == "the host's" { $0.removeNamespace("cgroup") }
                $0["process", "args"] = ["ls", "/sys/fs/cgroup"]
            },
            body: { container in
                let outcome = try container.call("run", "ID")
                #expect(outcome.succeeded && !outcome.output.isEmpty, "\(outcome.errors)")
                if !container.runtime.isPeer { #expect(Leaks.cgroupMounts == before) }
            })
    }

    @Test("run forwards signals to the container", arguments: [("TERM", Int32(15)), ("USR1", 10)])
    func forwardsSignals(name: String, number: Int32) throws {
        let program: JSONValue = ["sh", "-c", .string("trap 'exit 33' \(name); touch /ready; while :; do sleep 0.05; done")]
        try withContainer(
            "forwards-\(name)", change: { $0["process", "args"] = program },
            body: { container in
                let running = try container.starting("run", "ID")
                #expect(eventually { Machine.exists(container.bundle.path + "/rootfs/ready") })
                running.kill(number)
                #expect(running.wait().code == 33)
            })
    }

    @Test("kill understands names and numbers", arguments: ["KILL", "SIGKILL", "9", "kill", "SIGRTMIN+30"])
    func killNames(signal: String) throws {
        try withContainer("kill-\(signal.lowercased())") { container in
            if container.runtime.isPeer, ["kill", "SIGRTMIN+30"].contains(signal) { return }
            try container.call("run", "-d", "ID").check("run -d")
            try container.call("kill", "ID", "0").check("kill 0")
            try container.call("kill", "ID", signal).check("kill \(signal)")
            if signal != "SIGRTMIN+30" { #expect(eventually { container.status == "stopped" }) }
        }
    }

    @Test("a name that is no signal changes nothing", arguments: ["NOSUCH", "65", "-1", "SIGSIGKILL"])
    func badSignals(signal: String) throws {
        try withContainer("bad-signal") { container in
            try container.call("run", "-d", "ID").check("run -d")
            try #expect(container.call("kill", "ID", signal).code != 0)
            #expect(container.status == "running")
        }
    }

    @Test("kill reaches a created container, and --all all of its processes")
    func killAll() throws {
        try withContainer(
            "kill-all", change: { $0.removeNamespace("pid") },
            body: { container in
                try container.call("run", "-d", "ID").check("run -d")
                try container.call("exec", "-d", "ID", "sleep", "1001").check("exec -d")
                #expect(eventually { Leaks.processes(named: container.id).count >= 2 })
                try container.call("kill", "--all", "ID", "KILL").check("kill --all")
                #expect(eventually { Leaks.processes(named: container.id).isEmpty })
            })
    }

    @Test("delete -f ends every process of a container without a PID namespace")
    func deleteKillsAll() throws {
        try withContainer(
            "delete-all", change: { $0.removeNamespace("pid") },
            body: { container in
                try container.call("run", "-d", "ID").check("run -d")
                try container.call("exec", "-d", "ID", "sleep", "1001").check("exec -d")
                #expect(eventually { Leaks.processes(named: container.id).count >= 2 })
            })
    }
}
