import Foundation
import Glibc
import Testing

/// A keeper and a worker of two versions, as after an installation: one sentence says what to do, and nothing else happens.
@Suite("pods: versions", .serialized, Requirement.root, Requirement.shell, Requirement.keeper, Requirement.rootfs, .leakCheck)
struct PodWorkerVersionTests {
    private static let sentence = "different versions of Hull: 'hull upgrade'"

    @Test("a worker that gets a job of another version")
    func job() throws {
        try withPods("version-job") { place in
            var ends: [Int32] = [0, 0]
            #expect(socketpair(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue), 0, &ends) == 0)
            let words = [JournalStore.program, "worker", "--root", place.root, "--run-root", place.runRoot, place.newUID()]
            let worker = try start(words, inputDescriptor: ends[1])
            close(ends[1])
            var answer = [UInt8](repeating: 0, count: 4096)
            for job: [UInt8] in [[1], [0xf7, 9, 0, 1], [0xf7, 9, 0, 200, 1, 2, 3]] {
                #expect(write(ends[0], job, job.count) == job.count)
                let count = read(ends[0], &answer, answer.count)
                let text = String(decoding: answer.prefix(max(count, 0)), as: UTF8.self)
                #expect(Array(answer.prefix(4)) == [0xf7, 1, 0, 7] && text.contains(Self.sentence), "\(text)")
            }
            close(ends[0])
            #expect(worker.wait().succeeded)
        }
    }

    @Test("a keeper whose worker answers in another version: 'stop' says so, and ends when the right one is back")
    func report() throws {
        try withPods("version-report") { place in
            let programs = place.work + "/programs"
            for name in ["hull", "hull-keeper", "hull-init"] {
                try place.script("mkdir -p \(programs); cp \(Machine.hullDirectory)/\(name) \(programs)/").check("cp")
            }
            let path = try place.write(
                "p", "terminationGracePeriodSeconds: 0\ncontainers: [{name: c, image: \"busybox:1\", command: [sleep, \"1000\"]}]"
            )
            try place.script("\(programs)/hull run $O \(path)").check("run")
            // One of tomorrow: it takes jobs and says something that has not been thought of yet.
            try place.script(
                """
                mv \(programs)/hull \(programs)/kept
                printf '#!/bin/sh\\nwhile [ "$(dd bs=4096 count=1 2>/dev/null | wc -c)" -gt 0 ]; do printf "\\\\367\\\\002\\\\000\\\\143" >&0; done\\n' > \(programs)/hull
                chmod 755 \(programs)/hull
                """
            ).check("fake")
            // The first worker goes when it has nothing to do.
            usleep(300_000)
            let stop = try place.call("stop", "p")
            #expect(stop.code == 1 && stop.errors.contains(Self.sentence), "\(stop.errors)")
            try place.script("mv \(programs)/kept \(programs)/hull").check("mv")
            #expect(eventually { (try? place.call("stop", "p"))?.succeeded == true })
        }
    }
}
