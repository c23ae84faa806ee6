import LinuxKernel
import LinuxTypes

private func shell(_ script: String, input: [UInt8] = [], timeout: Int? = nil) -> Subprocess {
    Subprocess(
        path: "/bin/sh", arguments: ["sh", "-c", script], environment: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"], input: input,
        timeoutMilliseconds: timeout)
}

let subprocessFacts = [
    Fact("subprocess-says-how-it-ended") {
        try expectEqual(try shell("exit 0").run().status, .exited(code: 0))
        try expectEqual(try shell("exit 3").run().status, .exited(code: 3))
        try expectEqual(try shell("kill -9 $$").run().status, .signaled(.kill, dumpedCore: false))
        let outcome = try shell("echo to stdout; echo to stderr >&2").run()
        try expectEqual(outcome.output, "to stdout\nto stderr")
    },
    Fact("subprocess-missing-program") {
        func errno(_ path: String) throws -> Errno {
            try errnoOf(path) { () throws(KernelError) in _ = try Subprocess(path: path, arguments: [path], environment: []).run()
            }
        }
        try expectEqual(try errno("/hull-facts-nowhere"), .ENOENT)
        try expectEqual(try errno("/etc/passwd"), .EACCES)
        try expectEqual(try errno("/etc"), .EACCES)
        try expectEqual(try errno("/etc/passwd/x"), .ENOTDIR)
    },
    Fact("subprocess-timeout-kills-the-group") {
        try becomeSubreaper()
        let start = monotonicMicroseconds()
        let outcome = try shell("sleep 1000 & echo $!; wait", timeout: 2000).run()
        let took = monotonicMicroseconds() - start
        try expectEqual(outcome.status, nil)
        try expect(took >= 2_000_000 && took < 30_000_000, "ended after \(took) µs")
        guard let pid = Int32(outcome.output) else { throw Broken(description: outcome.output) }
        // It is our child now, since its parent is dead.
        try eventually("the end of what the program started") { try reapChild(pid) != nil }
    },
    Fact("subprocess-output-is-bounded") {
        let before = try peakMemory()
        let outcome = try shell("head -c 100000000 /dev/zero; echo the end").run()
        try expectEqual(outcome.status, .exited(code: 0))
        // The newline at its end is not kept.
        try expectEqual(outcome.output.utf8.count, Subprocess.outputLimit - 1)
        try expect(outcome.output.hasSuffix("the end"), "the end is not what was kept")
        let grown = try peakMemory() - before
        try expect(grown < 20_000, "\(grown) kB of memory for 100 MB of output")
    },
    Fact("subprocess-reads-its-input-to-the-end") {
        let input = [UInt8](repeating: 0x61, count: 1_000_000)
        try expectEqual(try shell("wc -c", input: input).run().output, "1000000")
        // Input that nobody reads is neither an error nor a reason to wait.
        try expectEqual(try shell("exec <&-; exit 4", input: input).run().status, .exited(code: 4))
        try expectEqual(try shell("cat").run().output, "")
    },
    Fact("subprocess-what-is-left-running-does-not-hold-us") {
        try becomeSubreaper()
        let start = monotonicMicroseconds()
        let outcome = try shell("sleep 30 & echo $!").run()
        try expect(monotonicMicroseconds() - start < 20_000_000, "waited for somebody who holds the pipe")
        try expectEqual(outcome.status, .exited(code: 0))
        guard let pid = Int32(outcome.output) else { throw Broken(description: outcome.output) }
        try kill(pid: pid, .kill)
        try eventually("the end of what the program started") { try reapChild(pid) != nil }
    },
    Fact("subprocess-gets-its-environment-and-nothing-else") {
        let leak = try FileDescriptor.inMemory(name: "leak")
        try leak.descriptor.setCloseOnExec(false)
        let environment = try Subprocess(path: "/usr/bin/env", arguments: ["env"], environment: ["A=b c", "É=x"]).run()
        try expectEqual(environment.output, "A=b c\nÉ=x")
        // 3 is the directory that ls itself reads.
        let descriptors = try Subprocess(path: "/bin/ls", arguments: ["ls", "/proc/self/fd"], environment: []).run()
        try expectEqual(descriptors.output, "0\n1\n2\n3")
        let ids = try shell("read -r _ _ _ _ group session _ </proc/$$/stat; echo $(($$ == group)) $(($$ == session))").run()
        try expectEqual(ids.output, "1 1")
    },
    Fact("subprocess-runs-what-prepares-it-in-the-child") {
        let outcome = try Subprocess(path: "/bin/grep", arguments: ["grep", "NoNewPrivs", "/proc/self/status"], environment: [])
            .run { () throws(KernelError) in try setNoNewPrivileges() }
        try expectEqual(outcome.output, "NoNewPrivs:\t1")
        try expectEqual(try statusLine("NoNewPrivs"), "0")
    },
    Fact("subprocess-has-no-signal-blocked") {
        try setBlockedSignals(.all)
        let outcome = try Subprocess(
            path: "/bin/grep", arguments: ["grep", "-E", "SigBlk|SigIgn", "/proc/self/status"], environment: []
        )
        .run()
        try expectEqual(outcome.output, "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000")
    },
]

/// In kB.
private func peakMemory() throws -> Int {
    let text = try statusLine("VmHWM")
    guard let kilobytes = Int(text.split(separator: " ").first ?? "") else { throw Broken(description: "VmHWM is '\(text)'") }
    return kilobytes
}
