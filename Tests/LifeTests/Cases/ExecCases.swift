/// A second process in a running container.
let execCases: [Case] = [
    exec("plain", "$ID /probe"),
    exec("path-lookup", "$ID sh -c 'exec /probe'"),
    exec("exit-code", "$ID sh -c 'exit 7'"),
    exec("signal", "$ID sh -c 'kill -9 $$'"),
    exec("not-found", "$ID no-such-program"),
    exec("not-executable", "$ID /etc/passwd"),
    exec("user", "-u 1000:1001 $ID /probe"),
    exec("user-without-group", "-u 1000 $ID /probe"),
    exec("additional-groups", "-u 1000:1000 -g 50 -g 60 $ID /probe"),
    exec("environment", "-e A=1 -e B=2 -e TERM=dumb $ID /probe"),
    exec("cwd", "--cwd /tmp $ID /probe"),
    exec("cwd-missing", "--cwd /made/by/exec $ID /probe"),
    exec("capability", "--cap CAP_NET_RAW --cap CAP_SYS_TIME $ID /probe"),
    exec("capability-user", "-u 1000 --cap CAP_NET_RAW $ID /probe"),
    exec("no-new-privileges", "--no-new-privs $ID /probe") { $0["process", "noNewPrivileges"] = false },
    exec("privileges", "$ID /probe") { $0["process", "noNewPrivileges"] = false },
    exec("of-user-container", "$ID /probe") {
        $0["process", "user"] = ["uid": 1000, "gid": 1000, "additionalGids": [7], "umask": 0o007]
    },
    exec("no-process", "$ID"),
    exec("unknown-container", "$ID-unknown /probe"),
    exec("seccomp", "$ID /probe syscall=99") { $0.seccomp(rules: [["names": ["sysinfo"], "action": "SCMP_ACT_ERRNO"]]) },
    exec("user-namespace", "$ID /probe", needs: [.userNamespace]) { $0.userNamespace(host: 0) },
    exec("host-namespaces", "$ID /probe") { for kind in ["network", "ipc", "pid", "cgroup"] { $0.removeNamespace(kind) } },
    exec("time-namespace", "$ID /probe uptime=boot", peers: [], needs: [.timeNamespace]) {
        $0.namespace("time")
        $0["linux", "timeOffsets"] = ["boottime": ["secs": 8_640_000, "nanosecs": 0]]
    },
    exec("oom-score", "$ID /probe") { $0["process", "oomScoreAdj"] = 300 },
    // Where a process of the container may trace, ours joins the PID namespace in a first stage.
    exec("may-be-traced", "$ID /probe") {
        for set in ["bounding", "effective", "permitted"] { $0["process", "capabilities", set] = ["CAP_SYS_PTRACE", "CAP_KILL"] }
    },
    exec("limits", "$ID /probe") { $0["process", "rlimits"] = [["type": "RLIMIT_NOFILE", "soft": 77, "hard": 99]] },
    Case("exec-process-file", script: detached + writeProcess + "$RT exec -p process.json $ID") {
        $0.waits()
    },
    Case("exec-process-file-minimal", script: detached + writeMinimalProcess + "$RT exec -p process.json $ID") { $0.waits() },
    Case(
        "exec-detached",
        script: detached + """
            $RT exec -d --pid-file $WORK/exec-pid $ID /probe out=/out </dev/null >/dev/null 2>&1; echo $?
            for i in $(seq 2000); do grep -q '^{.*}$' rootfs/out 2>/dev/null && break; sleep 0.01; done
            tail -c 1 $WORK/exec-pid | grep -c .
            cat rootfs/out
            """
    ) { $0.waits() },
    Case("exec-created", script: "$RT create $ID </dev/null >/dev/null 2>&1; $RT exec $ID /probe") { $0.waits() },
    Case("exec-stopped", script: "$RT run -d $ID </dev/null >/dev/null 2>&1; \(untilStopped); $RT exec $ID /probe") {
        $0["process", "args"] = ["true"]
    },
]

private func exec(
    _ name: String, _ arguments: String, peers: [String] = ["crun", "runc"], needs: [Need] = [],
    change: @escaping @Sendable (inout JSONValue) -> Void = { _ in }
) -> Case {
    Case("exec-\(name)", script: detached + "$RT exec \(arguments)", peers: peers, needs: needs) {
        change(&$0)
        $0.waits()
    }
}

private let writeProcess = """
    cat >process.json <<'END'
    {"args": ["/probe", "x"], "cwd": "/tmp", "env": ["PATH=/bin", "FROM=file"], "user": {"uid": 1000, "gid": 1000, "additionalGids": [9]},
     "noNewPrivileges": true, "rlimits": [{"type": "RLIMIT_CORE", "soft": 5, "hard": 6}],
     "capabilities": {"bounding": ["CAP_KILL"], "effective": ["CAP_KILL"], "permitted": ["CAP_KILL"], "inheritable": ["CAP_KILL"], "ambient": ["CAP_KILL"]}}
    END

    """

private let writeMinimalProcess = """
    echo '{"args": ["/probe"], "cwd": "/", "env": ["PATH=/bin"]}' >process.json

    """
