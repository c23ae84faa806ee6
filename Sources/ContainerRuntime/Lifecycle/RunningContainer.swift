import Cgroups
public import LinuxKernel
import LinuxTypes

/// A container whose program has been executed, in the hands of who waits for its end.
public struct RunningContainer: ~Copyable {
    /// Its init, by which it is found again when the pid is another's.
    public let process: ProcessIdentity
    /// The host's path of the file whose `oom_kill` counts its kills for want of memory; nil where nobody counts.
    public let memoryEvents: String?
    private let program: RunningProgram

    init(
        process: ProcessIdentity, pidfd: consuming OwnedDescriptor, terminal: consuming OwnedDescriptor?, memoryEvents: String?
    ) {
        self.process = process
        self.memoryEvents = memoryEvents
        program = RunningProgram(pid: process.pid, pidfd: pidfd, terminal: terminal)
    }

    /// The pidfd, and behind it the master of the terminal where there is one.
    public consuming func takeHandles() -> DescriptorList { program.takeHandles() }
}

extension Runtime {
    /// The container of this id, where its program runs; nil for one that never came so far, has ended, or is not there. For whoever lost sight of it.
    ///
    /// What is recorded as running may be an init that is one word away from its program: where whoever had that word is gone, it ends. Two seconds are
    /// waited for one or the other.
    public func running(_ id: String) throws(RuntimeError) -> RunningContainer? {
        guard let store = try ContainerStore(self, for: .looking) else { return nil }
        guard let record = try store.record(of: id), record.phase == .running, let process = record.initProcess else {
            return nil
        }
        let bootID = try Self.currentBootID()
        return try during("cannot watch container '\(id)'") { () throws(KernelError) in
            guard let pidfd = try process.open(currentBootID: bootID) else { return nil }
            guard try Self.becomesProgram(process, pidfd.descriptor) else { return nil }
            return RunningContainer(
                process: process, pidfd: pidfd, terminal: nil, memoryEvents: record.cgroup.memoryEventsPath)
        }
    }

    /// Waits until a process of ours has become another program; false where it ends instead.
    private static func becomesProgram(_ process: ProcessIdentity, _ pidfd: FileDescriptor) throws(KernelError) -> Bool {
        let own = try OwnProgram.path()
        for _ in 0..<400 {
            let program: String
            do throws(KernelError) {
                program = try FileDescriptor.workingDirectory.readLink("/proc/\(process.pid)/exe")
            } catch let error where error.errno == .ENOENT || error.errno == .ESRCH {
                // It has ended, or is on its way out: then it has no program any more.
                return false
            }
            // Before the first exec it is the engine's own program, then hull-init: a file that is mounted nowhere, or a copy in memory (`InitExecutable`).
            guard program == own || program == "/" || program.hasPrefix("/memfd:hull-init") else { return true }
            var entries = [PollEntry(pidfd)]
            if try waitUntilReady(&entries, milliseconds: 5), entries[0].canRead { return false }
        }
        return true
    }
}
