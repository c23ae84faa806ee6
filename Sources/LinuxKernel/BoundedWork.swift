import LinuxTypes

/// Work that may come to no end or eat all memory, done by a child of ours that can be killed: what it answers comes back as bytes. The child is
/// a copy of the caller, which must be single-threaded. It dies with the caller.
public struct BoundedWork: Sendable {
    /// Of the clock, and of the processor.
    public var seconds: Int
    /// Of the child's address space, in bytes, beside what it has from the caller: addresses that are only reserved cost nothing.
    public var memory: UInt64

    public init(seconds: Int, memory: UInt64) {
        self.seconds = seconds
        self.memory = memory
    }

    /// What became of it.
    public enum Outcome: Sendable {
        case answered([UInt8])
        /// Its time was over.
        case killed
        /// It ended without an answer: a crash, or no memory.
        case ended(ExitStatus)
    }

    /// Does it and waits. An answer of more than `limit` bytes is an error.
    public func run(limit: Int, _ body: () -> [UInt8]) throws(KernelError) -> Outcome {
        let answer = try FileDescriptor.inMemory(name: "answer")
        let pid: Int32
        switch try forkIntoNamespaces([], asSibling: false) {
        case .child: answerAsChild(into: answer.descriptor, body)
        case .parent(let child): pid = child
        }
        let pidfd = try openPidfd(pid)
        guard let status = try attend(pidfd.descriptor) else { return .killed }
        switch status {
        case .exited(code: 0):
            try answer.descriptor.rewind()
            return .answered(try answer.descriptor.readToEnd(limit: limit, subject: "the answer of a child"))
        // The limit of processor time, where the clock of a busy machine was slower.
        case .signaled(.kill, _): return .killed
        default: return .ended(status)
        }
    }

    /// The child's side: never returns.
    private func answerAsChild(into answer: FileDescriptor, _ body: () -> [UInt8]) -> Never {
        do throws(KernelError) {
            try setParentDeathSignal(.kill)
            // Also where the caller was killed just before.
            try limit(.cpu, to: UInt64(seconds))
            try limit(.addressSpace, to: Self.addressSpace() + memory)
            try limit(.core, to: 0)
            try answer.writeAll(body(), subject: "the answer")
        } catch {
            exitImmediately(1)
        }
        exitImmediately(0)
    }

    /// Of this process, in bytes: `VmSize` of proc_pid_status(5).
    private static func addressSpace() throws(KernelError) -> UInt64 {
        let lines = try readText("/proc/self/status").utf8.split(separator: UInt8(ascii: "\n"))
        let size = lines.first { $0.starts(with: "VmSize:".utf8) }?.filter { (0x30...0x39).contains($0) }
        guard let size, let kilobytes = UInt64(String(decoding: size, as: UTF8.self)) else {
            throw KernelError(call: "read", errno: .EINVAL, subject: "/proc/self/status has no VmSize")
        }
        return kilobytes << 10
    }

    private func limit(_ kind: ResourceLimitKind, to value: UInt64) throws(KernelError) {
        let bound = min(value, try resourceLimit(kind).hard)
        try setResourceLimit(kind, soft: bound, hard: bound)
    }

    /// How it ended; nil where it had to be killed.
    private func attend(_ pidfd: FileDescriptor) throws(KernelError) -> ExitStatus? {
        let end = monotonicMicroseconds() + Int64(seconds) * 1_000_000
        while true {
            var entries = [PollEntry(pidfd)]
            let left = max(0, Int((end - monotonicMicroseconds() + 999) / 1000))
            guard try waitUntilReady(&entries, milliseconds: left) else {
                try pidfd.send(.kill)
                _ = try pidfd.waitForExit()
                return nil
            }
            if let status = try pidfd.waitForExit(blocking: false) { return status }
        }
    }
}
