import Foundation
import Testing

/// `subPath`, `subPathExpr` and recursive read-only mounts.
@Suite(
    "pods: parts of volumes", .serialized, Requirement.root, Requirement.shell, Requirement.keeper, Requirement.rootfs, .leakCheck
)
struct PodPartTests {
    @Test("a part is made where it is missing, may be a file, follows links inside, and takes variables")
    func parts() throws {
        try withPods("parts") { place in
            try place.script("mkdir $W/shared/real; echo one > $W/shared/real/file; ln -s real $W/shared/link")
            try place.runPod(
                "p",
                """
                restartPolicy: Never
                volumes:
                - {name: v, emptyDir: {}}
                - {name: h, hostPath: {path: \(place.shared)}}
                containers:
                - name: c
                  image: busybox:1
                  env: [{name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]
                  command:
                  - sh
                  - -c
                  - |
                    echo x > /new/f; stat -c %a /new; ls /all/a/b; ls /all/logs; cat /link/file /file; touch /ro 2>/dev/null
                    echo y >> /file && echo written; (echo z >> /link/file) 2>/dev/null || echo read-only
                  volumeMounts:
                  - {name: v, mountPath: /all}
                  - {name: v, mountPath: /new, subPath: a/b}
                  - {name: v, mountPath: /log, subPathExpr: "logs/$(POD)"}
                  - {name: h, mountPath: /link, subPath: link, readOnly: true}
                  - {name: h, mountPath: /file, subPath: link/file}
                """)
            try place.call("wait", "p").check("wait")
            #expect(try place.log("p") == "777\nf\np\none\none\nwritten\nread-only\n")
        }
    }

    @Test(
        "what leads out of a volume is refused, and nothing is made there",
        arguments: [
            ("absolute", "leads out of the volume"), ("up", "leads out of the volume"), ("deep/up", "leads out of the volume"),
            ("magic", "leads out of the volume"), ("file/x", "no directory"), ("loop", "leads out of the volume"),
        ])
    func refused(path: String, reason: String) throws {
        try withPods("parts-out") { place in
            try place.script(
                """
                mkdir $W/outside $W/shared/deep
                ln -s $W/outside $W/shared/absolute; ln -s ../outside $W/shared/up; ln -s ../../outside $W/shared/deep/up
                ln -s /proc/self/root $W/shared/magic; ln -s loop $W/shared/loop; touch $W/shared/file
                """)
            let outcome = try place.call(
                "run",
                try place.write(
                    "p",
                    """
                    restartPolicy: Never
                    volumes: [{name: h, hostPath: {path: \(place.shared)}}]
                    containers:
                    - {name: c, image: "busybox:1", command: [ls, /v], volumeMounts: [{name: h, mountPath: /v, subPath: \(path)}]}
                    - {name: d, image: "busybox:1", command: [ls, /v], volumeMounts: [{name: h, mountPath: /v, subPath: \(path)/more}]}
                    """))
            #expect(outcome.code == 1 && outcome.errors.contains(reason), "\(outcome.errors)")
            #expect(outcome.errors.contains("subPath '\(path)"), "\(outcome.errors)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: place.work + "/outside") == [])
        }
    }

    @Test("a part that is swapped for a link again and again never shows what is outside")
    func race() throws {
        try withPods("parts-race") { place in
            try place.script("mkdir -p $W/outside $W/shared/a; echo canary > $W/outside/f; ln -s ../outside $W/shared/b")
            let script = "cd \(place.shared); while :; do mv a t; mv b a; mv t b; mv a t; mv b a; mv t b; done 2>/dev/null"
            let racer = try start(["sh", "-c", script])
            defer {
                racer.kill()
                _ = racer.wait()
            }
            for _ in 0..<10 {
                let outcome = try place.call(
                    "run", "--replace", "--wait",
                    try place.write(
                        "p",
                        """
                        restartPolicy: Never
                        volumes: [{name: h, hostPath: {path: \(place.shared)}}]
                        containers: [{name: c, image: "busybox:1", command: [sh, -c, "cat /v/f"], volumeMounts: [{name: h, mountPath: /v, subPath: a}]}]
                        """))
                let log = try place.log("p")
                #expect(!log.contains("canary"), "\(outcome.errors)")
            }
        }
    }

    @Test("a part of a volume of documents is one file, and is not changed with the volume; what is not there is told")
    func document() throws {
        try withPods("parts-documents") { place in
            let map = place.work + "/map.yaml"
            try "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {a.conf: one}\n"
                .write(toFile: map, atomically: true, encoding: .utf8)
            try place.call("apply", map).check("apply")
            func spec(_ part: String) -> String {
                """
                restartPolicy: Never
                volumes: [{name: v, configMap: {name: web}}]
                containers: [{name: c, image: "busybox:1", command: [sh, -c, "cat /etc/a.conf; (echo x > /etc/a.conf) 2>/dev/null || echo read-only"], volumeMounts: [{name: v, mountPath: /etc/a.conf, subPath: \(part)}]}]
                """
            }
            try place.runPod("p", spec("a.conf"))
            try place.call("wait", "p").check("wait")
            #expect(try place.log("p") == "oneread-only\n")
            let outcome = try place.call("run", try place.write("q", spec("b.conf")))
            #expect(
                outcome.code == 1 && outcome.errors.contains("subPath 'b.conf' of volume 'v' is not there"), "\(outcome.errors)")
        }
    }

    @Test("recursiveReadOnly: mounts below a volume are read-only too")
    func recursive() throws {
        try withPods("recursive") { place in
            try place.script("mkdir $W/shared/below; mount -t tmpfs tmpfs $W/shared/below")
            defer { _ = try? place.script("umount $W/shared/below") }
            for (mode, text) in [("Disabled", "below is written\n"), ("Enabled", ""), ("IfPossible", "")] {
                let outcome = try place.call(
                    "run", "--replace", "--wait",
                    try place.write(
                        "p",
                        """
                        restartPolicy: Never
                        volumes: [{name: h, hostPath: {path: \(place.shared)}}]
                        containers:
                        - name: c
                          image: busybox:1
                          command: [sh, -c, "for d in . below; do touch /v/$d/x 2>/dev/null && echo $d is written; done; true"]
                          volumeMounts: [{name: h, mountPath: /v, readOnly: true, recursiveReadOnly: \(mode)}]
                        """))
                #expect(outcome.succeeded, "\(outcome.errors)")
                #expect(try place.log("p") == text, "\(mode)")
            }
            try place.call("rm", "-f", "p").check("rm")
        }
    }
}
