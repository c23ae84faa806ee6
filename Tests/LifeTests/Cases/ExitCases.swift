let exitCases: [Case] =
    [
        Case("exit-3") { $0.probe("exit=3") },
        Case("exit-255") { $0.probe("exit=255") },
        Case("exit-shell") { $0["process", "args"] = ["sh", "-c", "exit 42"] },
        Case("exit-not-found") { $0["process", "args"] = ["no-such-program"] },
        Case("exit-not-found-absolute") { $0["process", "args"] = ["/no/such/program"] },
        Case("exit-not-executable") { $0["process", "args"] = ["/etc/passwd"] },
        Case("exit-directory") { $0["process", "args"] = ["/tmp"] },
        Case("exit-no-shebang", script: "echo 'echo ran' >rootfs/plain; chmod 755 rootfs/plain; exec $RT run $ID") {
            $0["process", "args"] = ["/plain"]
        },
        Case(
            "exit-shebang",
            script: "printf '#!/bin/sh\\nexec /probe \"$@\"\\n' >rootfs/own; chmod 755 rootfs/own; exec $RT run $ID"
        ) {
            $0["process", "args"] = ["/own", "x"]
        },
        Case("exit-missing-interpreter", script: "echo '#!/no/such' >rootfs/own; chmod 755 rootfs/own; exec $RT run $ID") {
            $0["process", "args"] = ["/own"]
        },
        Case("exit-no-permission-for-user", script: "cp rootfs/probe rootfs/own; chmod 700 rootfs/own; exec $RT run $ID") {
            $0["process", "user"] = ["uid": 1000, "gid": 1000]
            $0["process", "args"] = ["/own"]
        },
        Case("exit-empty-args") { $0["process", "args"] = [] },
        Case("exit-bad-json", script: "echo '{' >config.json; exec $RT run $ID"),
        Case("exit-no-config", script: "rm config.json; exec $RT run $ID"),
        Case("exit-no-rootfs", script: "rm -r rootfs; exec $RT run $ID"),
    ]
    + [1, 2, 9, 10, 11, 15].map { signal in
        // A shell, since nothing but SIGKILL from outside ends an init that has no handler: the shell ends by its child's end.
        Case("exit-signal-\(signal)") {
            $0.removeNamespace("pid")
            $0.probe("signal=\(signal)")
        }
    }
