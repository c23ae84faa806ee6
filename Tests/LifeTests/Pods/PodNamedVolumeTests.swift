import Foundation
import Testing

/// Volumes that outlive pods, and volumes of images.
@Suite(
    "pods: named volumes", .serialized, Requirement.root, Requirement.shell, Requirement.keeper, Requirement.rootfs, .leakCheck)
struct PodNamedVolumeTests {
    private func spec(_ command: String, _ volume: String = "persistentVolumeClaim: {claimName: data}") -> String {
        """
        restartPolicy: Never
        volumes: [{name: v, \(volume)}]
        containers: [{name: c, image: "busybox:1", command: [sh, -c, "\(command)"], volumeMounts: [{name: v, mountPath: /v}]}]
        """
    }

    @Test("a named volume outlives its pods, and is not removed while one uses it")
    func outlives() throws {
        try withPods("named") { place in
            try place.runPod("p", spec("stat -c %a /v; echo kept > /v/f"))
            try place.call("wait", "p").check("wait")
            #expect(try place.log("p") == "777\n")
            let refused = try place.call("volume", "rm", "data")
            #expect(refused.code == 1 && refused.errors.contains("is used by pod 'default/p'"), "\(refused.errors)")
            let list = try place.call("volume", "ls").lines.map { $0.split(separator: " ").prefix(4).joined(separator: " ") }
            #expect(list == ["NAME ACCESS SIZE USED", "data - - default/p"])
            try place.call("rm", "p").check("rm")
            #expect(try place.call("journal", "range", "--keys-only", "/volume-users/").lines == [])

            try place.runPod(
                "q",
                spec(
                    "cat /v/f; touch /v/x 2>/dev/null || echo read-only",
                    "persistentVolumeClaim: {claimName: data, readOnly: true}"))
            try place.call("wait", "q").check("wait")
            #expect(try place.log("q") == "kept\nread-only\n")
            try place.call("rm", "q").check("rm")
            try place.call("volume", "rm", "data").check("volume rm")
            #expect(try FileManager.default.contentsOfDirectory(atPath: place.root + "/volumes/default") == [])
            #expect(try place.call("volume", "rm", "data").code == 3)
            #expect(try place.call("volume", "ls", "-A").lines.count == 1)
        }
    }

    @Test("a claim in the manifest says who may use the volume, and how")
    func claims() throws {
        try withPods("claims") { place in
            let file = place.work + "/claims.yaml"
            func claim(_ name: String, _ mode: String) -> String {
                """
                apiVersion: v1
                kind: PersistentVolumeClaim
                metadata: {name: \(name)}
                spec: {accessModes: [\(mode)], volumeMode: Filesystem, storageClassName: fast, resources: {requests: {storage: 1Gi}}}
                ---

                """
            }
            try (claim("one", "ReadWriteOncePod") + claim("read", "ReadOnlyMany"))
                .write(toFile: file, atomically: true, encoding: .utf8)
            let applied = try place.call("apply", file)
            #expect(
                applied.output == "persistentvolumeclaim/default/one created\npersistentvolumeclaim/default/read created\n",
                "\(applied.errors)")
            #expect(applied.errors.contains("storageClassName"))
            #expect(try place.call("apply", "-q", file).output == "")
            try place.runPod("p", spec("true", "persistentVolumeClaim: {claimName: one}"))
            let second = try place.call("run", try place.write("q", spec("true", "persistentVolumeClaim: {claimName: one}")))
            #expect(second.code == 1 && second.errors.contains("is for one pod, and 'default/p' has it"), "\(second.errors)")
            try place.runPod("r", spec("touch /v/x 2>/dev/null || echo read-only", "persistentVolumeClaim: {claimName: read}"))
            try place.call("wait", "r").check("wait")
            #expect(try place.log("r") == "read-only\n")
            for name in ["p", "r"] { try place.call("rm", "-f", name).check("rm") }
            try place.call("volume", "rm", "one", "read").check("volume rm")
        }
    }

    @Test("fsGroup owns a named volume")
    func group() throws {
        try withPods("named-group") { place in
            try place.runPod("p", "securityContext: {fsGroup: 4321}\n" + spec("stat -c '%a %g' /v"))
            try place.call("wait", "p").check("wait")
            #expect(try place.log("p") == "2777 4321\n")
            try place.call("rm", "p").check("rm")
            try place.call("volume", "rm", "data").check("volume rm")
        }
    }

    @Test("the files of an image are a volume, and the image is in use as long as the sandbox is")
    func image() throws {
        try withPods("image-volume") { place in
            func spec(_ reference: String, _ policy: String = "IfNotPresent") -> String {
                """
                terminationGracePeriodSeconds: 0
                volumes: [{name: v, image: {reference: "\(reference)", pullPolicy: \(policy)}}]
                containers:
                - name: c
                  image: busybox:1
                  command: [sh, -c, "test -x /v/bin/sh && echo files; touch /v/x 2>/dev/null || echo read-only; test -d /part/. && echo part; sleep 600"]
                  volumeMounts: [{name: v, mountPath: /v}, {name: v, mountPath: /part, subPath: bin}]
                """
            }
            try place.runPod("p", spec("busybox:1"))
            #expect(eventually { (try? place.log("p")) == "files\nread-only\npart\n" })
            try place.call("stop", "p").check("stop")
            try place.call("restart", "p").check("restart")
            #expect(eventually { (try? place.log("p")) == "files\nread-only\npart\n" })
            for policy in ["Always", "IfNotPresent", "Never"] {
                let outcome = try place.call("run", try place.write("q", spec("nothing:1", policy)))
                #expect(outcome.code == 3 && outcome.errors.contains("nothing:1"), "\(policy): \(outcome.errors)")
            }
        }
    }
}
