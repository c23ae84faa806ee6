import Foundation
import Testing

/// What a container may do, seen from inside.
@Suite("pods: security", .serialized, Requirement.root, Requirement.shell, Requirement.keeper, Requirement.rootfs, .leakCheck)
struct PodSecurityTests {
    /// Runs one container to its end and returns what it printed, line by line.
    private func look(_ place: PodPlace, pod: String = "", _ context: String, _ script: String) throws -> [String] {
        let outcome = try place.call(
            "run", "--replace", "--wait",
            try place.write(
                "p",
                """
                restartPolicy: Never
                \(pod)
                containers:
                - {name: c, image: "busybox:1", securityContext: {\(context)}, command: [sh, -c, "\(script)"]}
                """))
        #expect(outcome.succeeded, "\(outcome.errors)")
        return try place.log("p").split(separator: "\n").map(String.init)
    }

    private static let status = "awk '/^(Cap(Eff|Bnd|Amb)|NoNewPrivs|Seccomp):/ { print $2 }' /proc/self/status"

    @Test("by default: the usual capabilities, the default filter, masks, nothing of the machine's")
    func usual() throws {
        try withPods("usual") { place in
            let lines = try look(
                place, "",
                "id -u; \(Self.status); cat /proc/timer_list | wc -c; (echo 1 > /proc/sys/net/ipv4/ip_forward) 2>&1 | grep -c -i read-only; ls /dev | wc -l; ls /proc/self/fd | wc -l"
            )
            // CapEff, CapBnd, CapAmb, NoNewPrivs, Seccomp; of /dev some dozen.
            #expect(lines.prefix(6) == ["0", "00000000a80425fb", "00000000a80425fb", "0000000000000000", "0", "2"])
            #expect(lines[6] == "0" && lines[7] == "1", "\(lines)")
            #expect(Int(lines[8]) ?? 99 < 20)
            #expect(lines[9] == "4", "0, 1, 2 and the directory itself")
        }
    }

    @Test("another user has no capabilities but those that are named; no new privileges; groups")
    func user() throws {
        try withPods("user") { place in
            let lines = try look(
                place, pod: "securityContext: {runAsUser: 1000, runAsGroup: 1001, supplementalGroups: [7], runAsNonRoot: true}",
                "capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}, allowPrivilegeEscalation: false",
                "id -u; id -G; \(Self.status)")
            #expect(lines == ["1000", "1001 7 100", "0000000000000400", "0000000000000400", "0000000000000400", "1", "2"])
            let refused = try place.call(
                "run", "--replace",
                try place.write(
                    "p",
                    "containers: [{name: c, image: \"busybox:1\", securityContext: {runAsNonRoot: true}, command: [\"true\"]}]\nrestartPolicy: Never"
                ))
            #expect(refused.code != 0 && refused.errors.contains("runAsNonRoot"), "\(refused.errors)")
        }
    }

    @Test("a filter of the machine's own, for one container or for all; one that is not there is refused")
    func localhostProfile() throws {
        try withPods("localhost-profile") { place in
            try place.script("mkdir -p $W/root/seccomp && chmod 700 $W/root/seccomp").check("mkdir")
            try """
            {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 28}]}
            """.write(toFile: place.root + "/seccomp/narrow.json", atomically: true, encoding: .utf8)
            let profile = "seccompProfile: {type: Localhost, localhostProfile: narrow.json}"
            let script = "mkdir /x 2>&1 | sed 's/.*: //'; awk '/^Seccomp:/ { print $2 }' /proc/self/status"
            let wanted = ["No space left on device", "2"]
            #expect(try look(place, profile, script) == wanted)
            #expect(try look(place, pod: "securityContext: {\(profile)}", "", script) == wanted)
            let own = try look(place, pod: "securityContext: {\(profile)}", "seccompProfile: {type: RuntimeDefault}", script)
            #expect(own == ["2"], "the container's own is the one that counts")
            let missing = try place.call(
                "run", "--replace",
                try place.write(
                    "p",
                    "containers: [{name: c, image: \"busybox:1\", securityContext: {seccompProfile: {type: Localhost, localhostProfile: none.json}}}]"
                ))
            #expect(!missing.succeeded && missing.errors.contains("none.json"), "\(missing.errors)")
        }
    }

