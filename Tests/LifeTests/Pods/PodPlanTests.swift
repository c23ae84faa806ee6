import Foundation
import Glibc
import Testing

/// What `plan` says is what a run does.
@Suite("pods: plan", .serialized, Requirement.root, Requirement.shell, Requirement.keeper, Requirement.rootfs, .leakCheck)
struct PodPlanTests {
    private static let spec = """
        terminationGracePeriodSeconds: 0
        volumes: [{name: v, emptyDir: {}}, {name: m, emptyDir: {medium: Memory}}]
        containers:
        - {name: c, image: "busybox:1", command: [sleep, "1000"], volumeMounts: [{name: v, mountPath: /v}, {name: m, mountPath: /m/n, readOnly: true}]}
        """

    @Test("changes nothing; the same words twice are the same plan; a run is held to it")
    func digest() throws {
        try withPods("plan") { place in
            let path = try place.write("p", Self.spec + "\ntolerations: [{key: x}]")
            func traces() throws -> [String] {
                try LifeTests.run(["find", place.root, place.runRoot, "-printf", "%p %s %T@\n"]).lines.sorted()
                    + Leaks.cgroups(named: place.podMark)
            }
            // The first look may make what any look makes.
            let digest = try place.call("plan", "-q", path).output.trimmingCharacters(in: .newlines)
            let before = try traces()
            let text = try place.call("plan", path)
            #expect(text.output.hasSuffix("\ndigest  \(digest)\n"), "\(text.output.suffix(100)) \(text.errors)")
            #expect(text.output.contains("without effect on one machine: spec.tolerations"))
            let json = try JSONValue(parsing: try place.call("plan", "-o", "json", path).output)
            #expect(json["digest"]?.string == digest)
            #expect(try traces() == before)
            // Another program is another plan.
            let other = Self.spec.replacingOccurrences(of: "1000", with: "999") + "\ntolerations: [{key: x}]"
            let manifest = try String(contentsOfFile: path, encoding: .utf8)
            try manifest.replacingOccurrences(of: "1000", with: "999").write(toFile: path, atomically: true, encoding: .utf8)
            #expect(!other.isEmpty)
            expectEnd(try place.call("run", "--plan", digest, path), 1, "", says: "the plan is not \(digest) any more")
            #expect(try place.call("ps", "-a").lines.count == 1)
            try manifest.write(toFile: path, atomically: true, encoding: .utf8)
            try place.call("run", "--plan", digest, path).check("run --plan")
            #expect(try place.pid(of: "p") > 0)
        }
    }

    @Test("what is refused by a run is refused by its plan")
    func refused() throws {
        try withPods("plan-refused") { place in
            let image = try place.write("p", "containers: [{name: c, image: \"nothere:2\"}]")
            expectEnd(try place.call("plan", image), 3, "", says: "nothere:2")
            let root = try place.write(
                "q", "securityContext: {runAsNonRoot: true}\ncontainers: [{name: c, image: \"busybox:1\", command: [x]}]")
            expectEnd(try place.call("plan", root), 2, "", says: "runAsNonRoot")
        }
    }

