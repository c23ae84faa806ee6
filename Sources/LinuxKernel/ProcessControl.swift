import CLinux
import Glibc
public import LinuxTypes

/// How a child ended, from `waitid(2)`.
public enum ExitStatus: Hashable, Sendable {
    case exited(code: Int32)
    case signaled(Signal, dumpedCore: Bool)

    /// What a shell reports: the exit code, or 128 and the signal's number.
    public var shellCode: Int32 {
        switch self {
        case .exited(let code): code
        case .signaled(let signal, _): 128 + signal.rawValue
        }
    }
}

/// `getpid(2)`.
public func currentPID() -> Int32 { Int32(truncatingIfNeeded: systemCall(__NR_getpid)) }

/// `getppid(2)`: 0 where the parent is in no PID namespace that we see.
public func parentPID() -> Int32 { Int32(truncatingIfNeeded: systemCall(__NR_getppid)) }

/// `getuid(2)`, the effective one.
public func effectiveUID() -> UInt32 { UInt32(truncatingIfNeeded: systemCall(__NR_geteuid)) }

extension FileDescriptor {
    /// `waitid(2)` on a pidfd: reaps the child and says how it ended, or nil where `blocking` is false and it still runs. `ECHILD` where it
    /// is not ours.
    public func waitForExit(blocking: Bool = true) throws(KernelError) -> ExitStatus? {
        var information = siginfo_t()
        let options = Int(WEXITED) | (blocking ? 0 : Int(WNOHANG)) | waitAllChildren
        try checkRetrying("waitid", "pidfd") {
            withUnsafeMutablePointer(to: &information) {
                systemCall(__NR_waitid, 3, argument, address($0), options, 0)
            }
        }
        // A child that still runs leaves the structure as it was: si_signo 0.
        guard information.si_signo == SIGCHLD else { return nil }
        return exitStatus(of: information)
    }

    /// Waits until the process of a pidfd has ended, whoever's child it is, and reaps it where it is ours. nil where it is not: then its parent
    /// knows how it ended.
    public func waitForEnd() throws(KernelError) -> ExitStatus? {
        do throws(KernelError) { return try waitForExit() } catch {
            guard error.errno == .ECHILD else { throw error }
        }
        // A pidfd is readable when its process has ended.
        var entries = [PollEntry(self)]
        while try !waitUntilReady(&entries, milliseconds: nil) || !(entries[0].canRead || entries[0].hangup) {}
        return nil
    }

    /// `pidfd_send_signal(2)`.
    public func send(_ signal: Signal) throws(KernelError) {
        try check(
            "pidfd_send_signal", signal.name, systemCall(__NR_pidfd_send_signal, argument, Int(signal.rawValue), 0, 0))
    }
}

/// `pidfd_open(2)`.
public func openPidfd(_ pid: Int32) throws(KernelError) -> OwnedDescriptor {
    OwnedDescriptor(try check("pidfd_open", "pid \(pid)", systemCall(__NR_pidfd_open, Int(pid), 0)))
}

/// `kill(2)`: for pids that a cgroup names and freezes or that are ours; otherwise use a pidfd.
public func kill(pid: Int32, _ signal: Signal) throws(KernelError) {
    try check("kill", "pid \(pid)", systemCall(__NR_kill, Int(pid), Int(signal.rawValue)))
}

/// `setsid(2)`.
public func startSession() throws(KernelError) { try check("setsid", "", systemCall(__NR_setsid)) }

/// `umask(2)`: sets the mask and returns the one before.
@discardableResult
public func setFileCreationMask(_ mask: UInt32) -> UInt32 { UInt32(truncatingIfNeeded: systemCall(__NR_umask, Int(mask))) }

/// `_exit(2)` of the whole process, without any clean-up of this program's.
public func exitImmediately(_ code: Int32) -> Never {
    _ = systemCall(__NR_exit_group, Int(code))
    preconditionFailure("exit_group returned")
}

/// `nanosleep(2)`; ends early on a signal.
public func pause(milliseconds: Int) {
    var time = timespec(tv_sec: milliseconds / 1000, tv_nsec: (milliseconds % 1000) * 1_000_000)
    _ = withUnsafePointer(to: &time) { systemCall(__NR_nanosleep, address($0), 0) }
}

/// `prctl(2)` with one argument.
func prctl(_ option: Int, _ name: @autoclosure () -> String, _ a: Int = 0, _ b: Int = 0) throws(KernelError) {
    try check("prctl", name(), systemCall(__NR_prctl, option, a, b, 0, 0))
}

/// `PR_SET_DUMPABLE` 0: nobody without `CAP_SYS_PTRACE` may look into `/proc/self` or trace.
public func makeUndumpable() throws(KernelError) { try prctl(4, "PR_SET_DUMPABLE", 0) }

/// `PR_SET_CHILD_SUBREAPER`: orphans below become our children.
public func becomeSubreaper() throws(KernelError) { try prctl(36, "PR_SET_CHILD_SUBREAPER", 1) }

/// `PR_SET_NO_NEW_PRIVS`.
public func setNoNewPrivileges() throws(KernelError) { try prctl(38, "PR_SET_NO_NEW_PRIVS", 1) }