    @Test("a root that cannot be written to, but for volumes; privileged, and without a filter")
    func rootAndPrivileges() throws {
        try withPods("privileges") { place in
            let written = try look(
                place, "readOnlyRootFilesystem: true",
                "touch /x 2>&1 | grep -c -i read-only; touch /etc/hosts 2>&1 | grep -c -i read-only; touch /dev/shm/x && echo yes"
            )
            #expect(written == ["1", "1", "yes"])
            let all = try look(
                place, "privileged: true",
                "\(Self.status); wc -l < /proc/mounts > /dev/null; mount -t tmpfs x /tmp && echo mounted; ls /dev/full /dev/mem | wc -l"
            )
            let own = (fileText("/proc/self/status") ?? "").split(separator: "\n").first { $0.hasPrefix("CapEff:") }?.split(
                separator: "\t"
            ).last.map(String.init)
            #expect(all.first == own && all[3] == "0" && all[4] == "0" && all[5] == "mounted", "\(all)")
            #expect(try look(place, "seccompProfile: {type: Unconfined}", "\(Self.status)").last == "0")
        }
    }

    @Test(
        "a sysctl that is not safe is refused with its line, unless the machine's configuration allows it; the machine's own always"
    )
    func unsafeSysctls() throws {
        try withPods("sysctls") { place in
            func spec(_ name: String, _ value: String) -> String {
                """
                restartPolicy: Never
                securityContext: {sysctls: [{name: \(name), value: "\(value)"}]}
                containers: [{name: c, image: "busybox:1", command: [sh, -c, "cat /proc/sys/kernel/msgmax /proc/sys/net/core/somaxconn"]}]
                """
            }
            let configuration = place.work + "/config.json"
            try #"{"allowedUnsafeSysctls": ["kernel.msg*", "net.core.somaxconn"]}"#.write(
                toFile: configuration, atomically: true, encoding: .utf8)
            let refused = try place.call("run", try place.write("p", spec("kernel.msgmax", "4321")))
            #expect(
                refused.code == 2 && refused.errors.contains("p.yaml:6:38: spec.securityContext.sysctls[0].name:"),
                "\(refused.errors)")
            #expect(refused.errors.contains("allowedUnsafeSysctls"), "\(refused.errors)")
            for (name, value, line) in [("kernel.msgmax", "4321", 0), ("net.core.somaxconn", "321", 1)] {
                let allowed = try place.call(
                    "run", "--replace", "--wait", "--config", configuration, try place.write("p", spec(name, value)))
                #expect(allowed.succeeded, "\(allowed.errors)")
                #expect(try place.log("p").split(separator: "\n")[line] == value)
            }
            let other = try place.call(
                "run", "--replace", "--config", configuration, try place.write("p", spec("kernel.sem", "1 2 3 4")))
            #expect(other.code == 2 && other.errors.contains("'kernel.sem' is none of the sysctls"), "\(other.errors)")
            let machine = try place.call("run", "--config", configuration, try place.write("q", spec("vm.swappiness", "7")))
            #expect(machine.code == 2 && machine.errors.contains("'vm.swappiness' is the machine's"), "\(machine.errors)")
        }
    }

    @Test("a user by number has the groups that the image's files give its name, unless the policy is Strict")
    func groups() throws {
        try withPods("groups") { place in
            try place.script(
                """
                mkdir $W/files; cp -a $R/. $W/files/
                printf 'root:x:0:0::/:/bin/sh\\nweb:x:1000:1001::/:/bin/sh\\n' > $W/files/etc/passwd
                printf 'web:x:1001:\\ndisk:x:6:other,web\\nmail:x:8:web\\n' > $W/files/etc/group
                $H image import -q --root $W/root --run-root $W/run $W/files users:1 --user 1000
                """
            ).check("import")
            func groups(_ pod: String) throws -> String {
                try place.call(
                    "run", "--replace", "--wait",
                    try place.write(
                        "p", "restartPolicy: Never\n\(pod)\ncontainers: [{name: c, image: \"users:1\", command: [id, -G]}]")
                ).check("run")
                return try place.log("p")
            }
            #expect(try groups("") == "1001 6 8\n")
            #expect(try groups("securityContext: {runAsUser: 1000, supplementalGroups: [7]}") == "1001 6 7 8\n")
            #expect(
                try groups("securityContext: {runAsUser: 1000, supplementalGroupsPolicy: Strict, supplementalGroups: [7]}")
                    == "1001 7\n")
            #expect(try groups("securityContext: {runAsUser: 2000}") == "0\n")
        }
    }
}
