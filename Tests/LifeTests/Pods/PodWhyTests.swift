import Foundation
import Glibc
import Testing

/// Why something died, or never lived: each of these failures is made, and named.
@Suite("pods: why", .serialized, Requirement.root, Requirement.shell, Requirement.keeper, Requirement.rootfs, .leakCheck)
struct PodWhyTests {
    /// What `why` says of a pod.
    private func why(_ place: PodPlace, _ pod: String) throws -> JSONValue {
        let outcome = try place.call("why", "-o", "json", pod)
        #expect(outcome.succeeded, "why \(pod): \(outcome.errors)")
        return outcome.succeeded ? try JSONValue(parsing: outcome.output) : .null
    }

    private func finding(_ container: String, _ why: JSONValue) -> JSONValue {
        why["findings"]?.array.first { $0["container"]?.string == container } ?? .null
    }

    /// What was expected of each container, and another word was found.
    private func expect(_ seeds: [Seed], _ why: JSONValue, _ location: SourceLocation = #_sourceLocation) {
        for seed in seeds {
            let found = finding(seed.name, why)
            #expect(
                found["word"]?.string == seed.word,
                "\(seed.name): \(found["word"]?.string ?? "-"), \(found["summary"]?.string ?? "-")",
                sourceLocation: location)
            let all = "\(found)"
            #expect(
                seed.says.isEmpty || all.contains(seed.says), "\(seed.name) does not say '\(seed.says)': \(all)",
                sourceLocation: location)
        }
    }

    /// A container that fails.
    private struct Seed {
        let name: String
        let word: String
        /// What stands somewhere in the finding.
        let says: String
        /// The rest of its manifest, in flow style.
        let rest: String

        init(_ name: String, _ word: String, _ rest: String, says: String = "") {
            self.name = name
            self.word = word
            self.rest = rest
            self.says = says
        }
    }

    private static let starts = [
        Seed("missing", "MissingProgram", "command: [nonesuch]", says: "not found in $PATH"),
        Seed("nopath", "MissingProgram", "command: [/no/such]"),
        Seed("directory", "ProgramIsDirectory", "command: [/s]"),
        Seed("mode", "ProgramNotExecutable", "command: [/s/plain]", says: "mode is 644"),
        Seed("script", "MissingInterpreter", "command: [/s/script]", says: "/no/such/interpreter"),
        Seed("windows", "MissingInterpreter", "command: [/s/windows]", says: "carriage return"),
        Seed("loader", "MissingLoader", "command: [/s/loader]", says: "/lib/no-such-loader.so.1"),
        Seed("foreign", "WrongArchitecture", "command: [/s/foreign]"),
        Seed("text", "NotAProgram", "command: [/s/text]"),
        Seed("empty", "NotAProgram", "command: [/s/empty]", says: "the file is empty"),
        Seed("noexec", "NoexecMount", "command: [/dev/shm/program]"),
        Seed("nouser", "NoSuchUser", "image: nouser:1, command: [\"true\"]"),
        Seed("nonroot", "RunsAsRoot", "securityContext: {runAsNonRoot: true}, command: [\"true\"]"),
        Seed("workdir", "BadWorkingDirectory", "workingDir: /bin/busybox, command: [\"true\"]"),
        Seed("subpath", "BadSubPath", "volumeMounts: [{name: s, mountPath: /s, subPath: out}], command: [\"true\"]"),
        Seed("mount", "MountFailed", "volumeMounts: [{name: s, mountPath: /bin/busybox}], command: [\"true\"]"),
        Seed("code", "ExitCode", "command: [sh, -c, \"echo last words; exit 42\"]", says: "last words"),
        Seed("shell", "CommandNotFound", "command: [sh, -c, nonesuch]"),
        Seed("cannot", "CommandNotExecutable", "command: [sh, -c, /s/plain]"),
        Seed("killed", "CommandKilled", "command: [sh, -c, \"sh -c 'kill -9 $$$$'; exit $?\"]"),
        Seed("crash", "Crashed", "command: [/s/crash]", says: "SIGILL"),
        Seed(
            "seccomp", "SystemCallRefused",
            "securityContext: {seccompProfile: {type: Localhost, localhostProfile: kill.json}}, command: [sync]"),
    ]

    private static let profile = """
        {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["sync"], "action": "SCMP_ACT_KILL_PROCESS"}]}
        """

    @Test("twenty-two containers that cannot start, or end badly by themselves, in one pod")
    func starts() throws {
        try withPods("why-starts") { place in
            try place.script("$H image import $O -q --user nonesuch --cmd true $R nouser:1 >/dev/null").check("import")
            try place.script("mkdir -p $W/root/seccomp $W/s && chmod 700 $W/root/seccomp").check("mkdir")
            try Self.profile.write(toFile: place.root + "/seccomp/kill.json", atomically: true, encoding: .utf8)
            try SeededFiles.write(to: place.work + "/s")
            let containers = Self.starts.map { seed in
                let image = seed.rest.hasPrefix("image:") ? "" : "image: \"busybox:1\", "
                let mounts = seed.rest.contains("volumeMounts") ? "" : ", volumeMounts: [{name: s, mountPath: /s}]"
                return "- {name: \(seed.name), \(image)\(seed.rest)\(mounts)}"
            }
            let path = try place.write(
                "p",
                """
                restartPolicy: Never
                volumes: [{name: s, hostPath: {path: \(place.work)/s}}]
                initContainers: [{name: first, image: "busybox:1", command: [cp, /bin/busybox, /dev/shm/program]}]
                containers:
                \(containers.joined(separator: "\n"))
                """)
            #expect(try place.call("run", path).code == 1)
            #expect(try place.call("wait", "p").code == 1)
            let why = try why(place, "p")
            expect(Self.starts, why)
            #expect(finding("first", why)["word"]?.string == "Completed")
            #expect(finding("code", why)["log"]?.array.first?.string == "last words")
            // A container is found by its id, and by a name that no other pod's has.
            let id = try place.container("code", of: "p")["containerID"]?.string ?? ""
            #expect(try self.why(place, id)["verdict"]?.string == "ExitCode")
            let text = try place.call("why", "-c", "code", "p").output
            #expect(text.contains("container 'code': ExitCode") && text.contains("    | last words"), "\(text)")
        }
    }

    @Test("killed from outside, by the keeper, by the kernel for want of memory; ended as asked, or stopped in its tracks")
    func kills() throws {
        try withPods("why-kills") { place in
            let hog =
                Need.memory.isMet
                ? #"- {name: hog, image: "busybox:1", resources: {limits: {memory: 16Mi}}, command: [dd, if=/dev/zero, of=/dev/null, bs=64M, count=1]}"#
                : ""
            try place.runPod(
                "p",
                """
                restartPolicy: Never
                terminationGracePeriodSeconds: 1
                containers:
                - {name: victim, image: "busybox:1", command: [sleep, "1000"]}
                - {name: halted, image: "busybox:1", command: [sleep, "1000"]}
                - {name: deaf, image: "busybox:1", command: [sh, -c, "trap '' TERM; echo up; while true; do sleep 0.05; done"]}
                - {name: polite, image: "busybox:1", command: [sh, -c, "trap 'exit 0' TERM; echo up; while true; do sleep 0.05; done"]}
                \(hog)
                """)
            for name in ["deaf", "polite"] { #expect(eventually { (try? place.log("p", name)) == "up\n" }) }
            kill(try place.pid("victim", of: "p"), SIGKILL)
            kill(try place.pid("halted", of: "p"), SIGSTOP)
            #expect(eventually { (try? place.pid("victim", of: "p")) == 0 })
            if Need.memory.isMet { #expect(eventually { (try? place.pid("hog", of: "p")) == 0 }) }
            let before = try why(place, "p")
            #expect(finding("halted", before)["word"]?.string == "Suspended")
            #expect(finding("polite", before)["word"]?.string == "Running")
            kill(try place.pid("halted", of: "p"), SIGCONT)
            try place.call("stop", "p").check("stop")
            let why = try why(place, "p")
            expect(
                [
                    Seed("victim", "KilledBySignal", "", says: "unknown"),
                    Seed("deaf", "KilledAfterGrace", "", says: "hull stop (pid "),
                    Seed("polite", "Stopped", "", says: "hull stop"),
                ], why)
            guard Need.memory.isMet else { return }
            expect([Seed("hog", "OutOfMemory", "", says: "limit 16 MiB")], why)
        }
    }

    @Test("what is missing or refused before a program is near; a restart loop; an init container; a removed pod")
    func refusals() throws {
        try withPods("why-refusals") { place in
            func verdict(_ pod: String) throws -> String { try why(place, pod)["verdict"]?.string ?? "-" }
            let ok = "terminationGracePeriodSeconds: 0\ncontainers: [{name: c, image: \"busybox:1\", command: [sleep, \"1000\"]}]"
            #expect(try place.call("run", place.write("image", ok.replacingOccurrences(of: "busybox:1", with: "no:1"))).code != 0)
            #expect(try verdict("image") == "MissingImage")
            // The network that pods get where nobody says another has no ports of the host.
            let port = ok.replacingOccurrences(of: "command:", with: "ports: [{containerPort: 80, hostPort: 80}], command:")
            #expect(try place.call("run", place.write("port", port)).code == 2)
            #expect(try verdict("port") == "NotAllowed")
            // A machine whose policy believes nobody; seen by this one command.
            try place.write("untrusted", ok)
            try place.script(
                """
                mkdir -p -m 755 $W/etc/hull && echo '{"default": "reject", "rules": []}' > $W/etc/hull/trust.json
                unshare -m sh -c "mount --bind $W/etc /etc && ! $H run $O $W/untrusted.yaml"
                """
            ).check("untrusted")
            #expect(try verdict("untrusted") == "UntrustedImage")
            let volume = ok + "\nvolumes: [{name: v, hostPath: {path: \(place.work)/none, type: Directory}}]"
            #expect(try place.call("run", place.write("volume", volume)).code == 1)
            #expect(try verdict("volume") == "BadVolume")
            // Taken away behind the back of a pod that has started.
            let config = place.work + "/config.yaml"
            func apply(_ data: String) throws {
                try "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata: \(data)\n"
                    .write(toFile: config, atomically: true, encoding: .utf8)
                try place.call("apply", "-q", config).check("apply")
            }
            try apply("{a: b}")
            let key = "env: [{name: A, valueFrom: {configMapKeyRef: {name: m, key: a}}}], "
            try place.runPod("config", ok.replacingOccurrences(of: "command:", with: key + "command:"))
            try apply("{b: c}")
            #expect(try place.call("restart", "config").code == 1)
            #expect(try verdict("config") == "MissingConfigKey")
            try place.call("config", "rm", "configmap/m").check("config rm")
            #expect(try place.call("restart", "config").code == 1)
            #expect(try verdict("config") == "MissingConfig")
            // A name that is taken is told beside what the pod itself does.
            try place.runPod("loop", "containers: [{name: c, image: \"busybox:1\", command: [sh, -c, \"exit 5\"]}]")
            #expect(try place.call("run", place.write("loop", ok)).code == 1)
            #expect(eventually { (try? place.line("loop").dropFirst(2).first) == "CrashLoopBackOff" })
            let loop = try why(place, "loop")
            #expect(loop["verdict"]?.string == "ExitCode")
            #expect("\(loop)".contains("NameTaken") && "\(loop)".contains("back-off 10s"), "\(loop)")
            let initial = """
                restartPolicy: Never
                initContainers: [{name: first, image: "busybox:1", command: [sh, -c, "exit 3"]}]
                containers: [{name: c, image: "busybox:1"}]
                """
            #expect(try place.call("run", place.write("init", initial)).code == 1)
            try place.call("wait", "init")
            let first = try why(place, "init")
            #expect(first["verdict"]?.string == "ExitCode" && first["container"]?.string == "first")
            #expect(finding("c", first)["word"]?.string == "NeverStarted")
            try place.call("rm", "init").check("rm")
            let gone = try why(place, "init")
            #expect(gone["findings"]?.array.first?["word"]?.string == "Removed" && gone["verdict"]?.string == "ExitCode")
            // What is asked for later changes nothing in how it ended.
            try place.runPod("p", ok.replacingOccurrences(of: "terminationGracePeriodSeconds: 0\n", with: ""))
            try place.call("stop", "-t", "0", "p").check("stop")
            try place.call("rm", "p").check("rm")
            let killed = finding("c", try why(place, "p"))
            #expect(killed["word"]?.string == "KilledAtOnce" && "\(killed)".contains("hull stop -t 0"), "\(killed)")
            expectEnd(try place.call("why", "nobody"), 3, "", says: "there is no pod or container 'nobody'")
        }
    }

    @Test("a host port that another pod has", Requirement.network)
    func port() throws {
        let network = try TestNetwork()
        try withPods("why-port", in: network) { place in
            let spec =
                "terminationGracePeriodSeconds: 0\ncontainers: [{name: c, image: \"busybox:1\", command: [sleep, \"1000\"], ports: [{containerPort: 80, hostPort: 8080}]}]"
            try place.call("run", "--network", "bridge", place.write("a", spec)).check("run")
            #expect(try place.call("run", "--network", "bridge", place.write("b", spec)).code == 1)
            let why = try why(place, "b")
            #expect(why["verdict"]?.string == "HostPortTaken", "\(why)")
        }
        #expect(try network.leftovers() == [])
    }
}
