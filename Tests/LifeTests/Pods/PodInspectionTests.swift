import Foundation
import Glibc
import Testing

/// Looking at pods that run, and the small verbs on them.
@Suite("pods: looking", .serialized, Requirement.root, Requirement.shell, Requirement.keeper, Requirement.rootfs, .leakCheck)
struct PodInspectionTests {
    private static let spec = """
        terminationGracePeriodSeconds: 0
        containers:
        - {name: c, image: "busybox:1", command: [sh, -c, "while :; do date +%N > /tmp/now; sleep 0.02; done"]}
        """

    @Test("a frozen pod stands still, is shown so, refuses exec, goes on; one that is frozen can be stopped and removed")
    func freeze() throws {
        try withPods("freeze") { place in
            try place.runPod("p", Self.spec)
            let now = "/proc/\(try place.pid(of: "p"))/root/tmp/now"
            #expect(eventually { fileText(now)?.isEmpty == false })
            expectEnd(try place.call("freeze", "p"), 0, "p\n")
            let before = fileText(now)
            usleep(100_000)
            #expect(fileText(now) == before)
            #expect(try place.line("p").contains("Frozen"))
            #expect(try place.document("p")["status", "frozenSince"]?.string != nil)
            expectEnd(try place.call("exec", "p", "--", "true"), 1, "", says: "hull thaw p")
            expectEnd(try place.call("audit"), 0, "")
            expectEnd(try place.call("thaw", "p"), 0, "p\n")
            #expect(eventually { fileText(now) != before })
            #expect(try place.line("p").contains("Running"))
            try place.call("freeze", "p").check("freeze")
            try place.call("stop", "p").check("stop")
            #expect(try place.line("p").contains("Stopped"))
            expectEnd(try place.call("freeze", "p"), 1, "", says: "does not run")
            try place.call("restart", "p").check("restart")
            try place.call("freeze", "p").check("freeze")
            try place.call("rm", "-f", "p").check("rm")
            #expect(try place.call("journal", "range", "--keys-only", "/frozen/").output == "")
        }
    }

    @Test("labels are set, changed with --overwrite only, taken away; files that tell of them follow; also of a stopped pod")
    func label() throws {
        try withPods("label") { place in
            let volumes = """

                volumes: [{name: i, downwardAPI: {items: [{path: labels, fieldRef: {fieldPath: metadata.labels}}]}}]
                """
            let spec = Self.spec.replacingOccurrences(of: "name: c,", with: "name: c, volumeMounts: [{name: i, mountPath: /i}],")
            try place.runPod("p", labels: "{app: web}", spec + volumes)
            expectEnd(try place.call("label", "p", "tier=front", "app-"), 0, "p\n")
            #expect(try place.document("p")["metadata", "labels"] == .object(["tier": .string("front")]))
            #expect(try place.call("exec", "p", "--", "cat", "/i/labels").output == "tier=\"front\"")
            #expect(try place.call("ps", "-l", "tier=front", "-o", "name").output == "pod/p\n")
            expectEnd(try place.call("label", "p", "tier=back"), 1, "", says: "--overwrite")
            expectEnd(try place.call("label", "p", "nonsense"), 2, "", says: "KEY=VALUE")
            try place.call("label", "--overwrite", "p", "tier=back").check("label")
            try place.call("stop", "p").check("stop")
            try place.call("label", "p", "x/y=").check("label")
            #expect(try place.document("p")["metadata", "labels", "x/y"]?.string == "")
            try place.call("restart", "p").check("restart")
            #expect(try place.call("exec", "p", "--", "cat", "/i/labels").output == "tier=\"back\"\nx/y=\"\"")
        }
    }

    @Test("tree and stats show what there is, also of a frozen pod with a keeper that is stopped")
    func looking() throws {
        try withPods("looking") { place in
            try place.runPod("p", Self.spec)
            let pid = try place.pid(of: "p")
            let keeper = try place.keeper("p")
            try place.call("freeze", "p").check("freeze")
            kill(keeper, SIGSTOP)
            defer { kill(keeper, SIGCONT) }
            let tree = try JSONValue(parsing: try place.call("tree", "-o", "json", "p").output)
            #expect(tree["keeper", "pid"]?.integer == Int64(keeper))
            let container = tree["containers"]?.array.first ?? .null
            #expect(container["processes"]?.array.contains { $0["pid"]?.integer == Int64(pid) } == true)
            #expect(container["mounts"]?.array.contains { $0["point"]?.string == "/etc/hosts" } == true)
            let own = (container["namespaces"]?.array ?? []).compactMap { $0.string }
            let shared = (tree["namespaces"]?.array ?? []).compactMap { $0.string }
            let network = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/ns/net")) ?? ""
            #expect(shared.contains(network) && own.contains { $0.hasPrefix("pid:") } && !own.contains(network))
            let text = try place.call("tree", "p").output
            #expect(text.contains("container c  running") && text.contains("\(pid) sh"))
            let stats = try JSONValue(parsing: try place.call("stats", "--no-stream", "-c", "-o", "json", "p").output)
            #expect(stats.array.count == 2)
            for sample in stats.array {
                #expect(sample["frozen"] == .bool(true))
                #expect(sample["processes"]?.integer ?? 0 > 0, "\(sample)")
            }
            // No network of its own beside loopback has carried nothing; what nobody counts is not there at all.
            #expect(stats.array[0]["receivedBytes"]?.integer == 0 && stats.array[1]["receivedBytes"] == nil)
            #expect(try place.call("top", "--no-stream").output.contains("default/p (frozen)"))
        }
    }

