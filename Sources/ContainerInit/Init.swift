import InitProtocol
import LinuxKernel
import LinuxTypes

/// What runs between clone and the container's own program.
///
/// It is a fresh process with one thread, an empty environment and one descriptor beside the standard streams: the socket of its parent. It
/// reads a plan and walks through it. docs/init-sequence.md says of every step why it stands where it stands.
public enum ContainerInit {
    /// Reads the plan from the socket whose number is given and becomes the container's program. Returns only after a failure that was
    /// reported, with the code to exit with.
    public static func run(socketNumber: Int32) -> Int32 {
        let channel = ParentChannel(socket: FileDescriptor(socketNumber))
        do throws(InitFailure) {
            try isolate(channel)
            var setup = try Setup(channel)
            for step in sequence {
                try step.run(&setup)
                setup.note(step.name)
            }
        } catch {
            channel.report(error)
        }
        return 1
    }

    /// The sequence, in its order. Each line is a function of this module; docs/init-sequence.md says why it stands where it stands.
    private static let sequence: [Step] = [
        Step("enter cgroups", enterCgroups),
        Step("join namespaces", joinNamespaces),
        Step("second stage", makeSecondStage),
        Step("cgroup namespace", enterCgroupNamespace),
        Step("loopback", bringLoopbackUp),
        Step("session", startSession),
        Step("names", setNames),
        Step("root mount", mountRoot),
        Step("mounts", mountAll),
        Step("devices", makeDevices),
        Step("terminal", openTerminal),
        Step("sysctls", writeSysctls),
        Step("hooks before pivot", runHooksBeforePivot),
        Step("change root", changeRoot),
        Step("masked paths", maskPaths),
        Step("read-only paths", protectPaths),
        Step("root's last attributes", finishRoot),
        Step("working directory", enterWorkingDirectory),
        Step("user", becomeUser),
        Step("program", findProgram),
        Step("labels", takeLabels),
        Step("wait for start", waitForStart),
        Step("startContainer hooks", runStartContainerHooks),
        Step("limits", setLimits),
        Step("confine", confine),
        Step("execute", execute),
    ]

    /// One line of the sequence.
    private struct Step {
        let name: StaticString
        let run: @Sendable (inout Setup) throws(InitFailure) -> Void

        init(_ name: StaticString, _ run: @escaping @Sendable (inout Setup) throws(InitFailure) -> Void) {
            self.name = name
            self.run = run
        }
    }

    /// Before anything is read: nobody may look into this process, no signal is blocked or ignored on behalf of somebody else. Undumpable it is
    /// by its exec already, but for hosts with `fs.suid_dumpable` at 1.
    private static func isolate(_ channel: ParentChannel) throws(InitFailure) {
        try during(.start) { () throws(KernelError) in
            try makeUndumpable()
            try restoreRealGroup()
            try channel.socket.setCloseOnExec(true)
            resetSignalActions()
            try setBlockedSignals(.none)
        }
    }
}

/// Names the step that a kernel error belongs to.
@inline(__always)
func during<Result: ~Copyable>(
    _ step: InitStep, _ index: Int = 0, _ body: () throws(KernelError) -> Result
) throws(InitFailure) -> Result {
    do throws(KernelError) {
        return try body()
    } catch {
        throw InitFailure(step: step, index: UInt32(index), call: error.call, errno: error.errno, subject: error.subject)
    }
}
