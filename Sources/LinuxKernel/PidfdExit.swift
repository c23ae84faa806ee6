import CLinux
import LinuxTypes

extension FileDescriptor {
    /// `PIDFD_GET_INFO` with `PIDFD_INFO_EXIT` (Linux 6.15): how the process of a pidfd ended, whoever's child it was. nil where it has not been reaped yet, and
    /// on a kernel that does not know.
    public func exitOfAnyProcess() throws(KernelError) -> ExitStatus? {
        // struct pidfd_info, first version: mask, cgroupid, eleven ids, exit_code: 64 bytes.
        let answer = withUnsafeTemporaryAllocation(byteCount: 64, alignment: 8) {
            information -> (result: Int, mask: UInt64, word: Int32) in
            information.initializeMemory(as: UInt8.self, repeating: 0)
            information.storeBytes(of: PIDFD_INFO_EXIT, as: UInt64.self)
            let result = systemCall(__NR_ioctl, argument, PIDFD_GET_INFO, address(information.baseAddress))
            return (result, information.load(as: UInt64.self), information.load(fromByteOffset: 60, as: Int32.self))
        }
        // ESRCH: reaped, and the kernel keeps nothing. ENOTTY, EINVAL: a kernel before it.
        let unknown: [Errno] = [.ESRCH, .ENOTTY, .EINVAL]
        if unknown.contains(where: { answer.result == -Int($0.rawValue) }) { return nil }
        try check("ioctl", "PIDFD_GET_INFO", answer.result)
        guard answer.mask & PIDFD_INFO_EXIT != 0 else { return nil }
        return ExitStatus(waitStatus: answer.word)
    }
}

/// How a process ended that nobody has reaped yet, whoever's child it is. nil for who runs, is gone or may not be traced by us. Asked of one whose pidfd says that it
/// has ended: other threads may outlive the first.
public func exitOfZombie(_ identity: ProcessIdentity) throws(KernelError) -> ExitStatus? {
    // Order: the link first, which only those may read who may trace it. If the process is there after it, it was it whom we asked.
    let mayTrace = mayReadLink("/proc/\(identity.pid)/ns/user")
    guard let status = try ProcessStatus(pid: identity.pid), status.startTime == identity.startTime, mayTrace else { return nil }
    return status.exitStatus
}

private func mayReadLink(_ path: String) -> Bool {
    do throws(KernelError) {
        _ = try FileDescriptor.workingDirectory.readLink(path)
        return true
    } catch { return false }
}

extension ExitStatus {
    /// From the status word of `wait4(2)`.
    init(waitStatus word: Int32) {
        let signal = word & 0x7f
        self = signal == 0 ? .exited(code: word >> 8 & 0xff) : .signaled(Signal(rawValue: signal), dumpedCore: word & 0x80 != 0)
    }
}

private let PIDFD_GET_INFO = 0xc040_ff0b
private let PIDFD_INFO_EXIT: UInt64 = 1 << 3
