import CLinux
import Glibc
import LinuxTypes

/// What a child used, itself and the descendants that it waited for: `struct rusage`, `getrusage(2)`.
public struct ResourceUse: Hashable, Sendable {
    /// Microseconds in user space.
    public let userMicroseconds: Int64
    /// Microseconds in the kernel.
    public let systemMicroseconds: Int64
    /// The peak of the resident memory of one process, in bytes. Not below the peak of the process that spawned it: the kernel counts what
    /// it had before its execve.
    public let peakResidentBytes: Int64
    public let minorFaults: Int64
    public let majorFaults: Int64

    init(_ raw: rusage) {
        userMicroseconds = Int64(raw.ru_utime.tv_sec) * 1_000_000 + Int64(raw.ru_utime.tv_usec)
        systemMicroseconds = Int64(raw.ru_stime.tv_sec) * 1_000_000 + Int64(raw.ru_stime.tv_usec)
        peakResidentBytes = Int64(raw.ru_maxrss) * 1024
        minorFaults = Int64(raw.ru_minflt)
        majorFaults = Int64(raw.ru_majflt)
    }
}

/// The standard streams of a program to spawn; the caller keeps them.
public struct StandardStreams: Sendable {
    public var input: FileDescriptor
    public var output: FileDescriptor
    public var error: FileDescriptor

    public init(input: FileDescriptor, output: FileDescriptor, error: FileDescriptor) {
        self.input = input
        self.output = output
        self.error = error
    }
}

/// `posix_spawn(3)`: starts a program without a copy of our page tables, and returns its pid. Descriptors above 2 that are not close-on-exec
/// are inherited. Throws what the execve failed with.
public func spawn(
    _ path: String, arguments: [String], environment: [String], streams: StandardStreams
) throws(KernelError) -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (number, source) in [streams.input, streams.output, streams.error].enumerated() {
        posix_spawn_file_actions_adddup2(&actions, source.number, Int32(number))
    }
    var pid: pid_t = 0
    let error = withCStrings(arguments) { argumentList in
        withCStrings(environment) { environmentList in
            posix_spawn(&pid, path, &actions, nil, argumentList, environmentList)
        }
    }
    if error != 0 { throw KernelError(call: "posix_spawn", errno: Errno(rawValue: error), subject: path) }
    return pid
}

/// `wait4(2)`: waits for a child, or for any with nil, reaps it, and says how it ended and what it used. nil where `blocking` is false and
/// none has ended. `ECHILD` where there is no such child.
public func waitForChild(
    _ pid: Int32?, blocking: Bool = true
) throws(KernelError) -> (pid: Int32, status: ExitStatus, use: ResourceUse)? {
    var raw = rusage()
    var word: Int32 = 0
    let ended = try checkRetrying("wait4", pid.map { "pid \($0)" } ?? "any child") {
        withUnsafeMutablePointer(to: &raw) { use in
            withUnsafeMutablePointer(to: &word) {
                systemCall(__NR_wait4, Int(pid ?? -1), address($0), blocking ? 0 : 1, address(use))
            }
        }
    }
    if ended == 0 { return nil }
    return (Int32(truncatingIfNeeded: ended), ExitStatus(waitStatus: word), ResourceUse(raw))
}
