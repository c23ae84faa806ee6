import LinuxTypes

/// A program to run to its end beside us: a hook, a helper. It gets exactly the environment given and no descriptor but its standard streams.
public struct Subprocess: Sendable {
    public var path: String
    /// argv with its first word.
    public var arguments: [String]
    /// `KEY=VALUE`, nothing else.
    public var environment: [String]
    /// What it reads on stdin.
    public var input: [UInt8]
    /// nil waits as long as it takes.
    public var timeoutMilliseconds: Int?

    public init(
        path: String, arguments: [String], environment: [String], input: [UInt8] = [], timeoutMilliseconds: Int? = nil
    ) {
        self.path = path
        self.arguments = arguments
        self.environment = environment
        self.input = input
        self.timeoutMilliseconds = timeoutMilliseconds
    }

    /// How a program ended.
    public struct Outcome: Sendable {
        /// nil where it was killed because its time was over.
        public let status: ExitStatus?
        /// The last bytes of what it wrote to stdout and stderr, at most `outputLimit`.
        public let output: String
    }

    /// Bytes of output that are kept for messages; the rest is read and dropped.
    public static let outputLimit = 4096

    /// Runs it and waits. `prepare` runs in the child before the exec. Throws where it could not be started (`execve`'s own error included).
    public func run(prepare: () throws(KernelError) -> Void = {}) throws(KernelError) -> Outcome {
        // A file in memory, written before the child exists: nobody has to feed it, and no reader can make us block or get SIGPIPE.
        let standardInput = try FileDescriptor.inMemory(name: "stdin")
        try standardInput.descriptor.writeAll(input)
        try standardInput.descriptor.rewind()
        let standardOutput = try Pipe()
        let failure = try Pipe()
        let pid: Int32
        switch try forkIntoNamespaces([], asSibling: false) {
        case .child:
            become(
                reading: standardInput.descriptor, writing: standardOutput.writeEnd.descriptor,
                reporting: failure.writeEnd.descriptor, prepare)
        case .parent(let child): pid = child
        }
        let pidfd = try openPidfd(pid)
        let output = standardOutput.keepReadEnd()
        let report = failure.keepReadEnd()
        return try attend(pid: pid, pidfd.descriptor, output: output.descriptor, report: report.descriptor)
    }

    /// The child's side: never returns.
    private func become(
        reading: FileDescriptor, writing: FileDescriptor, reporting: FileDescriptor, _ prepare: () throws(KernelError) -> Void
    ) -> Never {
        let error: KernelError
        do throws(KernelError) {
            try startSession()
            resetSignalActions()
            try setBlockedSignals(.none)
            // Order: the report's end moves above the standard streams first, or a dup3 could overwrite it.
            let report = try reporting.duplicate(atLeast: 10).release()
            let input = try reading.duplicate(atLeast: 10).release()
            let output = try writing.duplicate(atLeast: 10).release()
            try input.duplicate(onto: .standardInput)
            try output.duplicate(onto: .standardOutput)
            try output.duplicate(onto: .standardError)
            try FileDescriptor.markCloseOnExec(from: 3)
            try prepare()
            error = execute(path, arguments: arguments, environment: environment)
            try report.writeAll(withUnsafeBytes(of: error.errno.rawValue) { Array($0) })
        } catch {
            // Nobody is left to tell: the parent sees the exit code.
            exitImmediately(127)
        }
        exitImmediately(127)
    }

    private func attend(
        pid: Int32, _ pidfd: FileDescriptor, output: FileDescriptor, report: FileDescriptor
    ) throws(KernelError) -> Outcome {
        let end = timeoutMilliseconds.map { monotonicMicroseconds() + Int64($0) * 1000 }
        var tail: [UInt8] = []
        var outputIsOpen = true
        while true {
            var entries = [PollEntry(pidfd)]
            if outputIsOpen { entries.append(PollEntry(output)) }
            let left = end.map { max(0, Int(($0 - monotonicMicroseconds() + 999) / 1000)) }
            guard try waitUntilReady(&entries, milliseconds: left) else {
                try killGroup(pid)
                _ = try pidfd.waitForExit()
                return Outcome(status: nil, output: Self.text(tail))
            }
            if entries.count > 1, entries[1].canRead || entries[1].hangup {
                outputIsOpen = try Self.keepTail(of: output, in: &tail)
            }
            if entries[0].canRead, let status = try pidfd.waitForExit(blocking: false) {
                try drain(output, into: &tail)
                try throwReported(by: report)
                return Outcome(status: status, output: Self.text(tail))
            }
        }
    }

    /// Without newlines at the end, for one line of a message.
    private static func text(_ tail: [UInt8]) -> String {
        let end = tail.lastIndex { $0 != UInt8(ascii: "\n") }.map { $0 + 1 } ?? 0
        return String(decoding: tail[..<end], as: UTF8.self)
    }

    /// Its session's group too: what it started dies with it.
    private func killGroup(_ pid: Int32) throws(KernelError) {
        do throws(KernelError) {
            try kill(pid: -pid, .kill)
        } catch let error where error.errno == .ESRCH {
            try kill(pid: pid, .kill)
        }
    }

    private func drain(_ output: FileDescriptor, into tail: inout [UInt8]) throws(KernelError) {
        // What it left running may hold the pipe open: only what is there now.
        var entries = [PollEntry(output)]
        var rounds = 0
        while rounds < 64, try waitUntilReady(&entries, milliseconds: 0), entries[0].canRead,
            try Self.keepTail(of: output, in: &tail)
        {
            rounds += 1
        }
    }

    private func throwReported(by report: FileDescriptor) throws(KernelError) {
        var entries = [PollEntry(report)]
        guard try waitUntilReady(&entries, milliseconds: 0), entries[0].canRead else { return }
        let bytes = try report.readToEnd(limit: 64)
        guard bytes.count == 4 else { return }
        let number = bytes.withUnsafeBytes { $0.loadUnaligned(as: Int32.self) }
        throw KernelError(call: "execve", errno: Errno(rawValue: number), subject: path)
    }

    /// Reads once; false at the end of the output.
    private static func keepTail(of output: FileDescriptor, in tail: inout [UInt8]) throws(KernelError) -> Bool {
        var failure: KernelError?
        let chunk = [UInt8](unsafeUninitializedCapacity: outputLimit) { buffer, count in
            do throws(KernelError) {
                count = try output.read(into: UnsafeMutableRawBufferPointer(buffer))
            } catch {
                count = 0
                failure = error
            }
        }
        if let failure { throw failure }
        tail += chunk
        if tail.count > outputLimit { tail.removeFirst(tail.count - outputLimit) }
        return !chunk.isEmpty
    }
}