    @Test("cp: files and directories, out and in; owners, modes; links lead nowhere but where they lead inside")
    func copy() throws {
        try withPods("copy") { place in
            try place.runPod("p", Self.spec)
            let work = place.shared
            try place.script(
                """
                mkdir -p \(work)/tree/deep; echo one >\(work)/tree/deep/file; ln -s deep/file \(work)/tree/link; chmod 4750 \(work)/tree/deep/file
                mkfifo \(work)/tree/fifo
                """
            ).check("prepare")
            let copied = try place.call("cp", work + "/tree", "p:/tmp/")
            #expect(copied.succeeded && copied.errors.contains("'tree/fifo' is left out"), "\(copied.errors)")
            let seen = try place.call(
                "exec", "p", "--", "sh", "-c",
                "cat /tmp/tree/link; stat -c '%a %u:%g' /tmp/tree/deep/file; readlink /tmp/tree/link")
            #expect(seen.output == "one\n750 0:0\ndeep/file\n")
            // What is there already is written to, and a directory is not put into itself again with '/.'.
            try place.script("echo two >\(work)/tree/deep/file").check("change")
            try place.call("cp", work + "/tree/.", "p:c:/tmp/tree").check("cp")
            try place.call("cp", "p:/tmp/tree", work + "/back").check("cp")
            #expect(fileText(work + "/back/deep/file") == "two\n")
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: work + "/back/link") == "deep/file")
            // Everything below counts from the container's root.
            let host = place.work + "/outside"
            try "host".write(toFile: host, atomically: true, encoding: .utf8)
            try place.call(
                "exec", "p", "--", "sh", "-c",
                "ln -s \(host) /tmp/evil; ln -s / /tmp/slash; mkdir -p /tmp/out; ln -s ../../../../.. /tmp/out/up; echo inside >/marked"
            ).check("links")
            #expect(!(try place.call("cp", "p:/tmp/evil", work + "/evil")).succeeded && !Machine.exists(work + "/evil"))
            try place.call("cp", "p:/tmp/slash/../../../marked", work + "/marked").check("cp")
            #expect(fileText(work + "/marked") == "inside\n")
            try place.call("cp", work + "/marked", "p:/tmp/out/up/tmp/second").check("cp")
            #expect(try place.call("exec", "p", "--", "cat", "/tmp/second").output == "inside\n")
            #expect(!(try place.call("cp", "p:/proc/1/root/etc/hosts", work + "/x")).succeeded)
            // A link that stands where a file is to go is replaced, not followed, on this machine as well.
            try place.script("ln -s \(host) \(work)/back/deep/new").check("link")
            try place.call("exec", "p", "--", "sh", "-c", "echo three >/tmp/tree/deep/new").check("new")
            try place.call("cp", "p:/tmp/tree/.", work + "/back").check("cp")
            #expect(fileText(host) == "host" && fileText(work + "/back/deep/new") == "three\n")
            expectEnd(try place.call("cp", work, "/tmp"), 2, "", says: "POD:PATH")
            expectEnd(try place.call("cp", "p:/nothing", work), 1, "", says: "/nothing")
        }
    }

    @Test("port-forward reaches a pod without any network, both ways, to the end of each; and ends with the pod")
    func forward() throws {
        try withPods("forward") { place in
            try place.runPod(
                "p",
                """
                terminationGracePeriodSeconds: 0
                containers:
                - {name: c, image: "busybox:1", ports: [{name: echo, containerPort: 7}, {name: ask, containerPort: 53, protocol: UDP}], command: [nc, -ll, -p, "7", -e, sh, -c, "read x; echo got $x; cat"]}
                """)
            expectEnd(try place.call("port-forward", "p", ":nothing"), 1, "", says: "'echo', 'ask'")
            expectEnd(try place.call("port-forward", "p", ":ask"), 1, "", says: "TCP")
            let forward = try place.starting("port-forward", "p", ":echo")
            #expect(eventually { fileText(forward.outputPath)?.contains("to port 7") == true })
            let line = fileText(forward.outputPath) ?? ""
            let port = line.split(separator: " ").first?.split(separator: ":").last.flatMap { UInt16($0) } ?? 0
            #expect(eventually { exchange("hello\nworld", port) == "got hello\nworld" })
            try place.call("stop", "p").check("stop")
            expectEnd(forward.wait(), 1, line, says: "was stopped")
            expectEnd(try place.call("port-forward", "p", "7"), 1, "", says: "runs")
        }
    }

    /// Sends a text and its end to a port of loopback; what comes back.
    private func exchange(_ text: String, _ port: UInt16) -> String {
        let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(file) }
        var address = sockaddr_in()
        address.sin_family = UInt16(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(file, $0, UInt32(MemoryLayout<sockaddr_in>.size)) }
        }
        guard connected == 0 else { return "" }
        _ = text.withCString { send(file, $0, strlen($0), Int32(MSG_NOSIGNAL)) }
        shutdown(file, Int32(SHUT_WR))
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(file, &buffer, buffer.count, 0)
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer[..<count]
        }
    }

    @Test("words are completed, names too; pages for man are made of the same words as --help")
    func words() throws {
        try withPods("words") { place in
            try place.runPod("podling", Self.spec)
            func complete(_ words: String...) throws -> [String] {
                try LifeTests.run(
                    [JournalStore.program, "complete", "--"] + words
                ).lines
            }
            #expect(try complete("st") == ["stop", "stats"])
            #expect(try complete("image", "lo") == ["load"])
            #expect(try complete("run", "--rep") == ["--replace"])
            let roots = ["--root", place.root, "--run-root", place.runRoot]
            let names = try LifeTests.run([JournalStore.program, "complete", "--", "logs"] + roots + ["pod"]).lines
            #expect(names == ["podling"])
            let containers = try LifeTests.run([JournalStore.program, "complete", "--", "exec"] + roots + ["podling", "-c", ""])
                .lines
            #expect(containers == ["c"])
            let typed = try LifeTests.run(
                [
                    "bash", "-c",
                    "source <($0 completion bash); COMP_WORDS=($0 image inspect --root \(place.root) --run-root \(place.runRoot) bu) COMP_CWORD=7; _hull; echo ${COMPREPLY[*]}",
                    JournalStore.program,
                ])
            #expect(typed.output.contains("busybox:1"), "\(typed.output) \(typed.errors)")
            // In the shells themselves: zsh at a prompt of its own, on a terminal; fish as it asks itself.
            let programs = (JournalStore.program as NSString).deletingLastPathComponent
            let fish = try place.script(
                "PATH=\(programs):$PATH fish --no-config -c \"hull completion fish | source; complete -C 'hull image lo'; complete -C 'hull logs $O pod'\""
            )
            #expect(fish.lines == ["load", "podling"], "\(fish.output) \(fish.errors)")
            let zsh = try place.script(
                """
                cat >$W/try.zsh <<'END'
                zmodload zsh/zpty
                zpty z zsh -f -i
                zpty -w z "cd $W; PATH=\(programs):\\$PATH; autoload -U compinit; compinit -u -D; source <(hull completion zsh); echo RE''ADY"
                zpty -r -m z out '*READY*'
                zpty -w -n z $'hull image lo\\t'
                sleep 1
                zpty -w z '--help | head -1; echo DO""NE'
                zpty -r -m z out '*DONE*'
                print -r -- "$out"
                zpty -d z
                END
                timeout 30 zsh -f $W/try.zsh </dev/null
                """)
            #expect(zsh.output.contains("Usage: hull image load "), "\(zsh.output) \(zsh.errors)")
            #expect(try LifeTests.run([JournalStore.program, "completion", "tcsh"]).code == 2)
            let pages = try LifeTests.run([JournalStore.program, "manual", place.work + "/man1"]).lines
            #expect(
                pages.contains(place.work + "/man1/hull-port-forward.1") && pages.contains(place.work + "/man1/hull-image-load.1")
            )
            let page = fileText(place.work + "/man1/hull-freeze.1") ?? ""
            #expect(page.contains(".TH \"HULL-FREEZE\" 1") && page.contains(".SH EXAMPLES"))
            #expect(
                try LifeTests.run([JournalStore.program, "version"]).output
                    == LifeTests.run([JournalStore.program, "--version"]).output)
        }
    }
}
