let processCases: [Case] =
    [
        Case("args-odd") {
            $0["process", "args"] = ["/probe", "", " two  words ", "tab\t", "new\nline", "\"quoted\"", "ümlaut", "-x", "--"]
        },
        Case("args-by-path") { $0["process", "args"] = ["tool"] }.withTool(),
        Case("args-by-second-path") {
            $0["process", "args"] = ["tool"]
            $0["process", "env"] = ["PATH=/absent:/opt/tools:/bin"]
        }.withTool("rootfs/opt/tools"),
        Case("args-relative") {
            $0["process", "args"] = ["./probe"]
        },
        Case("args-without-path-variable") {
            $0["process", "args"] = ["tool"]
            $0["process", "env"] = ["A=b"]
        }.withTool(),
        Case("args-through-symlink", script: "ln -s ../probe rootfs/bin/linked; exec $RT run $ID") {
            $0["process", "args"] = ["linked"]
        },
        Case("environment-duplicates") { $0["process", "env"] = ["PATH=/bin", "A=1", "B=2", "A=3", "EMPTY=", "SPACE= x y "] },
        Case("environment-empty") { $0["process", "env"] = [] },
        Case("environment-absent") { $0["process", "env"] = nil },
        Case("environment-home-of-root") { $0["process", "env"] = ["PATH=/bin"] },
        Case(
            "environment-home-of-user",
            script: "echo 'user:x:1000:1000:u:/home/user:/bin/sh' >>rootfs/etc/passwd; exec $RT run $ID"
        ) {
            $0["process", "env"] = ["PATH=/bin"]
            $0["process", "user"] = ["uid": 1000, "gid": 1000]
        },
        Case("environment-home-of-stranger") {
            $0["process", "env"] = ["PATH=/bin"]
            $0["process", "user"] = ["uid": 4242, "gid": 4242]
        },
        Case("cwd-existing") { $0["process", "cwd"] = "/tmp" },
        Case("cwd-missing") {
            $0["process", "cwd"] = "/made/by/runtime"
            $0.probe("path=/made", "path=/made/by/runtime")
        },
        Case("cwd-missing-for-user") {
            $0["process", "cwd"] = "/made/for"
            $0["process", "user"] = ["uid": 1000, "gid": 1000]
            $0.probe("path=/made", "path=/made/for")
        },
        Case("cwd-symlink", script: "ln -s /tmp rootfs/link; exec $RT run $ID") { $0["process", "cwd"] = "/link" },
        Case("cwd-file") { $0["process", "cwd"] = "/etc/passwd" },
        Case("user-1000") { $0["process", "user"] = ["uid": 1000, "gid": 1000] },
        Case("user-gid-only") { $0["process", "user"] = ["uid": 0, "gid": 50] },
        Case("user-additional-groups") { $0["process", "user"] = ["uid": 1000, "gid": 50, "additionalGids": [5, 60, 5, 70]] },
        Case("user-root-additional-groups") { $0["process", "user"] = ["uid": 0, "gid": 0, "additionalGids": [10, 11]] },
        Case("user-umask") { $0["process", "user"] = ["uid": 0, "gid": 0, "umask": 0o027] },
        Case("user-umask-zero") { $0["process", "user"] = ["uid": 1000, "gid": 0, "umask": 0] },
        Case("umask-of-caller", script: "umask 0077; exec $RT run $ID"),
        Case("no-new-privileges-off") { $0["process", "noNewPrivileges"] = false },
        Case("no-new-privileges-absent") { $0["process", "noNewPrivileges"] = nil },
        Case("oom-score-0") { $0["process", "oomScoreAdj"] = 0 },
        Case("oom-score-500") { $0["process", "oomScoreAdj"] = 500 },
        Case("oom-score-1000") { $0["process", "oomScoreAdj"] = 1000 },
        Case("hostname-long") { $0["hostname"] = "a-host-name.with.dots" },
        Case("hostname-absent") { $0["hostname"] = nil },
        Case("domainname", peers: ["crun"]) { $0["domainname"] = "example.test" },
        Case("personality-linux32") { $0["linux", "personality"] = ["domain": "LINUX32"] },
        Case("annotations", script: "$RT run $ID; $RT state $ID 2>&1 | grep -c example") {
            $0["annotations"] = ["org.example.key": "value"]
        },
        Case("sysctl-network") {
            $0["linux", "sysctl"] = ["net.ipv4.ip_forward": "1", "net.ipv4.ip_local_port_range": "2000 3000"]
            $0.probe("read=/proc/sys/net/ipv4/ip_forward", "read=/proc/sys/net/ipv4/ip_local_port_range")
        },
        Case("sysctl-ipc") {
            $0["linux", "sysctl"] = ["kernel.shmmax": "1048576", "kernel.msgmax": "4096", "kernel.sem": "10 20 30 40"]
            $0.probe("read=/proc/sys/kernel/shmmax", "read=/proc/sys/kernel/msgmax", "read=/proc/sys/kernel/sem")
        },
        Case("sysctl-slashes", peers: ["crun"]) {
            $0["linux", "sysctl"] = ["net/ipv4/ip_forward": "1"]
            $0.probe("read=/proc/sys/net/ipv4/ip_forward")
        },
        Case("sysctl-mqueue", needs: [.mqueue]) {
            $0["linux", "sysctl"] = ["fs.mqueue.msg_max": "20"]
            $0.probe("read=/proc/sys/fs/mqueue/msg_max")
        },
        Case("sysctl-of-host") { $0["linux", "sysctl"] = ["kernel.panic": "7"] },
        Case("sysctl-unknown") { $0["linux", "sysctl"] = ["net.nosuch": "7"] },
        Case("sysctl-network-without-namespace") {
            $0.removeNamespace("network")
            $0["linux", "sysctl"] = ["net.ipv4.ip_default_ttl": "64"]
        },
    ] + limitCases

