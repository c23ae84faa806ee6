import Cgroups
import LinuxKernel
import LinuxTypes
import OCISpec

/// What `run` is asked beside what `create` is.
public struct RunOptions: Sendable {
    /// Return when the program runs.
    public var isDetached = false
    /// Keep the container after its end.
    public var keepsContainer = false
    /// Do not adopt orphans of the container's processes.
    public var isNoSubreaper = false

    public init() {}
}

extension Runtime {
    /// Makes a container and runs its program at once. In the foreground: with the caller's streams or terminal, until it ends, and then without
    /// leaving a trace. Returns the exit code of the program, 128 and the signal's number where one killed it; 0 when detached.
    public func run(_ request: CreateRequest, _ options: RunOptions) throws(RuntimeError) -> Int32 {
        if !options.isDetached { try Self.prepareForeground(options) }
        var maker = try Maker(self, request, waitsForStart: false, keepsTerminal: !options.isDetached)
        let launch = try maker.make()
        do throws(RuntimeError) {
            try Self.handOver(launch, request)
            if let record = maker.container.record {
                try runPoststartHooks(&maker.container, record, request.id)
            }
        } catch {
            throw Self.end(launch, &maker, after: error, self)
        }
        if options.isDetached { return 0 }
        try maker.container.unlock()
        let status = try Self.attend(launch, terminal: maker.takeTerminal())
        note("program ended")
        let kills = Self.oomKills(maker, status)
        if kills > 0 {
            warn("the kernel killed \(kills) process(es) of container '\(request.id)' for want of memory within its limit")
        }
        if !options.keepsContainer { try finish(&maker, request.id) }
        return status.shellCode
    }

    /// Makes a container, runs its program, and returns at once: the caller, or with `asSibling` its parent, waits for the end. The container's
    /// standard streams are the caller's, unless it has a terminal.
    public func launch(_ request: CreateRequest) throws(RuntimeError) -> RunningContainer {
        var maker = try Maker(self, request, waitsForStart: false, keepsTerminal: true)
        let launch = try maker.make()
        do throws(RuntimeError) {
            try Self.handOver(launch, request)
            if let record = maker.container.record {
                try runPoststartHooks(&maker.container, record, request.id)
            }
            guard let record = maker.container.record, let identity = record.initProcess else {
                throw ContainerStore.missing(request.id)
            }
            return RunningContainer(
                process: identity, pidfd: launch.takePidfd(), terminal: maker.takeTerminal(),
                memoryEvents: record.cgroup.memoryEventsPath)
        } catch {
            throw Self.end(launch, &maker, after: error, self)
        }
    }

    /// Order: before the clone, so that no signal and no child's end is missed.
    private static func prepareForeground(_ options: RunOptions) throws(RuntimeError) {
        try during("cannot prepare to wait") { () throws(KernelError) in
            if !options.isNoSubreaper { try becomeSubreaper() }
            try setBlockedSignals(ForegroundLoop.signals)
        }
    }

    private static func attend(
        _ launch: borrowing Launch, terminal: consuming OwnedDescriptor?
    ) throws(RuntimeError) -> ExitStatus {
        do throws(KernelError) {
            var loop = try ForegroundLoop(pid: launch.pid, pidfd: launch.pidfd.descriptor, terminal: terminal)
            return try loop.run()
        } catch { throw RuntimeError(error, "cannot wait for the container") }
    }

    private static func oomKills(_ maker: borrowing Maker, _ status: ExitStatus) -> UInt64 {
        guard case .signaled(.kill, _) = status else { return 0 }
        do throws(CgroupError) { return try maker.cgroup.oomKills() ?? 0 } catch { return 0 }
    }

    /// Takes the container apart after its program's end, unless another verb did so already.
    private func finish(_ maker: inout Maker, _ id: String) throws(RuntimeError) {
        do throws(RuntimeError) {
            try maker.container.lockAgain()
        } catch {
            if error.kind == .missing { return }
            throw error
        }
        guard var record = maker.container.record else { return }
        record.phase = .deleting
        try maker.container.write(record)
        // The init is reaped, and its cgroups are still open here.
        do throws(CgroupError) {
            try maker.cgroup.kill(milliseconds: Deadline.kill)
            try maker.cgroup.remove(milliseconds: Deadline.remove)
        } catch { throw RuntimeError(error) }
        note("cgroups removed")
        try finishDeletion(&maker.container, record, id)
        note("record removed")
    }

    private static func end(
        _ launch: borrowing Launch, _ maker: inout Maker, after error: RuntimeError, _ runtime: Runtime
    ) -> RuntimeError {
        var failure = error
        do throws(KernelError) { try launch.abandon() } catch { failure = failure.addingCleanup("\(error)") }
        guard error.kind != .missing, let record = maker.container.record else { return failure }
        do throws(RuntimeError) {
            try runtime.delete(&maker.container, record, maker.request.id, bootID: maker.facts.bootID)
        } catch { failure = failure.addingCleanup("\(error)") }
        return failure
    }
}

extension Maker {
    /// The master of the terminal, for whoever serves it.
    mutating func takeTerminal() -> OwnedDescriptor? { terminal.take() }
}
