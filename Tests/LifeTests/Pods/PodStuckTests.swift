import Foundation
import Glibc
import Testing

/// A worker that the kernel holds on to stops neither its keeper nor the end of the pod.
@Suite(
    "pods: stuck in the kernel", .serialized, Requirement.root, Requirement.shell, Requirement.keeper, Requirement.rootfs,
    .leakCheck)
struct PodStuckTests {
    private func spec(_ volume: String) -> String {
        """
        terminationGracePeriodSeconds: 0
        containers: [{name: c, image: "busybox:1", command: [sleep, "1000"], volumeMounts: [{name: v, mountPath: /v}]}]
        volumes: [{name: v, hostPath: {path: \(volume), type: Directory}}]
        """
    }

    @Test("a volume whose server takes questions and never answers: 'stop' and 'rm' end", arguments: ["stop", "rm"])
    func deaf(verb: String) throws {
        try withPods("stuck-\(verb)") { place in
            let volume = try #require(SilentVolume(at: place.work + "/deaf", listens: true))
            defer { volume.end() }
            let run = try place.starting("run", try place.write("p", spec(place.work + "/deaf")))
            #expect(eventually { (try? place.line("p").contains("ContainerCreating")) == true })
            let worker = try #require(try stuckProcess(place))
            try place.runPod(
                "other",
                "terminationGracePeriodSeconds: 0\ncontainers: [{name: c, image: \"busybox:1\", command: [sleep, \"1000\"]}]")
            let begin = Date()
            let end = try place.starting(words: verb == "stop" ? ["stop", "p"] : ["rm", "-f", "p"]).wait()
            #expect(end.succeeded, "\(end.errors)")
            #expect(Date().timeIntervalSince(begin) < (Machine.isSlow ? 90 : 30))
            #expect(run.wait().code == 1)
            #expect(state(worker) == "D", "a signal ends it after all")
            // What is left is named, and goes with what it waits for.
            let audit = try place.call("audit")
            #expect(audit.code != 0 && audit.output.contains(place.podMark), "\(audit.output)")
            volume.end()
            #expect(eventually { !Machine.exists("/proc/\(worker)") })
        }
    }

    @Test("a worker of a keeper that was killed ends when another keeper takes the pod")
    func orphan() throws {
        try withPods("stuck-orphan") { place in
            let volume = try #require(SilentVolume(at: place.work + "/deaf"))
            defer { volume.end() }
            let run = try place.starting("run", try place.write("p", spec(place.work + "/deaf")))
            #expect(eventually { (try? place.line("p").contains("ContainerCreating")) == true })
            let worker = try #require(try stuckProcess(place))
            let keeper = try place.keeper("p")
            kill(keeper, SIGKILL)
            // Whoever runs the pod notices, and starts another.
            #expect(eventually { (try? place.keeper("p")).map { $0 != 0 && $0 != keeper } == true })
            #expect(eventually { !Machine.exists("/proc/\(worker)") })
            volume.end()
            _ = run.wait()
            try place.call("rm", "-f", "-t", "0", "p").check("rm")
        }
    }

    /// The worker that waits, the keeper's one child; nil where none comes to be so. Not every kernel tells where a process waits.
    private func stuckProcess(_ place: PodPlace) throws -> Int32? {
        let keeper = "\(try place.keeper("p"))"
        var found: Int32?
        _ = eventually {
            found = Leaks.processes(named: place.podMark).compactMap { Int32($0.split(separator: " ")[0]) }.first {
                let channel = fileText("/proc/\($0)/wchan") ?? ""
                let waits = channel.contains("fuse") || channel.contains("request_wait") || Machine.isSlow
                return waits && field(1, of: $0) == keeper
            }
            return found != nil
        }
        return found
    }

    private func state(_ pid: Int32) -> String? { field(0, of: pid) }

    /// Of `/proc/PID/stat`, counted from behind the name: the state, the parent, ….
    private func field(_ index: Int, of pid: Int32) -> String? {
        let text = fileText("/proc/\(pid)/stat") ?? ""
        return text.split(separator: ")").last?.split(separator: " ").dropFirst(index).first.map(String.init)
    }
}
