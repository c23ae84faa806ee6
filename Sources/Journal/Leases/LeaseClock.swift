internal import LinuxKernel
internal import LinuxTypes

/// What leases are measured by: a clock, and who lives. Small, so that a test can own it.
protocol LeaseClock {
    /// Milliseconds of the boot-time clock.
    var milliseconds: UInt64 { get }
    /// The inode number of our PID namespace; nil where that is not known, and pids mean nothing.
    var namespace: UInt64? { get }
    /// Whether the process with a pid of our namespace and a start time, in clock ticks, lives.
    func life(of pid: Int32, startTime: UInt64) -> ProcessLife
    /// The start time of a process that runs now; nil where there is none.
    func startTime(of pid: Int32) throws(KernelError) -> UInt64?
}

enum ProcessLife {
    case alive
    case ended
    /// It cannot be seen from here. Who cannot be seen is not taken for dead.
    case unknown
}

/// The kernel's.
struct KernelClock: LeaseClock {
    var milliseconds: UInt64 { bootMilliseconds() }

    var namespace: UInt64? {
        do throws(KernelError) {
            // A /proc of another PID namespace tells of other processes than those that we would open by pid.
            guard try FileDescriptor.workingDirectory.readLink("/proc/self") == "\(currentPID())" else { return nil }
            let handle = try NamespaceHandle(path: "/proc/self/ns/pid", kind: .pid)
            return try handle.descriptor.namespaceIdentity().inode
        } catch { return nil }
    }

    func startTime(of pid: Int32) throws(KernelError) -> UInt64? {
        guard let status = try ProcessStatus(pid: pid), life(of: pid, startTime: status.startTime) == .alive else { return nil }
        return status.startTime
    }

    func life(of pid: Int32, startTime: UInt64) -> ProcessLife {
        do throws(KernelError) {
            guard let status = try ProcessStatus(pid: pid) else { return try isGone(pid) ? .ended : .unknown }
            if status.startTime != startTime { return .ended }
            guard status.hasEnded else { return .alive }
            // A process whose first thread has ended looks like a zombie, and is none as long as others run.
            return try isGone(pid) ? .ended : .alive
        } catch { return .unknown }
    }

    /// Asked of the kernel itself: `/proc` may hide processes of others.
    private func isGone(_ pid: Int32) throws(KernelError) -> Bool {
        do throws(KernelError) {
            let handle = try openPidfd(pid)
            var entries = [PollEntry(handle.descriptor)]
            _ = try waitUntilReady(&entries, milliseconds: 0)
            return entries[0].canRead
        } catch {
            // EINVAL: a thread has this number by now.
            if error.errno == .ESRCH || error.errno == .EINVAL { return true }
            throw error
        }
    }
}
