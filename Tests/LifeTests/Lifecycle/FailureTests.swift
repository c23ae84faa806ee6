import Foundation
import Testing

/// A configuration that fails, at which step, and what the message must name.
struct Failure: Sendable, CustomTestStringConvertible {
    let name: String
    let words: [String]
    var prepare = ""
    let change: @Sendable (inout JSONValue) -> Void

    var testDescription: String { name }

    init(_ name: String, says words: String..., prepare: String = "", change: @escaping @Sendable (inout JSONValue) -> Void) {
        self.name = name
        self.words = words
        self.prepare = prepare
        self.change = change
    }

    static let all: [Failure] = [
        Failure("mount-source", says: "/mounts/5", "absent", "no such file or directory") {
            $0.bind("/mnt", source: "$WORK/absent")
        },
        Failure("mount-type", says: "/mounts/5", "nosuchfs", "no such device") {
            $0.mount("/mnt", type: "nosuchfs", source: "none")
        },
        Failure("mount-option", says: "/mounts/5", "invalid argument") {
            $0.mount("/mnt", type: "tmpfs", source: "x", options: ["size=nonsense"])
        },
        Failure("mount-on-file", says: "/mounts/5", "/etc/passwd", "not a directory") { $0.bind("/etc/passwd") },
        Failure("program", says: "exec /no/such/program: no such file or directory") {
            $0["process", "args"] = ["/no/such/program"]
        },
        Failure("program-directory", says: "/tmp", "permission denied") { $0["process", "args"] = ["/tmp"] },
        Failure("cwd-file", says: "/process/cwd", "/etc/passwd", "not a directory") { $0["process", "cwd"] = "/etc/passwd" },
        Failure("cwd-relative", says: "/process/cwd") { $0["process", "cwd"] = "tmp" },
        Failure("sysctl-unknown", says: "/linux/sysctl/net.nosuch", "no such file or directory") {
            $0["linux", "sysctl"] = ["net.nosuch": "1"]
        },
        Failure("sysctl-value", says: "/linux/sysctl/net.ipv4.ip_forward", "invalid argument") {
            $0["linux", "sysctl"] = ["net.ipv4.ip_forward": "word"]
        },
        Failure("sysctl-host", says: "/linux/sysctl/kernel.panic") { $0["linux", "sysctl"] = ["kernel.panic": "1"] },
        Failure("namespace-missing", says: "/linux/namespaces", "absent", "no such file or directory") {
            $0.namespace("network", path: "$WORK/absent")
        },
        Failure("namespace-type", says: "/linux/namespaces", "/proc/self/ns/uts") {
            $0.namespace("network", path: "/proc/self/ns/uts")
        },
        Failure("namespace-no-namespace", says: "/linux/namespaces", "file") {
            $0.namespace("network", path: "$WORK/source/file")
        },
        Failure("namespace-duplicate", says: "/linux/namespaces", "pid") {
            $0.append("linux", "namespaces", value: ["type": "pid"])
        },
        Failure("namespace-unknown", says: "/linux/namespaces", "nosuch") {
            $0.append("linux", "namespaces", value: ["type": "nosuch"])
        },
        Failure("hook-fails", says: "error running createRuntime hook #0", "3") { $0.hook("createRuntime", script: "exit 3") },
        Failure("hook-missing", says: "error running prestart hook #0", "/no/such/hook", "no such file or directory") {
            $0.append("hooks", "prestart", value: ["path": "/no/such/hook"])
        },
        Failure("hook-timeout", says: "error running createRuntime hook #0", "1") {
            $0.append("hooks", "createRuntime", value: ["path": "/bin/sleep", "args": ["sleep", "30"], "timeout": 1])
        },
        Failure("hook-in-container", says: "error running startContainer hook #0") {
            $0.hook("startContainer", script: "exit 3")
        },
        Failure("limit-unknown", says: "/process/rlimits/0", "RLIMIT_NOSUCH") {
            $0["process", "rlimits"] = [["type": "RLIMIT_NOSUCH", "soft": 1, "hard": 1]]
        },
        Failure("limit-order", says: "/process/rlimits/0") {
            $0["process", "rlimits"] = [["type": "RLIMIT_NOFILE", "soft": 9, "hard": 3]]
        },
        Failure("limit-duplicate", says: "/process/rlimits/1") {
            $0["process", "rlimits"] = [
                ["type": "RLIMIT_CORE", "soft": 0, "hard": 0], ["type": "RLIMIT_CORE", "soft": 0, "hard": 0],
            ]
        },
        Failure("seccomp-action", says: "/linux/seccomp/syscalls/0", "SCMP_ACT_NOSUCH") {
            $0.seccomp(rules: [["names": ["sysinfo"], "action": "SCMP_ACT_NOSUCH"]])
        },
        Failure("device-occupied", says: "/linux/devices/0", "/etc/passwd") {
            $0["linux", "devices"] = [["path": "/etc/passwd", "type": "c", "major": 1, "minor": 3]]
        },
        Failure("device-type", says: "/linux/devices/0", "type") {
            $0["linux", "devices"] = [["path": "/dev/x", "type": "z", "major": 1, "minor": 3]]
        },
        Failure("user-unmapped", says: "/process/user") {
            $0.userNamespace(host: 0)
            $0["process", "user"] = ["uid": 70000, "gid": 0]
        },
        Failure("maps-without-namespace", says: "/linux/uidMappings") {
            $0["linux", "uidMappings"] = [["containerID": 0, "hostID": 0, "size": 10]]
        },
        Failure("root-missing", says: "/root/path", "no such file or directory") { $0["root", "path"] = "absent" },
        Failure("hostname-too-long", says: "/hostname") { $0["hostname"] = .string(String(repeating: "h", count: 65)) },
        Failure("hostname-of-host", says: "/hostname") { $0.removeNamespace("uts") },
        Failure("cgroup-escape", says: "/linux/cgroupsPath", "..") { $0["linux", "cgroupsPath"] = "/../$ID" },
        Failure("oom-out-of-range", says: "/process/oomScoreAdj") { $0["process", "oomScoreAdj"] = 2000 },
        Failure("wrong-type", says: "/process/cwd", "string") { $0["process", "cwd"] = 3 },
        Failure("terminal-detached", says: "console-socket") { $0["process", "terminal"] = true },
        Failure("masked-relative", says: "/linux/maskedPaths/0") { $0["linux", "maskedPaths"] = ["relative"] },
    ]
}

