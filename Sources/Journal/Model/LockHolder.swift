internal import LinuxKernel

/// The process that held a lock when somebody gave up waiting for it.
public struct LockHolder: Hashable, Sendable, CustomStringConvertible {
    /// 0 where it is not known.
    public let pid: Int32
    public let name: String
    /// The kernel's letter, as `T` for stopped or `D` for stuck in the kernel; `?` where it is not known.
    public let state: String
    /// Where in the kernel it waits; empty where it does not, or that is not known.
    public let waitChannel: String

    public init(pid: Int32, name: String = "", state: String = "?", waitChannel: String = "") {
        self.pid = pid
        self.name = name
        self.state = state
        self.waitChannel = waitChannel
    }

    public var description: String {
        if pid == 0 { return "an unknown process" }
        return "pid \(pid) (\(name), state \(state)\(waitChannel.isEmpty ? "" : ", in \(waitChannel)"))"
    }

    /// What `/proc` says of a process that is this pid and started then; unknown where it is gone.
    static func describe(pid: Int32, startTime: UInt64) -> LockHolder {
        do throws(KernelError) {
            guard pid > 0, let status = try ProcessStatus(pid: pid), status.startTime == startTime else {
                return LockHolder(pid: 0)
            }
            return LockHolder(
                pid: pid, name: status.name, state: String(status.state), waitChannel: LinuxKernel.waitChannel(of: pid))
        } catch {
            return LockHolder(pid: pid)
        }
    }
}
