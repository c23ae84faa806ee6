import Foundation
import Glibc
import Testing

/// A keeper that becomes the program that now lies where its own did: same process, same children.
@Suite("pods: re-execution", .serialized, Requirement.root, Requirement.shell, Requirement.keeper, Requirement.rootfs, .leakCheck)
struct PodReexecutionTests {
    @Test("in place, under load: no line is lost, and the end of a child is still the keeper's to see")
    func inPlace() throws {
        try withPods("reexec") { place in
            try place.runPod(
                "p",
                """
                restartPolicy: Never
                terminationGracePeriodSeconds: 30
                containers:
                - name: c
                  image: busybox:1
                  command: [sh, -c, "trap 'echo end; exit 9' TERM; n=0; while true; do n=$((n+1)); echo $n; done"]
                """)
            let (keeper, pid, uid) = (try place.keeper("p"), try place.pid(of: "p"), try place.uid("p"))
            let start = try startTime(keeper)
            for _ in 0..<5 {
                let reply = try ask(place.runRoot + "/pods/" + uid)
                #expect(reply.first == 1, "\(reply)")
                // It is there for others again.
                let waiting = try place.starting("wait", "p")
                usleep(50_000)
                waiting.kill()
                _ = waiting.wait()
            }
            #expect(try startTime(keeper) == start)
            #expect(try place.keeper("p") == keeper && place.pid(of: "p") == pid)
            try place.call("stop", "p").check("stop")
            let lines = try place.log("p").split(separator: "\n")
            #expect(lines.last == "end")
            #expect(lines.dropLast().elementsEqual((1..<max(2, lines.count)).map { Substring("\($0)") }), "\(lines.count) lines")
            #expect(try place.container(of: "p")["state", "terminated", "exitCode"]?.integer == 9)
        }
    }

    @Test(
        "upgrade: a keeper becomes the program that was installed since, its containers run on; one that is current is left alone"
    )
    func upgrade() throws {
        try withPods("upgrade") { place in
            let bin = place.work + "/bin"
            try place.script("mkdir -p \(bin) && cp \(Machine.hullDirectory)/* \(bin)/").check("a copy of the programs")
            let path = try place.write(
                "p", "terminationGracePeriodSeconds: 0\ncontainers: [{name: c, image: \"busybox:1\", command: [sleep, \"1000\"]}]"
            )
            func hull(_ words: String...) throws -> Outcome {
                try LifeTests.run(
                    [bin + "/hull"] + words.prefix(1) + ["--root", place.root, "--run-root", place.runRoot] + words.dropFirst())
            }
            try hull("run", path).check("run")
            let (keeper, pid) = (try place.keeper("p"), try place.pid(of: "p"))
            #expect(try hull("upgrade").output == "default/p is current\n")
            try place.script("cp \(bin)/hull-keeper \(bin)/new && mv \(bin)/new \(bin)/hull-keeper").check("an installation")
            let upgraded = try hull("upgrade", "p")
            #expect(upgraded.output == "default/p upgraded\n", "\(upgraded.errors)")
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(keeper)/exe") == bin + "/hull-keeper")
            #expect(try place.keeper("p") == keeper && place.pid(of: "p") == pid && place.line("p").contains("1/1"))
            #expect(try hull("upgrade").output == "default/p is current\n")
            let foreign = try place.call("upgrade", "p")
            #expect(
                !foreign.succeeded && foreign.errors.contains("is of another installation: '\(bin)/hull-keeper'"),
                "\(foreign.errors)")
            try hull("stop", "p").check("stop")
            // The keeper of a stopped pod ends a moment after it has said so.
            #expect(eventually { kill(keeper, 0) != 0 })
            #expect(try hull("upgrade").output == "")
        }
    }

    private func startTime(_ pid: Int32) throws -> String {
        let text = fileText("/proc/\(pid)/stat") ?? ""
        let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 19 else { throw LifeError("no process \(pid)") }
        return String(fields[19])
    }

    /// `KeeperRequest.reexecute`, for which there is no verb: version 1, kind 11. Returns the reply, whose first byte is its kind.
    private func ask(_ directory: String) throws -> [UInt8] {
        let handle = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        let socket = socket(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { for descriptor in [handle, socket] { close(descriptor) } }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // Through the descriptor: the path itself may be too long for an address.
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: "/proc/self/fd/\(handle)/keeper.sock".utf8) }
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard handle >= 0, connected == 0 else { throw LifeError("connect: \(String(cString: strerror(errno)))") }
        let request: [UInt8] = [1, 0, 11]
        guard send(socket, request, request.count, 0) == request.count else { throw LifeError("send: \(errno)") }
        var reply = [UInt8](repeating: 0, count: 1024)
        let count = recv(socket, &reply, reply.count, 0)
        return Array(reply.prefix(max(0, count)))
    }
}
