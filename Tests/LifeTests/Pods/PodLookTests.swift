import Foundation
import Glibc
import Testing

/// Looking waits for nobody: not for a frozen pod, a stopped keeper, or a file system that never answers; and many pods take no long time.
@Suite("pods: looking", .serialized, Requirement.root, Requirement.shell, Requirement.keeper, Requirement.rootfs, .leakCheck)
struct PodLookTests {
    private static let idle =
        "terminationGracePeriodSeconds: 0\ncontainers: [{name: c, image: \"busybox:1\", command: [sh, -c, \"echo here; exec sleep 1000\"]}]"

    /// Many times what it takes, and less than any deadline of ours.
    private static let limit: Double = Machine.isSlow ? 60 : 5

    private func look(at pod: String, _ place: PodPlace, says word: String) throws {
        for verb in [
            ["ps", "-a", "-A"], ["ps", "-o", "json"], ["inspect", pod], ["history", pod], ["why", pod], ["events", pod],
        ] {
            let begin = Date()
            let outcome = try place.starting(words: verb).wait(timeout: 2 * Self.limit)
            #expect(outcome.succeeded, "\(verb): \(outcome.errors)")
            #expect(Date().timeIntervalSince(begin) < Self.limit, "\(verb)")
            if verb[0] == "why" {
                #expect(
                    outcome.output.hasPrefix("pod default/\(pod)") && (word.isEmpty || outcome.output.contains(word)),
                    "\(outcome.output)")
            }
        }
    }

    @Test("a frozen pod, a stopped keeper, a volume that never answers, and a thousand pods")
    func looking() throws {
        try withPods("looking") { place in
            try place.runPod("frozen", Self.idle)
            try place.runPod("halted", Self.idle)
            let (keeper, group) = (try place.keeper("halted"), Freezer(pod: try place.uid("frozen")))
            #expect(eventually { (try? place.log("halted")) == "here\n" && (try? place.log("frozen")) == "here\n" })
            let copies = try Copies(of: "halted", 1000, in: place)
            defer { copies.remove() }
            group.set(true)
            defer { group.set(false) }
            kill(keeper, SIGSTOP)
            defer { kill(keeper, SIGCONT) }
            try look(at: "halted", place, says: "KeeperStopped")
            try look(at: "frozen", place, says: "Frozen")
            #expect(try place.log("halted") == "here\n" && place.log("frozen") == "here\n")
            #expect(try place.call("ps", "-a").lines.count == 1003)
            let volume = try #require(SilentVolume(at: place.work + "/silent"))
            let path = try place.write(
                "silent",
                Self.idle.replacingOccurrences(of: "name: c, ", with: "name: c, volumeMounts: [{name: v, mountPath: /v}], ")
                    + "\nvolumes: [{name: v, hostPath: {path: \(place.work)/silent, type: Directory}}]")
            let run = try place.starting("run", path)
            #expect(eventually { (try? place.line("silent").dropFirst(2).first) != nil })
            try look(at: "silent", place, says: "")
            volume.end()
            _ = run.wait()
        }
    }
}

/// The freezer of a pod's cgroup.
private struct Freezer {
    let pod: String

    func set(_ isFrozen: Bool) {
        for (path, words) in [
            ("/sys/fs/cgroup/hull/pods/\(pod)/cgroup.freeze", ["0", "1"]),
            ("/sys/fs/cgroup/freezer/hull/pods/\(pod)/freezer.state", ["THAWED", "FROZEN"]),
        ] where Machine.exists(path) {
            try? words[isFrozen ? 1 : 0].write(toFile: path, atomically: false, encoding: .utf8)
        }
    }
}

/// Records of pods that are copies of another's: the journal has them, the kernel nothing.
private struct Copies {
    let place: PodPlace

    init(of pod: String, _ count: Int, in place: PodPlace) throws {
        self.place = place
        let uid = try place.uid(pod)
        let lines = try place.call("journal", "dump").lines
        let wanted = lines.filter { line in
            ["/sandboxes/\(uid)", "/manifests/\(uid)", "/plans/\(uid)"].contains { line.contains("\"\($0)") }
        }
        var dump: [String] = []
        for number in 0..<count {
            for line in wanted {
                // Those of one revision are one transaction.
                let revision = 10 + number / 20
                dump.append(
                    line.replacingOccurrences(of: uid, with: "copy-\(number)").replacingOccurrences(
                        of: "\(pod)\\\"", with: "copy\(number)\\\""
                    )
                    .replacingOccurrences(
                        of: "\"mod_revision\":[0-9]+", with: "\"mod_revision\":\(revision)", options: .regularExpression))
            }
        }
        let header = (lines.first ?? "").replacingOccurrences(
            of: "\"keys\":[0-9]+", with: "\"keys\":\(dump.count)", options: .regularExpression)
        let path = place.work + "/copies"
        try ([header] + dump).map { $0 + "\n" }.joined().write(toFile: path, atomically: true, encoding: .utf8)
        try place.call("journal", "load", "--merge", path).check("load")
    }

    func remove() {
        for prefix in ["/sandboxes/copy-", "/manifests/copy-", "/plans/copy-"] {
            _ = try? place.call("journal", "del", "--prefix", prefix)
        }
    }
}
