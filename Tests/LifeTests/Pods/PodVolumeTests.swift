import Foundation
import Testing

/// emptyDir and hostPath, as containers see them.
@Suite("pods: volumes", .serialized, Requirement.root, Requirement.shell, Requirement.keeper, Requirement.rootfs, .leakCheck)
struct PodVolumeTests {
    @Test("an emptyDir on the disk is for everybody, outlives a restart of the pod, and goes with the pod")
    func emptyDir() throws {
        try withPods("empty-dir") { place in
            try place.runPod(
                "p",
                """
                restartPolicy: Never
                volumes: [{name: v, emptyDir: {}}]
                containers:
                - name: c
                  image: busybox:1
                  securityContext: {runAsUser: 1234}
                  command: [sh, -c, "stat -c %a /v; echo x >> /v/file; wc -l < /v/file"]
                  volumeMounts: [{name: v, mountPath: /v}]
                """)
            try place.call("wait", "p").check("wait")
            #expect(try place.log("p") == "777\n1\n")
            try place.call("restart", "p").check("restart")
            try place.call("wait", "p").check("wait")
            #expect(try place.log("p") == "777\n2\n")
        }
    }

    @Test("an emptyDir in memory has its size, and is empty again after a restart of the pod")
    func memory() throws {
        try withPods("memory") { place in
            try place.runPod(
                "p",
                """
                restartPolicy: Never
                volumes: [{name: v, emptyDir: {medium: Memory, sizeLimit: 1Mi}}]
                containers:
                - name: c
                  image: busybox:1
                  command: [sh, -c, "grep ' /v ' /proc/mounts | cut -d' ' -f3; ls /v; head -c 2000000 /dev/zero > /v/file 2>/dev/null || stat -c %s /v/file"]
                  volumeMounts: [{name: v, mountPath: /v}]
                """)
            for _ in 0..<2 {
                try place.call("wait", "p").check("wait")
                let text = try place.log("p")
                #expect(text.hasPrefix("tmpfs\n") && text.hasSuffix("\n1048576\n"), "\(text)")
                try place.call("restart", "p").check("restart")
            }
        }
    }

    @Test("hostPath: each type, read-only, a part of a volume's tree; what is not there is said")
    func hostPath() throws {
        try withPods("host-path") { place in
            try Data("inside\n".utf8).write(to: URL(fileURLWithPath: place.shared + "/file"))
            func volume(_ name: String, _ type: String) -> String {
                "- {name: v, hostPath: {path: \(place.shared)/\(name), type: \(type)}}"
            }
            func spec(_ volume: String) -> String {
                """
                restartPolicy: Never
                volumes:
                \(volume)
                containers:
                - name: c
                  image: busybox:1
                  command: [sh, -c, "if test -d /v; then echo directory; else cat /v; fi; (echo more >> /v) 2>/dev/null || echo read-only"]
                  volumeMounts: [{name: v, mountPath: /v, readOnly: true}]
                """
            }
            for (name, type, text) in [
                ("file", "File", "inside\nread-only\n"), ("new", "FileOrCreate", "read-only\n"),
                ("new-directory/below", "DirectoryOrCreate", "directory\nread-only\n"),
                ("new-directory", "Directory", "directory\nread-only\n"),
                ("file", "\"\"", "inside\nread-only\n"),
            ] {
                let outcome = try place.call("run", "--replace", "--wait", try place.write("p", spec(volume(name, type))))
                #expect(outcome.succeeded, "\(type): \(outcome.errors)")
                #expect(try place.log("p") == text, "\(type)")
            }
            for (name, type) in [
                ("nothing", "Directory"), ("file", "Directory"), ("new-directory", "File"), ("file", "Socket"),
                ("file", "BlockDevice"),
            ] {
                let outcome = try place.call("run", "--replace", try place.write("p", spec(volume(name, type))))
                #expect(outcome.code == 1 || outcome.code == 2, "\(type)")
                #expect(
                    outcome.errors.contains("volume 'v'") && outcome.errors.contains("\(place.shared)/\(name)"),
                    "\(outcome.errors)")
            }
        }
    }
}
