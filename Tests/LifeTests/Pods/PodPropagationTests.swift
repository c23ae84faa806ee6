import Foundation
import Glibc
import Testing

/// Mounts that are made later: whether they are seen on the other side. And small things of a pod's identity.
@Suite("pods: propagation", .serialized, Requirement.root, Requirement.shell, Requirement.keeper, Requirement.rootfs, .leakCheck)
struct PodPropagationTests {
    @Test("HostToContainer sees the machine's mounts, Bidirectional gives it its own, None does neither")
    func propagation() throws {
        try withPods("propagation") { place in
            func host(_ script: String) throws {
                try LifeTests.run(["sh", "-ec", "cd \(place.shared); " + script]).check(script)
            }
            try host("mount -t tmpfs base \(place.shared) && mount --make-private \(place.shared)")
            defer {
                for name in ["/host", "/container", ""] { while umount2(place.shared + name, Int32(MNT_DETACH)) == 0 {} }
            }
            let watch = "while :; do cut -d' ' -f2 /proc/mounts | grep ^/v/ | tr '\\n' ' '; echo; usleep 50000; done"
            func container(_ name: String, _ propagation: String, _ command: String, _ more: String = "") -> String {
                "- {name: \(name), image: \"busybox:1\", command: [sh, -c, \"\(command)\"]\(more), volumeMounts: [{name: v, mountPath: /v, mountPropagation: \(propagation)}]}\n"
            }
            let mounting = "mkdir -p /v/container; mount -t tmpfs mine /v/container; echo mounted; exec sleep 600"
            let spec =
                "terminationGracePeriodSeconds: 0\nrestartPolicy: Never\nvolumes: [{name: v, hostPath: {path: \(place.shared)}}]\ncontainers:\n"
                + container("both", "Bidirectional", mounting, ", securityContext: {privileged: true}")
                + container("down", "HostToContainer", watch) + container("none", "None", watch)
            let refused = try place.call("run", "--rm", try place.write("q", spec))
            #expect(refused.code == 1 && refused.errors.contains("does not share"), "\(refused.errors)")
            try host("mount --make-shared .")
            try place.runPod("p", spec)
            #expect(eventually { (fileText("/proc/self/mountinfo") ?? "").contains("\(place.shared)/container ") })
            try host("mkdir host && mount -t tmpfs host host")
            #expect(
                eventually {
                    let last = (try? place.log("p", "down", "--tail", "2"))?.split(separator: "\n").first ?? ""
                    return last.contains("/v/host") && last.contains("/v/container")
                })
            // What was there when it started it has too.
            #expect(try place.log("p", "none").contains("/v/host") == false)
            // What a container has mounted stays until somebody unmounts it.
            try place.call("rm", "-f", "p").check("rm")
            #expect((fileText("/proc/self/mountinfo") ?? "").contains("\(place.shared)/container "))
        }
    }

    @Test("hostnameOverride is the pod's name; Strict leaves out the groups of the image")
    func identity() throws {
        try withPods("identity") { place in
            func groups(_ policy: String) throws -> String {
                let outcome = try place.call(
                    "run", "--replace", "--wait",
                    try place.write(
                        "p",
                        """
                        restartPolicy: Never
                        hostname: other
                        hostnameOverride: one.example
                        securityContext: {supplementalGroups: [7], supplementalGroupsPolicy: \(policy)}
                        containers:
                        - {name: c, image: "groups:1", command: [sh, -c, "hostname; echo $HOSTNAME; grep -c one.example /etc/hosts; id -G"]}
                        """))
                #expect(outcome.succeeded, "\(outcome.errors)")
                return try place.log("p")
            }
            // Its user is in the group 'users', 100, besides the own one.
            try place.call("image", "import", "-q", "--user", "hull", Machine.rootfs, "groups:1").check("import")
            let merged = try groups("Merge").split(separator: "\n")
            #expect(merged.prefix(3) == ["one.example", "one.example", "1"])
            let all = merged.last?.split(separator: " ") ?? []
            #expect(all.contains("7") && all.contains("100"), "\(merged)")
            let strict = try groups("Strict").split(separator: "\n").last?.split(separator: " ") ?? []
            #expect(strict.contains("7") && !strict.contains("100"), "\(strict)")
        }
    }
}
