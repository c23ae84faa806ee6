import Foundation
import Testing

/// What pods and containers may use, seen from inside and in the kernel's files of cgroups.
@Suite(
    "pods: resources", .serialized, Requirement.root, Requirement.shell, Requirement.keeper, Requirement.rootfs,
    Requirement.memory, .leakCheck)
struct PodResourceTests {
    /// Files of the pod's cgroup, or of its container's first attempt: what v1 and v2 say, in one form.
    private struct Limits: Equatable {
        var cores: Double?
        var memory: Int?

        init(_ place: PodPlace, _ pod: String, container: Int64? = nil) throws {
            let uid = try place.uid(pod)
            let below = container.map { "/\(uid).c.\($0)" } ?? ""
            func text(_ controller: String, _ file: String) -> String? {
                let top = Machine.hasUnifiedCgroups ? "/sys/fs/cgroup" : "/sys/fs/cgroup/\(controller)"
                return fileText("\(top)/hull/pods/\(uid)\(below)/\(file)")?.trimmingCharacters(in: .whitespacesAndNewlines)
            }
            if Machine.hasUnifiedCgroups {
                let words = (text("cpu", "cpu.max") ?? "max 1").split(separator: " ")
                cores = Double(words[0]).map { $0 / 100_000 }
                memory = text("memory", "memory.max").flatMap { Int($0) }
            } else {
                cores = text("cpu", "cpu.cfs_quota_us").flatMap(Double.init).flatMap { $0 < 0 ? nil : $0 / 100_000 }
                memory = text("memory", "memory.limit_in_bytes").flatMap { Int($0) }.flatMap { $0 > 1 << 50 ? nil : $0 }
            }
        }

        init(cores: Double?, memory: Int?) {
            self.cores = cores
            self.memory = memory
        }
    }

    private let spec = """
        terminationGracePeriodSeconds: 0
        containers:
        - name: c
          image: busybox:1
          command: [sh, -c, "head -c 24000000 /dev/zero > /dev/shm/x; echo full; exec sleep 600"]
          resources: {limits: {cpu: 500m, memory: 64Mi}, requests: {cpu: 250m, memory: 16Mi}}
          resizePolicy: [{resourceName: cpu, restartPolicy: NotRequired}, {resourceName: memory, restartPolicy: NotRequired}]
        """

