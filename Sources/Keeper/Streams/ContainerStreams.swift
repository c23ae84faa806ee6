internal import ContainerLogs
internal import LinuxKernel
internal import LinuxTypes
internal import PodRecords

/// What one attempt to run a container reads and prints: pipes with names in the pod's run directory, or a terminal, and the log.
///
/// The pipes' container ends are open for reading and writing both, so that a container never sees that nobody reads: a keeper that is killed costs it
/// nothing, and the next one opens the same pipes again by name.
final class ContainerStreams {
    let container: String
    let attempt: UInt32
    private let plan: PodPlan.Container
    /// Of the pod's run directory.
    private let directory: FileDescriptor
    private(set) var log: LogWriter
    private(set) var stdout: OwnedDescriptor?
    private(set) var stderr: OwnedDescriptor?
    /// Where input goes; nil for a container without, or whose input has ended.
    private(set) var stdin: OwnedDescriptor?
    private(set) var terminal: OwnedDescriptor?
    /// Input that the container has not read yet: at most one message, for no more is taken from the client until it is gone.
    private(set) var pendingInput: [UInt8] = []
    /// Told what was printed, after it went to the log.
    var listener: ((LogStream, UnsafeRawBufferPointer) -> Void)?
    /// Told what happened to the log, where anything did.
    var logListener: (([LogEvent]) -> Void)?

    init(_ plan: PodPlan.Container, attempt: UInt32, directory: FileDescriptor, log: LogWriter) {
        self.plan = plan
        container = plan.name
        self.attempt = attempt
        self.directory = directory
        self.log = log
    }

    /// The name of one of the pipes.
    private func name(_ suffix: String) -> String { "\(PodPlaces.streams)/\(container).\(attempt).\(suffix)" }

    /// Makes the pipes, and returns the container's ends: stdin, stdout, stderr. None for a container with a terminal.
    func make() throws(KernelError) -> DescriptorList {
        var ends = DescriptorList()
        // A log that cannot be opened now is tried again with each record.
        tell(log.open())
        guard !plan.hasTerminal else { return ends }
        try removeNames()
        if plan.hasInput {
            try directory.makeNode(name("in"), type: .fifo, permissions: 0o600, device: DeviceNumber(major: 0, minor: 0))
            // One that shall see an end of its input must not hold the other end itself.
            if plan.endsInputOnce {
                let end = try directory.open(name("in"), [.readOnly, .nonblocking, .noFollow])
                stdin = try directory.open(name("in"), [.writeOnly, .nonblocking, .noFollow])
                try end.descriptor.setNonblocking(false)
                ends.append(end)
            } else {
                ends.append(try directory.open(name("in"), [.readWrite, .noFollow]))
                stdin = try directory.open(name("in"), [.writeOnly, .nonblocking, .noFollow])
            }
        } else {
            ends.append(try FileDescriptor.workingDirectory.open("/dev/null", .readOnly))
        }
        for suffix in ["out", "err"] {
            try directory.makeNode(name(suffix), type: .fifo, permissions: 0o600, device: DeviceNumber(major: 0, minor: 0))
            ends.append(try directory.open(name(suffix), [.readWrite, .noFollow]))
        }
        try openOutput()
        return ends
    }

    /// Opens the pipes of an attempt that runs already. A terminal is gone with the keeper that had it.
    func reopen() throws(KernelError) {
        _ = log.open()
        guard !plan.hasTerminal else { return }
        try openOutput()
        guard plan.hasInput, !plan.endsInputOnce else { return }
        stdin = try directory.open(name("in"), [.writeOnly, .nonblocking, .noFollow])
    }

    private func openOutput() throws(KernelError) {
        stdout = try directory.open(name("out"), [.readOnly, .nonblocking, .noFollow])
        stderr = try directory.open(name("err"), [.readOnly, .nonblocking, .noFollow])
    }

    /// The container's terminal, from who started it.
    func take(terminal master: consuming OwnedDescriptor) throws(KernelError) {
        try master.descriptor.setNonblocking(true)
        terminal = consume master
    }

