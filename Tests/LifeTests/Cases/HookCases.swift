/// Each hook writes one line: its name, the status and id that it read, its directory and its environment.
let hookCases: [Case] = [
    Case("hooks-all", script: "touch $WORK/log rootfs/log\n$RT run $ID >/dev/null; echo $?; cat $WORK/log rootfs/log") {
        for kind in ["prestart", "createRuntime", "createContainer", "poststart", "poststop"] { $0.hook(kind, log: "$WORK/log") }
        $0.hook("startContainer", log: "/log")
    },
    Case("hooks-create-start-delete", script: lifeCycle) {
        for kind in ["prestart", "createRuntime", "createContainer", "poststart", "poststop"] { $0.hook(kind, log: "$WORK/log") }
        $0.hook("startContainer", log: "/log")
        $0["process", "args"] = ["true"]
    },
    Case("hooks-order-within-kind", script: "touch $WORK/log\n$RT run $ID >/dev/null; cat $WORK/log") {
        for number in ["one", "two", "three"] { $0.hook("createRuntime", script: "echo \(number) >>$WORK/log") }
    },
    Case("hooks-environment", script: "touch $WORK/log\nFROM_CALLER=1 $RT run $ID >/dev/null; cat $WORK/log") {
        $0.append(
            "hooks", "createRuntime",
            value: [
                "path": "/usr/bin/env", "args": ["env", "sh", "-c", "env | sort | grep -v -E '^(_|PWD|SHLVL)=' >>$WORK/log"],
                "env": ["A=b", "PATH=/usr/bin:/bin"],
            ])
    },
    failing("prestart"), failing("createRuntime"), failing("createContainer"), failing("startContainer"), failing("poststart"),
    failing("poststop"),
    Case("hooks-missing-program", script: "$RT run $ID >/dev/null; echo $?") {
        $0.append("hooks", "createRuntime", value: ["path": "/no/such/hook"])
    },
    Case("hooks-timeout", script: "$RT run $ID >/dev/null; echo $?") {
        $0.append("hooks", "createRuntime", value: ["path": "/bin/sleep", "args": ["sleep", "20"], "timeout": 1])
    },
    Case("hooks-see-namespaces", script: "touch $WORK/log\n$RT run $ID >/dev/null; cat $WORK/log") {
        $0.hook("createRuntime", script: seesNamespaces("createRuntime"))
        $0.hook("createContainer", script: seesNamespaces("createContainer"))
        $0.hook("poststart", script: seesNamespaces("poststart"))
        $0.waits()
        $0["process", "args"] = ["sleep", "0.2"]
    },
    Case("hooks-see-root", script: "touch $WORK/log\n$RT run $ID >/dev/null; cat $WORK/log") {
        // The container's mounts are there before pivot_root, and the host's file system still is.
        let look = "[ -d $WORK/source ] && echo host; [ -e $WORK/bundle/rootfs/proc/self ] && echo proc"
        $0.hook("createRuntime", script: "(\(look)) >>$WORK/log")
        $0.hook("createContainer", script: "(\(look)) >>$WORK/log")
    },
]

private let lifeCycle = """
    touch $WORK/log rootfs/log
    $RT create $ID </dev/null >/dev/null; echo "create $?" >>$WORK/log
    $RT start $ID; echo "start $?" >>$WORK/log
    \(untilStopped)
    $RT delete $ID; echo "delete $?" >>$WORK/log
    cat $WORK/log rootfs/log
    """

/// Until the runtime itself says that the container has ended.
let untilStopped = "until $RT state $ID | grep -q '\"stopped\"'; do sleep 0.01; done"

private func failing(_ kind: String) -> Case {
    Case("hooks-failing-\(kind)", script: "touch $WORK/log\n$RT run $ID >/dev/null; echo $?; cat $WORK/log") {
        $0.hook(kind, script: "exit 5")
        if kind != "startContainer" { $0.hook(kind, script: "echo second >>$WORK/log") }
        $0.hook("poststop", script: "echo poststop >>$WORK/log")
    }
}

private func seesNamespaces(_ kind: String) -> String {
    """
    for n in mnt net pid uts; do
        [ $(readlink /proc/self/ns/$n) = $(readlink /proc/1/ns/$n) ] && echo "\(kind) $n host" || echo "\(kind) $n container"
    done >>$WORK/log 2>&1
    """
}

extension JSONValue {
    mutating func hook(_ kind: String, script: String) {
        append(
            "hooks", kind,
            value: ["path": "/bin/sh", "args": ["sh", "-c", .string(script)], "env": ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"]])
    }

    mutating func hook(_ kind: String, log: String) {
        let status = #"$(cat | tr -d ' \n\t' | grep -o '"status":"[a-z]*"\|"id":"[^"]*"\|"bundle":"[^"]*"' | sort | tr '\n' ' ')"#
        hook(kind, script: "{ echo \(kind) in $(pwd); echo '\(kind)' \"\(status)\"; } >>\(log)")
    }
}