    @Test("resize: live, before and after, all or nothing; limits are cleared again; a restart keeps what was changed")
    func resize() throws {
        try withPods("resize") { place in
            try place.runPod("p", spec)
            #expect(eventually { (try? place.log("p")) == "full\n" })
            let pid = try place.pid(of: "p")
            #expect(try Limits(place, "p", container: 0) == Limits(cores: 0.5, memory: 64 << 20))
            let grown = try place.call("resize", "p", "--cpu", "2", "--memory", "128Mi")
            #expect(
                grown.lines.map { $0.split(separator: " ").joined(separator: " ") } == [
                    "NAME RESOURCE REQUEST LIMIT", "c cpu 250m 500m -> 2", "c memory 16Mi 64Mi -> 128Mi",
                ], "\(grown.errors)")
            #expect(try Limits(place, "p", container: 0) == Limits(cores: 2, memory: 128 << 20))
            // 24 MB lie in /dev/shm, which no reclaim takes back where there is no swap: the cpu stays as it was, too.
            let little = try place.call("resize", "p", "--cpu", "1", "--limits", "memory=16Mi")
            #expect(little.code == 1 && little.errors.contains("in use"), "\(little.errors)")
            #expect(try Limits(place, "p", container: 0) == Limits(cores: 2, memory: 128 << 20))
            #expect(try place.phase("p") == "Running")
            #expect(try place.container(of: "p")["resources", "limits", "cpu"]?.string == "2")
            try place.call("resize", "p", "-c", "c", "--limits", "cpu=none,memory=none").check("resize")
            #expect(try Limits(place, "p", container: 0) == Limits(cores: nil, memory: nil))
            try place.call("resize", "p", "--memory", "96Mi").check("resize")
            // As its resizePolicy wants it.
            #expect(try place.pid(of: "p") == pid)
            let restarting = spec.replacing(
                "{resourceName: memory, restartPolicy: NotRequired}",
                with: "{resourceName: memory, restartPolicy: RestartContainer}")
            let policy = try place.call("run", try place.write("q", restarting))
            #expect(policy.code == 2 && policy.errors.contains("resizePolicy[1].restartPolicy"), "\(policy.errors)")
            try place.call("restart", "p").check("restart")
            let attempt = Int64(try place.container(of: "p")["containerID"]?.string?.split(separator: ".").last ?? "") ?? -1
            #expect(try Limits(place, "p", container: attempt) == Limits(cores: nil, memory: 96 << 20))
            for (words, message) in [
                (["p", "--requests", "memory=1Gi"], "is above the limit"), (["p", "-c", "d", "--cpu", "1"], "no container 'd'"),
                (["p", "--pod", "--memory", "32Mi"], "is above the pod's"),
            ] {
                let refused = try place.starting(words: ["resize"] + words).wait()
                #expect(refused.code > 1 && refused.errors.contains(message), "\(refused.errors)")
            }
            try place.call("rm", "-f", "p").check("rm")
            #expect(try place.call("journal", "range", "--keys-only", "/resources/").lines == [])
        }
    }

    @Test("resources of a whole pod are its cgroup's, and who asks for more has more weight than another pod")
    func whole() throws {
        try withPods("whole") { place in
            try place.runPod("p", "resources: {limits: {cpu: 1, memory: 200Mi}, requests: {cpu: 600m}}\n" + spec)
            #expect(try Limits(place, "p") == Limits(cores: 1, memory: 200 << 20))
            try place.call("resize", "p", "--pod", "--cpu", "1500m", "--memory", "none").check("resize")
            #expect(try Limits(place, "p") == Limits(cores: 1.5, memory: nil))
            #expect(try place.document("p")["status", "qosClass"]?.string == "Burstable")
            try place.runPod(
                "q", "terminationGracePeriodSeconds: 0\ncontainers: [{name: c, image: \"busybox:1\", command: [sleep, \"600\"]}]")
            func weight(_ pod: String) throws -> Int {
                let path = Machine.hasUnifiedCgroups ? "/sys/fs/cgroup/hull/pods/" : "/sys/fs/cgroup/cpu/hull/pods/"
                let file = Machine.hasUnifiedCgroups ? "/cpu.weight" : "/cpu.shares"
                return Int(fileText(path + (try place.uid(pod)) + file)?.trimmingCharacters(in: .whitespacesAndNewlines) ?? "")
                    ?? 0
            }
            let weights = (try weight("p"), try weight("q"))
            #expect(weights.0 > 20 * weights.1 && weights.1 > 0, "\(weights)")
            if !Machine.hasUnifiedCgroups { #expect(weights == (614, 2)) }
        }
    }

    @Test("annotations: limits of files, processes and /dev/shm, and a volume from which nothing is executed")
    func annotations() throws {
        try withPods("annotations") { place in
            let path = try place.write(
                "p",
                """
                restartPolicy: Never
                volumes: [{name: e, emptyDir: {}}, {name: m, emptyDir: {medium: Memory}}]
                containers:
                - name: c
                  image: busybox:1
                  command: [sh, -c, "ulimit -n; ulimit -H -n; df -k /dev/shm | awk 'END {print $2}'; for v in e m; do cp /bin/busybox /$v/true; /$v/true || echo no; done; cat /sys/fs/cgroup/pids.max /sys/fs/cgroup/pids/pids.max 2>/dev/null; true"]
                  volumeMounts: [{name: e, mountPath: /e}, {name: m, mountPath: /m}]
                """)
            let annotations =
                "annotations: {hull.dev/ulimits: 'nofile=100:200', hull.dev/shm-size: 3Mi, hull.dev/noexec-volumes: 'e,m', hull.dev/pids-limit.c: '33'}"
            let text = (fileText(path) ?? "").replacingOccurrences(of: "labels: {}}", with: "\(annotations)}")
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            try place.call("run", "--wait", path).check("run")
            let log = try place.log("p").split(separator: "\n").filter { !$0.contains("ermission denied") }
            #expect(log == ["100", "200", "3072", "no", "no", "33"], "\(log)")
            let unknown = text.replacingOccurrences(of: "shm-size", with: "shm-sise")
            try unknown.write(toFile: path, atomically: true, encoding: .utf8)
            let refused = try place.call("run", path)
            #expect(refused.code == 2 && refused.errors.contains("did you mean 'hull.dev/shm-size'?"), "\(refused.errors)")
        }
    }

    @Test("beside a limit of memory there is no swap, unless it is asked for; who is killed together")
    func swap() throws {
        try withPods("swap") { place in
            func run(_ name: String, _ annotations: String) throws -> Outcome {
                let path = try place.write(
                    name,
                    """
                    restartPolicy: Never
                    terminationGracePeriodSeconds: 0
                    containers: [{name: c, image: "busybox:1", command: [sleep, "600"], resources: {limits: {memory: 64Mi}}}]
                    """)
                let text = (fileText(path) ?? "").replacingOccurrences(of: "labels: {}}", with: "annotations: {\(annotations)}}")
                try text.write(toFile: path, atomically: true, encoding: .utf8)
                return try place.call("run", path)
            }
            func setting(_ name: String, _ v2: String, _ v1: String) throws -> String? {
                let uid = try place.uid(name)
                let file = Machine.hasUnifiedCgroups ? "/sys/fs/cgroup/hull/pods/" : "/sys/fs/cgroup/memory/hull/pods/"
                return fileText(file + "\(uid)/\(uid).c.0/" + (Machine.hasUnifiedCgroups ? v2 : v1))?.trimmingCharacters(
                    in: .whitespacesAndNewlines)
            }
            try run("p", "").check("run")
            // Where the kernel has no such file it counts no swap.
            if let swap = try setting("p", "memory.swap.max", "memory.memsw.limit_in_bytes") {
                #expect(swap == (Machine.hasUnifiedCgroups ? "0" : "67108864"))
                try run("q", "hull.dev/swap.c: 16Mi").check("run")
                let more = try setting("q", "memory.swap.max", "memory.memsw.limit_in_bytes")
                #expect(more == (Machine.hasUnifiedCgroups ? "16777216" : "83886080"))
            }
            if Machine.hasUnifiedCgroups {
                #expect(try setting("p", "memory.oom.group", "") == "1")
                try run("r", "hull.dev/oom-group: 'false'").check("run")
                #expect(try setting("r", "memory.oom.group", "") == "0")
            } else {
                let refused = try run("r", "hull.dev/oom-group: 'true'")
                #expect(refused.code == 1 && refused.errors.contains("cgroup v1"), "\(refused.errors)")
            }
        }
    }

    @Test("huge pages are limited where the kernel can, else the container does not start, and says why")
    func hugePages() throws {
        try withPods("huge-pages") { place in
            let outcome = try place.call(
                "run",
                try place.write(
                    "p",
                    """
                    restartPolicy: Never
                    terminationGracePeriodSeconds: 0
                    containers:
                    - {name: c, image: "busybox:1", command: [sleep, "600"], resources: {limits: {hugepages-2Mi: 4Mi, memory: 64Mi}}}
                    """))
            guard outcome.succeeded else {
                #expect(outcome.code == 1 && outcome.errors.contains("no cgroup controller 'hugetlb'"), "\(outcome.errors)")
                return
            }
            let uid = try place.uid("p")
            let found = [("", "max"), ("/unified", "max"), ("/hugetlb", "limit_in_bytes")].compactMap { top, file in
                fileText("/sys/fs/cgroup\(top)/hull/pods/\(uid)/\(uid).c.0/hugetlb.2MB.\(file)")
            }
            #expect(found == ["4194304\n"])
        }
    }
}