extension Failure {
    /// A slow kernel takes a part: most have nothing to do with the kind of cgroups.
    static let selected =
        Machine.isSlow
        ? all.enumerated().filter { $0.offset % 3 == 0 || $0.element.name.contains("cgroup") }.map(\.element) : all
}

@Suite("failures", Requirement.root, Requirement.rootfs, Requirement.subject, .leakCheck)
struct FailureTests {
    /// run -d goes through every step; whatever fails, the container is gone afterwards.
    @Test("a failing step is named, and leaves nothing behind", arguments: Failure.selected)
    func fails(failure: Failure) throws {
        let container = try Container("failure-" + failure.name, change: failure.change)
        defer { container.end() }
        let outcome = try container.script("exec $RT run -d $ID")
        #expect(outcome.code == 1, "\(outcome.errors)")
        #expect(!outcome.timedOut)
        if !container.runtime.isPeer {
            for word in failure.words { #expect(outcome.errors.contains(word), "'\(word)' is not in: \(outcome.errors)") }
            #expect(outcome.errors.split(separator: "\n").count <= 2, "one line and at most one hint: \(outcome.errors)")
        }
        #expect(Leaks.of(container.bundle, runtime: container.runtime) == [], "\(outcome.errors)")
        #expect(container.state == nil)
    }

    @Test(
        "a configuration that is not JSON is refused with its line",
        arguments: ["{", "[]", "{\"process\": }", "", "{\"a\": 1, \"a\": 2}"])
    func badJSON(text: String) throws {
        let container = try Container("bad-json")
        defer { container.end() }
        try Data(text.utf8).write(to: URL(fileURLWithPath: container.bundle.path + "/config.json"))
        let outcome = try container.call("create", "ID")
        #expect(outcome.code == 1 && outcome.errors.contains("config.json"), "\(outcome.errors)")
    }

    @Test("a failing poststop hook is a warning, and the rest of the hooks run")
    func poststop() throws {
        try withContainer(
            "poststop",
            change: {
                $0["process", "args"] = ["true"]
                $0.hook("poststop", script: "exit 3")
                $0.hook("poststop", script: "echo ran >$WORK/second")
            },
            body: { container in
                try #expect(container.call("run", "ID").code == 0)
                if container.runtime.name != "runc" { #expect(fileText(container.bundle.work + "/second") == "ran\n") }
            })
    }
}
