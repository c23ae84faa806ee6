import Foundation
import Testing

/// What the containers of one pod have in common, and what the machine keeps for itself.
@Suite("pods: sharing", .serialized, Requirement.root, Requirement.shell, Requirement.keeper, Requirement.rootfs, .leakCheck)
struct PodSharingTests {
    #if arch(x86_64)
    private static let shmget = 29
    #else
    private static let shmget = 194
    #endif

    @Test("two containers meet on localhost, share a volume, memory, an IPC object, names and files")
    func share() throws {
        try withPods("share") { place in
            try place.runPod(
                "pair",
                """
                terminationGracePeriodSeconds: 0
                hostAliases: [{ip: 10.9.8.7, hostnames: [far.example, far]}]
                dnsPolicy: None
                dnsConfig: {nameservers: [10.1.1.1], searches: [a.example], options: [{name: ndots, value: "3"}]}
                volumes:
                - {name: data, emptyDir: {}}
                - {name: probe, hostPath: {path: \(Machine.probe), type: File}}
                containers:
                - name: server
                  image: busybox:1
                  volumeMounts: [{name: data, mountPath: /data}, {name: probe, mountPath: /probe}]
                  command: [sh, -c]
                  args:
                  - |
                    echo from-server > /data/file
                    echo in-memory > /dev/shm/file
                    /probe out=/dev/null syscall=\(Self.shmget),16962,4096,950
                    while true; do echo answer | nc -l -p 8080; done
                - name: client
                  image: busybox:1
                  volumeMounts: [{name: data, mountPath: /data}]
                  command: [sh, -c]
                  args:
                  - |
                    until nc 127.0.0.1 8080 </dev/null 2>/dev/null; do sleep 0.05; done
                    cat /data/file /dev/shm/file
                    awk '$1 == 16962 { print "segment", $4 }' /proc/sysvipc/shm
                    hostname; cat /etc/hostname; echo $HOSTNAME
                    grep -E 'far|pair' /etc/hosts
                    cat /etc/resolv.conf
                    echo end
                    exec sleep 1000
                """)
            #expect(eventually { (try? place.log("pair", "client").hasSuffix("end\n")) == true })
            let expected = [
                "answer", "from-server", "in-memory", "segment 4096", "pair", "pair", "pair", "127.0.0.1\tpair",
                "10.9.8.7\tfar.example\tfar",
                "nameserver 10.1.1.1", "search a.example", "options ndots:3", "end",
            ]
            let text = try place.log("pair", "client")
            #expect(text.split(separator: "\n").map(String.init) == expected, "\(text)")
            let (server, client) = (try place.pid("server", of: "pair"), try place.pid("client", of: "pair"))
            for kind in ["net", "ipc", "uts"] { #expect(namespace(kind, server) == namespace(kind, client), "\(kind)") }
            for kind in ["pid", "mnt"] { #expect(namespace(kind, server) != namespace(kind, client), "\(kind)") }
            for kind in ["net", "ipc", "uts", "pid", "mnt"] {
                #expect(namespace(kind, server) != Machine.hostNamespaces[kind], "\(kind)")
            }
            #expect(Leaks.mounts(below: place.runRoot).count == 2, "one for all pods, one for this")
            #expect(!Machine.exists("/dev/shm/file"))
        }
    }

    private func namespace(_ kind: String, _ pid: Int32) -> String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/ns/\(kind)")
    }

    @Test("the machine's network, processes and IPC on request")
    func host() throws {
        try withPods("host") { place in
            try place.runPod(
                "open",
                """
                terminationGracePeriodSeconds: 0
                hostNetwork: true
                hostPID: true
                hostIPC: true
                containers: [{name: c, image: "busybox:1", command: [sleep, "1000"]}]
                """)
            let pid = try place.pid(of: "open")
            for kind in ["net", "pid", "ipc", "uts"] { #expect(namespace(kind, pid) == Machine.hostNamespaces[kind], "\(kind)") }
            #expect(namespace("mnt", pid) != Machine.hostNamespaces["mnt"])
        }
    }

    @Test("a host name of its own, with a domain, and a safe sysctl; one of the machine's is refused")
    func names() throws {
        try withPods("names") { place in
            let container = """
                containers:
                - {name: c, image: "busybox:1", command: [sh, -c, "hostname; hostname -f; cat /proc/sys/net/ipv4/ip_unprivileged_port_start"]}
                """
            try place.runPod(
                "named",
                """
                restartPolicy: Never
                hostname: box
                subdomain: sub
                setHostnameAsFQDN: true
                securityContext: {sysctls: [{name: net.ipv4.ip_unprivileged_port_start, value: "99"}]}
                \(container)
                """)
            try place.call("wait", "named").check("wait")
            let full = "box.sub.default.svc.cluster.local"
            #expect(try place.log("named") == "\(full)\n\(full)\n99\n")
            let unsafe = try place.write(
                "unsafe", "securityContext: {sysctls: [{name: kernel.pid_max, value: \"99\"}]}\n\(container)")
            expectEnd(try place.call("run", unsafe), 2, "", says: "sysctls")
            let own = try place.write(
                "own",
                "hostNetwork: true\nsecurityContext: {sysctls: [{name: net.ipv4.ip_unprivileged_port_start, value: \"99\"}]}\n\(container)"
            )
            expectEnd(try place.call("run", own), 2, "", says: "net.ipv4.ip_unprivileged_port_start")
        }
    }

    /// Both containers were started at once, and each wanted to start process 1.
    @Test("a PID namespace for all, with a process 1 that only reaps, started once")
    func processes() throws {
        try withPods("processes") { place in
            for round in 0..<4 {
                try place.runPod(
                    "p\(round)",
                    """
                    terminationGracePeriodSeconds: 0
                    shareProcessNamespace: true
                    containers:
                    - {name: a, image: "busybox:1", command: [sleep, "1001"]}
                    - {name: b, image: "busybox:1", command: [sleep, "1002"]}
                    """)
                let seen = try place.call("exec", "p\(round)", "-c", "a", "--", "ps", "-o", "pid,args").output
                #expect(seen.contains("1 /reaper reap"), "\(seen)")
                #expect(seen.contains("sleep 1001") && seen.contains("sleep 1002"), "\(seen)")
                // An orphan of one container is reaped by process 1.
                let orphan = "sh -c '(sleep 0.05 &)'; sleep 0.3; ps -o stat,args"
                let later = try place.call("exec", "p\(round)", "-c", "b", "--", "sh", "-c", orphan).output
                #expect(!later.contains("Z"), "\(later)")
                try place.call("rm", "-f", "p\(round)").check("rm")
            }
        }
    }
}
