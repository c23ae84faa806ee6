/// Standard streams, passed descriptors, terminals.
let streamCases: [Case] = [
    Case("stream-pipes", script: "echo in | $RT run $ID 2>&1 | cat"),
    Case("stream-input-is-read", script: "printf 'a\\nb\\n' | $RT run $ID") {
        $0["process", "args"] = ["sh", "-c", "cat; exec /probe"]
    },
    Case("stream-input-closed", script: "exec $RT run $ID <&-"),
    Case("stream-output-closed", script: "touch $WORK/out; $RT run $ID >&-; code=$?; cat $WORK/out; exit $code") {
        $0.bind("/out", source: "$WORK/out", options: ["bind"])
        $0.probe("out=/out")
    },
    Case("stream-errors-closed", script: "exec $RT run $ID 2>&-"),
    Case("descriptors-not-passed", script: "exec $RT run $ID 3</etc/passwd 4<config.json 9<config.json"),
    Case("descriptors-passed", script: "exec $RT run --preserve-fds 2 $ID 3<config.json 4<$WORK/source/file 5<config.json"),
    Case("descriptors-listen", script: "LISTEN_FDS=1 LISTEN_PID=$$ exec $RT run $ID 3<config.json"),
    Case("descriptors-passed-to-exec", script: detached + "$RT exec --preserve-fds 1 $ID /probe 3<config.json 4<config.json") {
        $0.waits()
    },
    Case("terminal-foreground", script: "exec $PROBE terminal $RT run $ID", needs: [.terminal]) {
        $0["process", "terminal"] = true
    },
    Case("terminal-foreground-user", script: "exec $PROBE terminal $RT run $ID", needs: [.terminal]) {
        $0.onTerminal()
        $0["process", "user"] = ["uid": 1000, "gid": 1000]
    },
    Case("terminal-foreground-exit", script: "exec $PROBE terminal $RT run $ID", needs: [.terminal]) {
        $0.onTerminal()
        $0.append("process", "args", value: "exit=9")
    },
    Case("terminal-caller-only", script: "exec $PROBE terminal $RT run $ID", needs: [.terminal]),
    Case("terminal-console-socket", script: withConsole("$RT run -d --console-socket $WORK/console $ID"), needs: [.terminal]) {
        $0["process", "terminal"] = true
        $0["process", "consoleSize"] = ["height": 40, "width": 120]
    },
    Case(
        "terminal-create-start", script: withConsole("$RT create --console-socket $WORK/console $ID && $RT start $ID"),
        needs: [.terminal]
    ) {
        $0["process", "terminal"] = true
    },
    Case("terminal-exec", script: detached + "$PROBE terminal $RT exec -t $ID sh -c 'sleep 0.3; exec /probe'", needs: [.terminal])
    { $0.waits() },
    Case(
        "terminal-exec-console-socket",
        script: detached + withConsole("$RT exec -d -t --console-socket $WORK/console $ID /probe"),
        needs: [.terminal]
    ) { $0.waits() },
    Case("terminal-without-console-socket", script: "$RT create $ID; echo $?") { $0["process", "terminal"] = true },
    Case("console-socket-without-terminal", script: "$RT create --console-socket $WORK/none $ID; echo $?"),
]

/// Runs a command with a receiver of its terminal, and shows what the terminal showed.
private func withConsole(_ command: String) -> String {
    """
    $PROBE receive $WORK/console & receiver=$!
    until [ -S $WORK/console ]; do sleep 0.01; done
    \(command); code=$?
    [ $code = 0 ] || kill $receiver
    wait $receiver
    exit $code
    """
}

/// Starts the container in the background; its first process only waits. A moment may pass before it is that program.
let detached = """
    $RT run -d --pid-file $WORK/pid $ID >/dev/null 2>$WORK/errors </dev/null || { cat $WORK/errors >&2; exit 95; }
    while [ -e /proc/$(cat $WORK/pid) ]; do grep -q 1000 /proc/$(cat $WORK/pid)/cmdline && break; sleep 0.01; done

    """

extension JSONValue {
    /// A terminal, and a moment for the caller to give it a size.
    mutating func onTerminal() {
        self["process", "terminal"] = true
        self["process", "args"] = ["sh", "-c", "sleep 0.3; exec /probe \"$@\"", "sh"]
    }

    mutating func waits() { self["process", "args"] = ["sleep", "1000"] }
}