    @Test("capabilities behind the execve: as root and as another, with and without new privileges")
    func capabilities() throws {
        try withPods("plan-capabilities") { place in
            let contexts = [
                "{}", "{allowPrivilegeEscalation: false}", "{runAsUser: 1000}",
                "{runAsUser: 1000, allowPrivilegeEscalation: false, capabilities: {add: [NET_ADMIN], drop: [ALL]}}",
                "{capabilities: {drop: [ALL], add: [CHOWN]}, allowPrivilegeEscalation: false}",
            ]
            let containers = contexts.enumerated().map { index, context in
                "- {name: c\(index), image: \"busybox:1\", command: [sleep, \"1000\"], securityContext: \(context)}"
            }
            let path = try place.write(
                "p", "terminationGracePeriodSeconds: 0\ncontainers:\n" + containers.joined(separator: "\n"))
            let plan = try JSONValue(parsing: try place.call("plan", "-o", "json", path).output)
            try place.call("run", path).check("run")
            for container in plan["pods"]?.array.first?["containers"]?.array ?? [] {
                let name = container["name"]?.string ?? ""
                let step = container["steps"]?.array.last ?? .null
                #expect(step["act"]?.string == "capabilities" && step["object"]?.string == "after execve")
                let status = fileText("/proc/\(try place.pid(name, of: "p"))/status") ?? ""
                for (key, line) in [
                    ("bounding", "CapBnd"), ("effective", "CapEff"), ("inheritable", "CapInh"), ("permitted", "CapPrm"),
                    ("ambient", "CapAmb"),
                ] {
                    let planned = (step[key]?.array ?? []).compactMap { $0.string }
                    let hex = status.split(separator: "\n").first { $0.hasPrefix(line) }?.split(separator: "\t").last ?? ""
                    #expect(planned.count == UInt64(hex, radix: 16)?.nonzeroBitCount, "\(name) \(key): \(planned), \(hex)")
                }
            }
            #expect(plan["pods"]?.array.first?["containers"]?.array.count == contexts.count)
        }
    }

    @Test("namespaces and mounts of a container's start, as strace sees them", Requirement.strace)
    func traced() throws {
        try withPods("plan-traced") { place in
            let path = try place.write(
                "p",
                Self.spec
                    + """

                    initContainers:
                    - name: gate
                      image: busybox:1
                      command: [sh, -c, "until test -e /shared/open; do sleep 0.05; done"]
                      volumeMounts: [{name: shared, mountPath: /shared}]
                    """.replacingOccurrences(of: "\n                    ", with: "\n")
            )
            let manifest = try String(contentsOfFile: path, encoding: .utf8).replacingOccurrences(
                of: "volumes: [", with: "volumes: [{name: shared, hostPath: {path: \"\(place.shared)\"}}, ")
            try manifest.write(toFile: path, atomically: true, encoding: .utf8)
            let plan = try JSONValue(parsing: try place.call("plan", "-o", "json", path).output)
            let planned = PlannedStart(plan["pods"]?.array.first?["containers"]?.array.last ?? .null)
            let command = try place.starting("run", path)
            #expect(eventually { (try? place.pid("gate", of: "p")) ?? 0 > 0 })
            let trace = place.work + "/trace"
            let gate = try place.pid("gate", of: "p")
            let keeper = try place.keeper("p")
            let ours = [keeper] + children(of: keeper).filter { $0 != gate }
            let strace = try start(
                ["strace", "-f", "-qq", "-s", "300", "-o", trace, "-e", "trace=\(TracedStart.calls)"]
                    + ours.flatMap { ["-p", "\($0)"] })
            defer {
                strace.kill(SIGINT)
                _ = strace.wait()
            }
            #expect(eventually { isTraced(keeper) })
            try "".write(toFile: place.shared + "/open", atomically: false, encoding: .utf8)
            #expect(command.wait().succeeded)
            strace.kill(SIGINT)
            let seen = TracedStart(fileText(trace) ?? "")
            #expect(planned.mounts.count > 8 && seen.mounts == planned.mounts, "\(seen.mounts.joined(separator: "|"))")
            #expect(seen.made == planned.made, "made")
            #expect(seen.joined == planned.joined, "joined")
        }
    }

    private func children(of pid: Int32) -> [Int32] {
        (fileText("/proc/\(pid)/task/\(pid)/children") ?? "").split(separator: " ").compactMap { Int32($0) }
    }

    private func isTraced(_ pid: Int32) -> Bool {
        (fileText("/proc/\(pid)/status") ?? "").split(separator: "\n").contains {
            $0.hasPrefix("TracerPid:") && !$0.hasSuffix("\t0")
        }
    }
}

extension Requirement {
    static let strace = ConditionTrait.enabled("strace is not installed") { Machine.exists("/usr/bin/strace") }
}