    private func removeNames() throws(KernelError) {
        for suffix in ["in", "out", "err"] { try directory.unlinkIfPresent(name(suffix)) }
    }

    /// What is left in the pipes goes to the log, and all is closed.
    func finish() -> KernelError? {
        drain()
        tell(log.finish())
        stdout = nil
        stderr = nil
        stdin = nil
        terminal = nil
        do throws(KernelError) { try removeNames() } catch { return error }
        return nil
    }

    /// Gives the log a new file, after somebody renamed the old one.
    func reopenLog() -> LogError? {
        do throws(LogError) { _ = try log.reopen() } catch { return error }
        return nil
    }

    func retryLog() { tell(log.retry()) }

    private func tell(_ events: [LogEvent]) { if !events.isEmpty { logListener?(events) } }
}

// Output and input.

extension ContainerStreams {
    /// Reads once what a descriptor of ours has. The end of a pipe closes it.
    func read(_ descriptor: FileDescriptor) {
        let stream: LogStream = descriptor == Self.descriptor(of: stderr) ? .stderr : .stdout
        guard !readOnce(descriptor, stream) else { return }
        switch descriptor {
        case Self.descriptor(of: stdout): stdout = nil
        case Self.descriptor(of: stderr): stderr = nil
        default: terminal = nil
        }
    }

    /// What there is now, of a container that has ended: others may go on to print, so that there is a limit.
    private func drain() {
        for descriptor in outputs {
            let stream: LogStream = descriptor == Self.descriptor(of: stderr) ? .stderr : .stdout
            var rounds = 0
            while rounds < 64, readOnce(descriptor, stream, isDraining: true) { rounds += 1 }
        }
    }

    /// false at the end; while draining also where nothing is there now.
    private func readOnce(_ descriptor: FileDescriptor, _ stream: LogStream, isDraining: Bool = false) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: 32 << 10, alignment: 16) { buffer in
            do throws(KernelError) {
                let count = try descriptor.read(into: buffer)
                guard count > 0 else { return false }
                let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
                // What is lost has its record in the log, once that can be written.
                tell(log.write(stream, bytes, at: WallTime.now()))
                listener?(stream, bytes)
                return true
            } catch {
                // EIO: nobody has the terminal's other side any more.
                return error.errno == .EAGAIN && !isDraining
            }
        }
    }

    /// What is to be read from.
    var outputs: [FileDescriptor] {
        [Self.descriptor(of: stdout), Self.descriptor(of: stderr), Self.descriptor(of: terminal)].compactMap { $0 }
    }

    /// What waits to take pending input.
    var blockedInput: FileDescriptor? { pendingInput.isEmpty ? nil : inputDescriptor }

    private var inputDescriptor: FileDescriptor? { Self.descriptor(of: terminal) ?? Self.descriptor(of: stdin) }

    /// Takes input; what the container does not read now waits, see `blockedInput`. false where there is no input any more.
    func write(_ bytes: [UInt8]) -> Bool {
        pendingInput += bytes
        return flushInput()
    }

    func flushInput() -> Bool {
        guard let descriptor = inputDescriptor else {
            pendingInput = []
            return false
        }
        while !pendingInput.isEmpty {
            do throws(KernelError) {
                pendingInput.removeFirst(try descriptor.writeSome(pendingInput))
            } catch {
                if error.errno == .EAGAIN { return true }
                pendingInput = []
                stdin = nil
                return false
            }
        }
        return true
    }

    /// Nobody writes any more.
    func endInput() { stdin = nil }

    func resize(_ size: TerminalSize) throws(KernelError) {
        guard let descriptor = Self.descriptor(of: terminal) else { return }
        try descriptor.setTerminalSize(size)
    }

    static func descriptor(of handle: borrowing OwnedDescriptor?) -> FileDescriptor? {
        switch handle {
        case .some(let handle): handle.descriptor
        case .none: nil
        }
    }
}
