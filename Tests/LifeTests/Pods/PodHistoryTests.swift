import Foundation
import Glibc
import Testing

/// What the journal tells of pods afterwards, and as it happens.
@Suite("pods: history", .serialized, Requirement.root, Requirement.shell, Requirement.keeper, Requirement.rootfs, .leakCheck)
struct PodHistoryTests {
    private static let spec = """
        terminationGracePeriodSeconds: 0
        containers:
        - {name: c, image: "busybox:1", command: [sleep, "1000"]}
        - {name: d, image: "busybox:1", command: [sleep, "1000"]}
        """

    private func objects(_ outcome: Outcome) throws -> [JSONValue] { try outcome.lines.map { try JSONValue(parsing: $0) } }

    /// The words of one subject, in their order.
    private func words(_ objects: [JSONValue], _ container: String? = nil) -> [String] {
        objects.filter { $0["container"]?.string == container }.compactMap { $0["word"]?.string }
    }

    @Test("every state with its cause, also of a pod that is gone; lists and documents of a revision and a time")
    func history() throws {
        try withPods("history") { place in
            try place.runPod("p", Self.spec)
            let ready = try objects(try place.call("history", "-o", "json", "p"))
            let revision = ready.compactMap { $0["revision"]?.integer }.max() ?? 0
            let document = try place.document("p")
            try place.call("stop", "-t", "0", "p").check("stop")
            try place.call("rm", "p").check("rm")
            let all = try objects(try place.call("history", "-o", "json", "p"))
            #expect(Array(all.prefix(ready.count)) == ready)
            #expect(
                words(all) == [
                    "Recorded", "KeeperTook", "Making", "Ready", "StopWanted", "Stopping", "Stopped", "KeeperTook",
                    "RemovalWanted", "Removed",
                ])
            #expect(words(all, "c") == ["Creating", "Started", "Ended"] && words(all, "d") == words(all, "c"))
            func cause(_ word: String) -> String { all.first { $0["word"]?.string == word }?["cause"]?.string ?? "" }
            #expect(cause("StopWanted").hasPrefix("hull stop -t 0 (pid "))
            #expect(
                cause("Ended").hasPrefix("KILL, sent by the keeper for hull stop -t 0") && cause("Ended").contains("hull stop"))
            #expect(cause("Removed").hasPrefix("hull rm"))
            // One that has ended by itself is removed by somebody, too.
            try place.call(
                "run", "--wait",
                place.write("e", "restartPolicy: Never\ncontainers: [{name: c, image: \"busybox:1\", command: [\"false\"]}]"))
            try place.call("rm", "e").check("rm")
            let ended = try objects(try place.call("history", "-o", "json", "e"))
            for word in ["RemovalWanted", "Removed"] {
                #expect(
                    ended.first { $0["word"]?.string == word }?["cause"]?.string?.hasPrefix("hull rm (pid ") == true, "\(word)")
            }
            let times = all.compactMap { $0["time"]?.string }
            #expect(times.count == all.count && times == times.sorted())
            // As it was.
            #expect(try place.call("ps", "-a").lines.count == 1)
            let then = try place.call("ps", "--at", "\(revision)").lines
            #expect(then.count == 2 && then.last?.contains("Running") == true && then.last?.contains("2/2") == true, "\(then)")
            #expect(
                try JSONValue(parsing: try place.call("inspect", "--at", "\(revision)", "-o", "json", "p").output) == document)
            let state = try objects(try place.call("history", "--at", times[ready.count - 1], "-o", "json", "p"))
            #expect(state.compactMap { $0["word"]?.string } == ["Ready", "Started", "Started"])
            // What is given up is told as such.
            try place.call("journal", "compact", "\(revision + 1)").check("compact")
            expectEnd(try place.call("ps", "--at", "\(revision)"), 5, "", says: "compacted (up to \(revision + 1))")
            expectEnd(try place.call("history", "--at", "\(revision)", "p"), 5, "", says: "compacted")
            #expect(try place.call("history", "p").lines.dropFirst().first?.contains("before") == true)
            expectEnd(try place.call("ps", "--at", "99999999"), 2, "", says: "future revision")
            expectEnd(try place.call("history", "nobody"), 3, "", says: "knows no pod 'nobody'")
        }
    }

    /// Followers that begin at any time, and one that is interrupted and goes on, see the same events, none twice.
    @Test("events: followed, from the past, interrupted and resumed, the same for all; a compacted start is answered")
    func events() throws {
        try withPods("events") { place in
            try place.runPod(
                "a", "terminationGracePeriodSeconds: 0\ncontainers: [{name: c, image: \"busybox:1\", command: [\"true\"]}]")
            let follower = try place.starting("events", "-f", "--from", "2", "-o", "json")
            var first = try place.starting("events", "-f", "--from", "2", "-o", "json")
            #expect(eventually { (fileText(first.outputPath) ?? "").contains("\"Started\"") })
            first.kill(SIGINT)
            let part = first.wait()
            #expect(part.code == 0)
            let seen = try objects(part).compactMap { $0["revision"]?.integer }.max() ?? 0
            try place.runPod("b", Self.spec)
            try place.call("rm", "-f", "b").check("rm")
            first = try place.starting("events", "-f", "--from", "\(seen + 1)", "-o", "json")
            func hasAll(_ program: RunningProgram) -> Bool {
                (fileText(program.outputPath) ?? "").split(separator: "\n").contains {
                    $0.contains("Removed") && $0.contains("\"b\"")
                }
            }
            #expect(eventually { hasAll(follower) && hasAll(first) })
            first.kill(SIGINT)
            follower.kill(SIGINT)
            let (whole, rest) = (follower.wait(), first.wait())
            #expect(whole.code == 0 && rest.code == 0)
            let (listed, followed) = (try place.call("events", "-o", "json").lines, whole.lines)
            #expect(Array(listed.prefix(followed.count)) == followed)
            // Pod `a` may have gone on meanwhile.
            let resumed = part.lines + rest.lines
            let common = min(resumed.count, listed.count)
            #expect(Array(resumed.prefix(common)) == Array(listed.prefix(common)))
            let ofB = try objects(try place.call("events", "-o", "json", "b"))
            #expect(ofB.allSatisfy { $0["name"]?.string == "b" } && ofB.last?["word"]?.string == "Removed")
            #expect(try place.call("events").output.contains("busybox:1  Kept"))
            try place.call("journal", "compact", "\(seen)").check("compact")
            let late = try place.call("events", "--from", "2", "-o", "json")
            expectEnd(late, 5, "{\"compacted\":\(seen)}\n", says: "compacted")
        }
    }

    @Test("the ledger of a start: steps that make up its whole time")
    func ledger() throws {
        try withPods("ledger") { place in
            let begin = Date()
            try place.runPod("p", Self.spec)
            let took = Int64(Date().timeIntervalSince(begin) * 1_000_000)
            let status = try place.document("p")["status"] ?? .null
            let whole = status["startLedger", "microseconds"]?.integer ?? 0
            let steps = status["startLedger", "steps"]?.array ?? []
            let sum = steps.compactMap { $0["microseconds"]?.integer }.reduce(0, +)
            #expect(whole > 0 && whole <= took, "\(whole) of \(took) µs")
            // From the first record to the last start, by what the records say of these themselves.
            let uid = try place.uid("p")
            func time(_ key: String, _ member: String) throws -> Int64 {
                let value = try place.call("journal", "get", "--print-value-only", "/sandboxes/\(uid)\(key)").output
                return try JSONValue(parsing: value)[member]?.integer ?? 0
            }
            let last = try max(time("/containers/c", "startedAt"), time("/containers/d", "startedAt"))
            let measured = (last - (try time("", "createdAt"))) / 1000
            #expect(measured > 0 && abs(sum - measured) <= measured / 100, "sum \(sum), measured \(measured): \(steps)")
            #expect(sum == whole)
            let names = steps.compactMap { $0["step"]?.string }
            for name in ["keeper", "sandbox: namespaces", "sandbox: network", "sandbox: pin"] { #expect(names.contains(name)) }
            // Of the container that started last, the engine's own time in parts that end with the execve.
            let started = names.contains("c: launch") ? "c" : "d"
            let parts = names.filter { $0.hasPrefix("\(started): launch") }
            #expect(
                parts
                    == ["plan", "record", "clone", "cgroups", "init", "execve"].map { "\(started): launch \($0)" } + [
                        "\(started): launch"
                    ], "\(steps)")
        }
    }

    /// The directory of its logs is a file system of four pages.
    @Test("a gap in a log is an event")
    func gap() throws {
        try withPods("log-gap") { place in
            let path = try place.write(
                "p",
                """
                restartPolicy: Never
                containers: [{name: c, image: "busybox:1", command: [sh, -c, "head -c 300000 /dev/zero | tr '\\\\0' x"]}]
                """)
            let logs = "\(place.root)/pods/\(place.uid(inFile: path))/logs"
            try place.script("umask 077; mkdir -p \(logs) && mount -t tmpfs -o size=16k tmpfs \(logs)").check("mount")
            defer { umount2(logs, Int32(MNT_DETACH)) }
            try place.call("run", "--wait", path).check("run")
            let all = try objects(try place.call("history", "-o", "json", "p"))
            #expect(words(all, "c").contains("LogFailing") && words(all, "c").contains("LogAbandoned"), "\(words(all, "c"))")
            let lost = all.first { $0["word"]?.string == "LogAbandoned" }
            #expect(lost?["message"]?.string?.hasSuffix("bytes of stdout lost") == true, "\(all)")
            #expect(lost?["cause"]?.string?.contains("no space left") == true, "\(all)")
            #expect(try place.call("why", "p").output.contains("the rest of its log was never written"))
        }
    }

    @Test("history has a limit: while pods come and go its older part goes, and what is there stays")
    func limit() throws {
        try withPods("history-limit") { place in
            try place.runPod("stays", Self.spec)
            // As much as a thousand lives leave.
            try place.script(
                "head -c 1000000 /dev/zero >$W/value; for n in $(seq 80); do $H journal put $O --volatile /weight - <$W/value >$W/out; done"
            ).check("eighty megabytes")
            func size() throws -> Int { Int(try place.script("du -sm \(place.root)/journal | cut -f1").lines.first ?? "") ?? 0 }
            #expect(try size() >= 80)
            try place.runPod("goes", Self.spec)
            try place.call("rm", "-f", "-t", "0", "goes").check("rm")
            #expect(eventually { (try? size()).map { $0 < 64 } == true })
            #expect(try place.line("stays").contains("2/2"))
            #expect(try words(objects(place.call("history", "-o", "json", "stays")), "c").last == "Started")
            #expect(try words(objects(place.call("history", "-o", "json", "goes"))).last == "Removed")
            #expect(try place.call("journal", "check").succeeded && place.call("audit").output == "")
            try place.call("rm", "-f", "-t", "0", "stays").check("rm")
        }
    }
}
