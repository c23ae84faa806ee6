import Foundation
import Testing

/// Pods with users of their own (`hostUsers: false`), seen from inside and from the machine.
@Suite(
    "pods: users", .serialized, Requirement.root, Requirement.shell, Requirement.keeper, Requirement.rootfs,
    Requirement.mappedLayers, .leakCheck)
struct PodUserTests {
    @Test("root of the pod is nobody of the machine; its files are root's inside, and nothing is chowned")
    func inside() throws {
        try withPods("users") { place in
            try Data("x".utf8).write(to: URL(fileURLWithPath: place.shared + "/file"))
            try place.runPod(
                "p",
                """
                hostUsers: false
                terminationGracePeriodSeconds: 0
                securityContext:
                  fsGroup: 4321
                  sysctls: [{name: kernel.shm_rmid_forced, value: "1"}, {name: net.ipv4.ip_unprivileged_port_start, value: "81"}]
                volumes:
                - {name: e, emptyDir: {}}
                - {name: m, emptyDir: {medium: Memory}}
                - {name: h, hostPath: {path: \(place.shared)}}
                - {name: d, downwardAPI: {items: [{path: name, fieldRef: {fieldPath: metadata.name}}]}}
                - {name: i, image: {reference: "busybox:1"}}
                containers:
                - name: c
                  image: busybox:1
                  command:
                  - sh
                  - -c
                  - |
                    awk '{print $1, $3}' /proc/self/uid_map
                    stat -c '%n %u %g' / /bin/sh /e /m /h/file /d/..data/name /i/bin /etc/hosts
                    touch /e/new /m/new /h/new /new /dev/shm/new && stat -c '%n %u %g' /e/new /m/new /h/new /new
                    cat /proc/sys/kernel/shm_rmid_forced /proc/sys/net/ipv4/ip_unprivileged_port_start
                    ls /sys/class/net
                    mkdir /tmp/x && mount -t tmpfs x /tmp/x 2>/dev/null || echo no-mount
                    echo message > /dev/termination-log; echo again > /dev/stdout
                    exec sleep 600
                  volumeMounts: [{name: e, mountPath: /e}, {name: m, mountPath: /m}, {name: h, mountPath: /h}, {name: d, mountPath: /d}, {name: i, mountPath: /i}]
                """)
            #expect(eventually { (try? place.log("p"))?.hasSuffix("again\n") == true })
            #expect(
                try place.log("p") == """
                    0 65536
                    / 0 0
                    /bin/sh 0 0
                    /e 0 4321
                    /m 0 4321
                    /h/file 0 0
                    /d/..data/name 0 4321
                    /i/bin 0 0
                    /etc/hosts 0 0
                    /e/new 0 4321
                    /m/new 0 4321
                    /h/new 0 0
                    /new 0 0
                    1
                    81
                    lo
                    no-mount
                    again

                    """)
            let pid = try place.pid(of: "p")
            let map = (fileText("/proc/\(pid)/uid_map") ?? "").split(separator: " ").map(String.init)
            #expect(map.count == 3 && Int(map[1]) ?? 0 >= 65_536, "\(map)")
            let status = (fileText("/proc/\(pid)/status") ?? "").split(separator: "\n").first { $0.hasPrefix("Uid:") }
            #expect(status == "Uid:\t\(map[1])\t\(map[1])\t\(map[1])\t\(map[1])")
            #expect(try place.call("exec", "p", "--", "id", "-u").output == "0\n")
            #expect(try place.call("exec", "-u", "12:34", "p", "--", "id").output.hasPrefix("uid=12 gid=34"))
        }
    }

    @Test("no two pods have the same users; they are given back, and where there are no more that is said")
    func ranges() throws {
        try withPods("user-ranges") { place in
            let file = place.work + "/config.json"
            try Data(#"{"podUsers": {"base": 131072, "pods": 2}}"#.utf8).write(to: URL(fileURLWithPath: file))
            func run(_ name: String) throws -> Outcome {
                try place.call(
                    "run", "--config", file,
                    try place.write(
                        name,
                        "hostUsers: false\nrestartPolicy: Never\ncontainers: [{name: c, image: \"busybox:1\", command: [sh, -c, \"awk '{print $2}' /proc/self/uid_map\"]}]"
                    ))
            }
            func ranges() throws -> [String] { try place.call("journal", "range", "--keys-only", "/user-ranges/").lines }
            // Two at once, who look for free ids in the same moment.
            let other = try place.starting(
                "run", "--config", file,
                try place.write("a", "hostUsers: false\ncontainers: [{name: c, image: \"busybox:1\", command: [sleep, \"600\"]}]")
            )
            try run("b").check("run")
            #expect(other.wait().succeeded)
            #expect(try ranges() == ["/user-ranges/131072", "/user-ranges/196608"])
            let full = try run("c")
            #expect(full.code == 1 && full.errors.contains("all 2 ranges of ids"), "\(full.errors)")
            try place.call("rm", "-f", "b").check("rm")
            try run("c").check("run")
            #expect(try ranges().count == 2)
            for name in ["a", "c"] { try place.call("rm", "-f", "-t", "0", name).check("rm") }
            #expect(try ranges() == [])
        }
    }

    @Test("a shared process namespace, another user, parts of volumes, /proc unmasked, a root that cannot be written to")
    func more() throws {
        try withPods("users-more") { place in
            try place.runPod(
                "p",
                """
                hostUsers: false
                restartPolicy: Never
                shareProcessNamespace: true
                volumes: [{name: e, emptyDir: {}}, {name: claim, persistentVolumeClaim: {claimName: data}}]
                initContainers:
                - {name: i, image: "busybox:1", command: [sh, -c, "mkdir /e/sub; echo part > /e/sub/f; chown 7:8 /e/sub/f"], volumeMounts: [{name: e, mountPath: /e}]}
                containers:
                - name: c
                  image: busybox:1
                  securityContext: {runAsUser: 1000, runAsGroup: 1000, procMount: Unmasked, readOnlyRootFilesystem: true}
                  command: [sh, -c, "cat /s/f; stat -c '%u %g' /s/f; ps -o args | grep -c ^/reaper; touch /n/x; stat -c %u /n/x; grep -c timer_list /proc/mounts; touch /x 2>&1 | grep -c -i read-only"]
                  volumeMounts: [{name: e, mountPath: /s, subPath: sub}, {name: claim, mountPath: /n}]
                """)
            try place.call("wait", "p").check("wait")
            #expect(try place.log("p") == "part\n7 8\n1\n1000\n0\n1\n")
            try place.call("rm", "p").check("rm")
            try place.call("volume", "rm", "data").check("volume rm")
        }
    }

    @Test("what cannot be mapped is named; the machine's network is refused")
    func refused() throws {
        try withPods("users-refused") { place in
            let spec = "hostUsers: false\nterminationGracePeriodSeconds: 0\n"
            let mapped = try place.call(
                "run",
                try place.write(
                    "p",
                    spec + "volumes: [{name: v, hostPath: {path: /proc}}]\n"
                        + "containers: [{name: c, image: \"busybox:1\", command: [\"true\"], volumeMounts: [{name: v, mountPath: /v}]}]"
                ))
            #expect(mapped.code == 1 && mapped.errors.contains("cannot map the owners of '/proc'"), "\(mapped.errors)")
            let network = try place.call(
                "run", "--network", "host",
                try place.write("q", spec + "containers: [{name: c, image: \"busybox:1\", command: [\"true\"]}]"))
            #expect(network.code == 2 && network.errors.contains("spec.hostUsers"), "\(network.errors)")
        }
    }

    @Test("cp into a pod with users of its own: root's there, whatever file system it lands on; out: the caller's")
    func copies() throws {
        try withPods("users-cp") { place in
            try place.script(
                "mkdir -p $W/tree/d $W/shared; echo one >$W/tree/d/f; chmod 640 $W/tree/d/f; ln -s d/f $W/tree/l; chown -R 1234:1234 $W/tree/d/f"
            ).check("prepare")
            try place.runPod(
                "p",
                """
                hostUsers: false
                terminationGracePeriodSeconds: 0
                volumes: [{name: e, emptyDir: {}}, {name: m, emptyDir: {medium: Memory}}, {name: h, hostPath: {path: \(place.shared)}}]
                containers:
                - name: c
                  image: busybox:1
                  command: [sleep, "1000"]
                  volumeMounts: [{name: e, mountPath: /e}, {name: m, mountPath: /m}, {name: h, mountPath: /h}]
                """)
            for target in ["/tmp", "/e", "/m", "/h"] {
                let copied = try place.call("cp", place.work + "/tree", "p:\(target)")
                #expect(copied.succeeded, "\(target): \(copied.errors)")
                // Again, onto what is there.
                try place.call("cp", place.work + "/tree", "p:\(target)").check("cp")
                let seen = try place.call(
                    "exec", "p", "--", "sh", "-c",
                    "cd \(target)/tree && stat -c '%n %u:%g %a' . d/f l && cat l && echo more >>d/f && echo writable")
                #expect(
                    seen.output == ". 0:0 755\nd/f 0:0 640\nl 0:0 777\none\nwritable\n",
                    "\(target): \(seen.output) \(seen.errors)")
                try place.call("cp", "p:\(target)/tree/d/f", place.work + "/back").check("cp")
                #expect(fileText(place.work + "/back") == "one\nmore\n")
                #expect(try place.script("stat -c %u:%g $W/back").output == "0:0\n")
            }
        }
    }
}

/// The same where the kernel may be too old.
@Suite(
    "pods: users, anywhere", .serialized, Requirement.root, Requirement.shell, Requirement.keeper, Requirement.rootfs, .leakCheck)
struct PodUserAnywhereTests {
    @Test("a pod with users of its own runs, or says what the kernel lacks; its users are given back")
    func anywhere() throws {
        try withPods("users-anywhere") { place in
            let outcome = try place.call(
                "run", "--wait",
                try place.write(
                    "p",
                    "hostUsers: false\nrestartPolicy: Never\ncontainers: [{name: c, image: \"busybox:1\", command: [\"true\"]}]"))
            if Machine.release >= (6, 15) {
                #expect(outcome.succeeded, "\(outcome.errors)")
            } else {
                #expect(outcome.code == 1 && outcome.errors.contains("it needs Linux 6.15"), "\(outcome.errors)")
            }
            try place.call("rm", "-f", "p").check("rm")
            #expect(try place.call("journal", "range", "--keys-only", "/user-ranges/").lines == [])
        }
    }
}

extension Requirement {
    static let mappedLayers = ConditionTrait.enabled("needs Linux 6.15, for layers with mapped owners below an overlay") {
        Machine.release >= (6, 15)
    }
}