extension Case {
    /// The probe under another name in a directory of the root file system.
    func withTool(_ directory: String = "rootfs/usr/bin") -> Case {
        var copy = self
        copy.script = "mkdir -p \(directory) && cp rootfs/probe \(directory)/tool\n" + script
        return copy
    }
}

private let limitCases: [Case] =
    [
        Case("limit-every") { configuration in
            let limits: [(String, Int64, Int64)] = [
                ("CPU", 100, 200), ("FSIZE", 100_000_000, 200_000_000), ("DATA", 500_000_000, 600_000_000),
                ("STACK", 4_194_304, 8_388_608), ("CORE", 0, 1000), ("RSS", 1_000_000, 2_000_000), ("NOFILE", 256, 512),
                ("MEMLOCK", 65536, 65536), ("AS", 1_000_000_000, 2_000_000_000), ("LOCKS", 10, 20), ("SIGPENDING", 100, 200),
                ("MSGQUEUE", 8192, 16384), ("NICE", 0, 0), ("RTPRIO", 0, 0), ("RTTIME", 1000, 2000), ("NPROC", 500, 600),
            ]
            configuration["process", "rlimits"] = .array(
                limits.map { ["type": .string("RLIMIT_" + $0.0), "soft": .integer($0.1), "hard": .integer($0.2)] })
        },
        Case("limit-none") { $0["process", "rlimits"] = nil },
        Case("limit-infinite") {
            $0["process", "rlimits"] = [["type": "RLIMIT_CORE", "soft": .integer(.max), "hard": .integer(.max)]]
        },
        Case("limit-several") {
            $0["process", "rlimits"] = [
                ["type": "RLIMIT_NOFILE", "soft": 100, "hard": 200], ["type": "RLIMIT_CORE", "soft": 1, "hard": 2],
                ["type": "RLIMIT_NPROC", "soft": 300, "hard": 400],
            ]
        },
        Case("limit-unknown") { $0["process", "rlimits"] = [["type": "RLIMIT_NOSUCH", "soft": 1, "hard": 1]] },
        Case("limit-soft-above-hard") { $0["process", "rlimits"] = [["type": "RLIMIT_NOFILE", "soft": 200, "hard": 100]] },
    ]