/// What a plan says of a container's namespaces and mounts.
private struct PlannedStart {
    /// What is mounted, in its order: the type of a file system with its attributes, or what is bound.
    var mounts: [String] = []
    var made: Set<String> = []
    var joined: Set<String> = []

    init(_ container: JSONValue) {
        for step in container["steps"]?.array ?? [] {
            let object = step["object"]?.string ?? ""
            switch step["act"]?.string {
            case "clone", "unshare": made.formUnion(object.split(separator: ",").map(String.init))
            case "join": joined.insert(object)
            case "bind root": mounts.append("bind root")
            case "mount":
                // The root is the worker's, before.
                guard object.hasPrefix("/"), step["image"] == nil else { continue }
                if let source = step["bind"]?.string {
                    mounts.append("bind \(source)")
                } else {
                    let flags = (step["flags"]?.array ?? []).compactMap { $0.string }
                    mounts.append("\(step["type"]?.string ?? "") \(flags.sorted().joined(separator: ","))")
                }
            default: continue
            }
        }
    }
}

/// The same, as strace has written it.
private struct TracedStart {
    static let calls = "clone,clone3,unshare,setns,fsopen,fsmount,open_tree,pivot_root"
    var mounts: [String] = []
    var made: Set<String> = []
    var joined: Set<String> = []

    init(_ text: String) {
        let lines = text.split(separator: "\n").map { line in
            let parts = line.split(separator: " ", maxSplits: 1)
            return (pid: String(parts[0]), call: parts.count > 1 ? parts[1].drop { $0 == " " } : "")
        }
        // The container's process is the one that changes its root; there was none of that number before.
        let pid = lines.first { $0.call.hasPrefix("pivot_root") }?.pid
        var type = ""
        for (owner, call) in lines {
            for kind in Self.kinds(in: call) {
                if call.hasPrefix("setns"), owner == pid { joined.insert(kind) }
                if call.hasPrefix("clone") || call.hasPrefix("unshare") && owner == pid { made.insert(kind) }
            }
            guard owner == pid else { continue }
            if call.hasPrefix("pivot_root") { break }
            if call.hasPrefix("fsopen(") { type = Self.quoted(call) }
            if call.hasPrefix("fsmount(") { mounts.append("\(type) \(Self.attributes(call).joined(separator: ","))") }
            if call.hasPrefix("open_tree(AT_FDCWD"), call.contains("OPEN_TREE_CLONE") {
                mounts.append("bind \(Self.quoted(call))")
            } else if call.hasPrefix("open_tree("), call.contains("OPEN_TREE_CLONE") {
                // The root, of which a handle is there already.
                mounts.append("bind root")
            }
        }
    }

    private static func quoted(_ call: Substring) -> String {
        let parts = call.split(separator: "\"", omittingEmptySubsequences: false)
        return parts.count > 1 ? String(parts[1]) : ""
    }

    private static func kinds(in call: Substring) -> [String] {
        let names = [
            "CLONE_NEWNS": "mnt", "CLONE_NEWPID": "pid", "CLONE_NEWNET": "net", "CLONE_NEWUTS": "uts", "CLONE_NEWIPC": "ipc",
            "CLONE_NEWCGROUP": "cgroup", "CLONE_NEWUSER": "user",
        ]
        return call.split { !($0.isLetter || $0 == "_") }.compactMap { names[String($0)] }
    }

    private static func attributes(_ call: Substring) -> [String] {
        let names = [
            "MOUNT_ATTR_RDONLY": "ro", "MOUNT_ATTR_NOSUID": "nosuid", "MOUNT_ATTR_NODEV": "nodev", "MOUNT_ATTR_NOEXEC": "noexec",
            "MOUNT_ATTR_STRICTATIME": "strictatime", "MOUNT_ATTR_NOATIME": "noatime",
        ]
        return call.split { !($0.isLetter || $0 == "_") }.compactMap { names[String($0)] }.sorted()
    }
}
