import Foundation
import Glibc
import Testing

/// Containers of a pod, created, started, stopped and removed one by one.
@Suite(
    "pods: containers one by one", .serialized, Requirement.root, Requirement.shell, Requirement.keeper, Requirement.rootfs,
    .leakCheck)
struct PodContainerTests {
    private static let spec = """
        terminationGracePeriodSeconds: 0
        containers:
        - {name: a, image: "busybox:1", command: [sh, -c, "echo run; exec sleep 1000"]}
        - {name: b, image: "busybox:1", command: [sh, -c, "trap 'exit 3' TERM; while :; do sleep 0.05; done"]}
        """

    private func reason(_ name: String, _ place: PodPlace) throws -> String {
        try place.container(name, of: "p")["state", "waiting", "reason"]?.string ?? ""
    }

    private func code(_ name: String, _ place: PodPlace) throws -> Int64? {
        try place.container(name, of: "p")["state", "terminated", "exitCode"]?.integer.map { Int64($0) }
    }

    @Test("a sandbox alone, then each container through its life; what is said of it is true at each step")
    func life() throws {
        try withPods("containers") { place in
            try place.call("run", "--sandbox", try place.write("p", Self.spec)).check("run --sandbox")
            #expect(try place.line("p").prefix(3) == ["p", "0/2", "Ready"])
            #expect(try reason("a", place) == "NotCreated")
            let early = try place.call("container", "start", "p", "a")
            #expect(early.code == 1 && early.errors.contains("is not created"), "\(early.errors)")

            for _ in 0..<2 { try place.call("container", "create", "p", "a").check("create") }
            #expect(try place.line("p").prefix(3) == ["p", "0/2", "Created"] && reason("a", place) == "Created")
            #expect(try place.pid("a", of: "p") == 0 && place.log("p", "a") == "")
            let used = try place.call("image", "rm", "busybox:1")
            #expect(used.code == 1 && used.errors.contains(".a.0"), "\(used.errors)")
            #expect(try place.call("audit").code == 0)

            try place.call("container", "start", "p", "a").check("start")
            #expect(try place.line("p").prefix(3) == ["p", "1/2", "Running"])
            #expect(eventually { (try? place.log("p", "a")) == "run\n" })
            let again = try place.call("container", "start", "p", "a")
            #expect(again.code == 1 && again.errors.contains("runs already"), "\(again.errors)")

            try place.call("container", "create", "p", "b").check("create b")
            try place.call("container", "start", "p", "b").check("start b")
            let pid = try place.pid("a", of: "p")
            for _ in 0..<2 { try place.call("container", "stop", "-t", "20", "p", "b").check("stop") }
            #expect(try code("b", place) == 3)
            // Nobody else noticed, and no policy starts it again.
            #expect(try place.pid("a", of: "p") == pid && place.line("p").prefix(3) == ["p", "1/2", "Running"])

            for _ in 0..<2 { try place.call("container", "rm", "p", "b", "a").check("rm") }
            #expect(!Machine.exists("/proc/\(pid)/ns"))
            #expect(try reason("a", place) == "NotCreated" && reason("b", place) == "NotCreated")
            // Its log is the pod's.
            let old = try place.call("container", "create", "--attempt", "0", "p", "a")
            #expect(old.code == 1 && old.errors.contains("was made before: the next is 1"), "\(old.errors)")
            try place.call("container", "create", "--attempt", "7", "p", "a").check("create 7")
            #expect(try place.container("a", of: "p")["containerID"]?.string?.hasSuffix(".a.7") == true)
            let slip = try place.call("container", "stop", "p", "c")
            #expect(slip.code == 3 && slip.errors.contains("has no container 'c'"), "\(slip.errors)")

            try place.call("stop", "p").check("stop")
            #expect(try place.line("p").prefix(2) == ["p", "0/2"])
            try place.call("container", "rm", "p", "a", "b").check("rm, stopped")
        }
    }

    @Test("a creation that cannot be leaves nothing; what was created keeps its image, whatever the name means by then")
    func images() throws {
        try withPods("containers-images") { place in
            try place.call("run", "--sandbox", "-q", try place.write("p", Self.spec)).check("run --sandbox")
            try place.call("image", "rm", "busybox:1").check("image rm")
            let missing = try place.call("container", "create", "p", "a")
            #expect(missing.code == 1 && missing.errors.contains("busybox:1"), "\(missing.errors)")
            #expect(try reason("a", place) == "CreateContainerError")
            #expect(try place.call("journal", "range", "--keys-only", "/containers/").lines == [])
            #expect(try FileManager.default.contentsOfDirectory(atPath: place.root + "/images/roots") == [])

            try place.call("image", "import", "-q", Machine.rootfs, "busybox:1", "--cmd", "sh").check("import")
            try place.call("container", "create", "p", "a").check("create")
            try place.script("mkdir -p $W/empty/etc").check("mkdir")
            try place.call("image", "import", "-q", place.work + "/empty", "busybox:1", "--cmd", "sh").check("import another")
            try place.call("container", "start", "p", "a").check("start")
            #expect(eventually { (try? place.log("p", "a")) == "run\n" })
        }
    }

    @Test("a keeper that is killed: the next one has what is created, adopts what runs, and leaves stopped what was stopped")
    func adoption() throws {
        try withPods("containers-adoption") { place in
            try place.runPod("p", Self.spec)
            let pid = try place.pid("a", of: "p")
            try place.call("container", "stop", "-t", "20", "p", "b").check("stop")
            #expect(try code("b", place) == 3)
            func takeOver() throws {
                kill(try place.keeper("p"), SIGKILL)
                try place.call("label", "--overwrite", "p", "moment=x").check("label")
            }
            try takeOver()
            #expect(try place.pid("a", of: "p") == pid && code("b", place) == 3)
            try place.call("container", "create", "p", "b").check("create")
            try takeOver()
            #expect(try reason("b", place) == "Created")
            try place.call("container", "start", "p", "b").check("start")
            try takeOver()
            #expect(try place.line("p").prefix(3) == ["p", "2/2", "Running"])
            #expect(try place.pid("a", of: "p") == pid)
            // What somebody has started ends for good.
            kill(try place.pid("b", of: "p"), SIGKILL)
            #expect(eventually { (try? code("b", place)) == 137 })
            usleep(200_000)
            #expect(try code("b", place) == 137)
            // The manifest's again.
            try place.call("restart", "p").check("restart")
            #expect(try place.line("p").prefix(3) == ["p", "2/2", "Running"])
        }
    }

    @Test("why and history say who asked")
    func causes() throws {
        try withPods("containers-causes") { place in
            try place.call("run", "--sandbox", "-q", try place.write("p", Self.spec)).check("run --sandbox")
            #expect(try place.call("why", "p").output.contains("nobody has created it"))
            try place.call("container", "create", "p", "a").check("create")
            #expect(try place.call("why", "p").output.contains("it is created, and waits to be started"))
            try place.call("container", "start", "p", "a").check("start")
            try place.call("container", "stop", "p", "a").check("stop")
            let why = try place.call("why", "p").output
            #expect(why.contains("the keeper: KILL") && why.contains("hull container stop (pid "), "\(why)")
            let history = try place.call("history", "p").output
            for words in ["hull run --sandbox (pid ", "hull container create (pid ", "hull container start (pid "] {
                #expect(history.contains(words), "\(words): \(history)")
            }
        }
    }
}