/// `PR_SET_PDEATHSIG`: the signal this process gets when its parent's thread ends.
public func setParentDeathSignal(_ signal: Signal) throws(KernelError) {
    try prctl(1, "PR_SET_PDEATHSIG", Int(signal.rawValue))
}

/// `PR_SET_NAME`: the name in `comm`, at most 15 bytes.
public func setThreadName(_ name: String) throws(KernelError) {
    try check("prctl", "PR_SET_NAME", name.withCString { systemCall(__NR_prctl, 15, address($0), 0, 0, 0) })
}

/// `keyctl(2)` `KEYCTL_JOIN_SESSION_KEYRING`: a new, anonymous session keyring.
public func joinNewSessionKeyring(name: String) throws(KernelError) {
    try check("keyctl", "session keyring", name.withCString { systemCall(__NR_keyctl, 1, address($0), 0, 0, 0) })
}

/// `sethostname(2)`.
public func setHostname(_ name: String) throws(KernelError) {
    var copy = name
    try check("sethostname", name, copy.withUTF8 { systemCall(__NR_sethostname, address($0.baseAddress), $0.count) })
}

/// `setdomainname(2)`.
public func setDomainname(_ name: String) throws(KernelError) {
    var copy = name
    try check("setdomainname", name, copy.withUTF8 { systemCall(__NR_setdomainname, address($0.baseAddress), $0.count) })
}

/// `setpriority(2)` of this process, its nice value. Who lacks CAP_SYS_NICE can only raise it.
public func setNice(_ value: Int) throws(KernelError) {
    try check("setpriority", "\(value)", systemCall(__NR_setpriority, 0, 0, value))
}

/// `personality(2)`.
public func setPersonality(_ value: UInt64) throws(KernelError) {
    try check("personality", "0x" + String(value, radix: 16), systemCall(__NR_personality, Int(value)))
}

/// `prlimit(2)` on the caller, or on another process. Units as the resource has them; `UInt64.max` is no limit.
public func setResourceLimit(
    _ kind: ResourceLimitKind, soft: UInt64, hard: UInt64, of pid: Int32 = 0
) throws(KernelError) {
    var limit = (soft, hard)
    let result = withUnsafePointer(to: &limit) { systemCall(__NR_prlimit64, Int(pid), Int(kind.rawValue), address($0), 0) }
    try check("prlimit64", "\(kind.specName) \(soft):\(hard)", result)
}

/// The limits that a process has now, `prlimit(2)`.
public func resourceLimit(_ kind: ResourceLimitKind, of pid: Int32 = 0) throws(KernelError) -> (soft: UInt64, hard: UInt64) {
    var limit: (soft: UInt64, hard: UInt64) = (0, 0)
    let result = withUnsafeMutablePointer(to: &limit) {
        systemCall(__NR_prlimit64, Int(pid), Int(kind.rawValue), 0, address($0))
    }
    try check("prlimit64", kind.specName, result)
    return limit
}

/// `__WALL`: children whose exit signal is not SIGCHLD too, as those that `CLONE_PARENT` gave us.
private let waitAllChildren = 0x4000_0000

/// `si_pid`, the first field behind the three common ones and their padding.
private func pid(of information: siginfo_t) -> Int32 {
    withUnsafeBytes(of: information) { $0.loadUnaligned(fromByteOffset: 16, as: Int32.self) }
}

/// `si_status` and `si_code` of a SIGCHLD `siginfo_t`.
private func exitStatus(of information: siginfo_t) -> ExitStatus {
    let value = withUnsafeBytes(of: information) { $0.loadUnaligned(fromByteOffset: 24, as: Int32.self) }
    // CLD_EXITED 1, CLD_KILLED 2, CLD_DUMPED 3.
    if information.si_code == 1 { return .exited(code: value) }
    return .signaled(Signal(rawValue: value), dumpedCore: information.si_code == 3)
}

/// The pid of a child that has ended and was not reaped, or nil. The kernel names the oldest first; the child stays as it is.
public func peekEndedChild() throws(KernelError) -> Int32? {
    var information = siginfo_t()
    do throws(KernelError) {
        try checkRetrying("waitid", "any child") {
            withUnsafeMutablePointer(to: &information) {
                systemCall(__NR_waitid, 0, 0, address($0), Int(WEXITED | WNOHANG | WNOWAIT) | waitAllChildren, 0)
            }
        }
    } catch let error where error.errno == .ECHILD {
        return nil
    }
    return information.si_signo == SIGCHLD ? pid(of: information) : nil
}

/// Reaps one child that has ended, by pid.
public func reapChild(_ pid: Int32) throws(KernelError) -> ExitStatus? {
    var information = siginfo_t()
    try checkRetrying("waitid", "pid \(pid)") {
        withUnsafeMutablePointer(to: &information) {
            systemCall(__NR_waitid, 1, Int(pid), address($0), Int(WEXITED | WNOHANG) | waitAllChildren, 0)
        }
    }
    return information.si_signo == SIGCHLD ? exitStatus(of: information) : nil
}

/// `nanosleep(2)` for less than a second; ends early on a signal.
public func pause(microseconds: Int) {
    var time = timespec(tv_sec: 0, tv_nsec: min(microseconds, 999_999) * 1000)
    _ = withUnsafePointer(to: &time) { systemCall(__NR_nanosleep, address($0), 0) }
}
