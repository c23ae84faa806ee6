internal import KeeperProtocol
internal import LinuxKernel
internal import LinuxTypes
public import PodRecords

/// The caller's standard streams at a container's, through its keeper.
public struct PodAttachment: ~Copyable {
    private let connection: KeeperConnection
    private let takesInput: Bool
    /// The caller's terminal as it was, while it is raw.
    private var settings: TerminalSettings?
    /// Messages that the keeper does not take now: one at most.
    private var pending: KeeperRequest?
    private var inputIsOpen: Bool
    private var keys = DetachKeys()

    /// How it ended.
    public enum End: Sendable {
        /// The container did. nil where nobody saw how.
        case ended(exitCode: Int32?)
        /// The user left.
        case detached
    }

    public init(_ places: PodPlaces, _ uid: PodUID, container: String, takesInput: Bool) throws(PodError) {
        connection = try Self.connect(places, uid, .attach(container: container, takesInput: takesInput))
        self.takesInput = takesInput
        inputIsOpen = takesInput
        settings = nil
        pending = nil
    }

    private static func connect(
        _ places: PodPlaces, _ uid: PodUID, _ request: KeeperRequest
    ) throws(PodError) -> KeeperConnection {
        guard let connection = try KeeperConnection(places, uid) else {
            throw PodError(.wrongState, "the pod does not run", hint: "'hull why' says why, 'hull logs' has what it printed")
        }
        try connection.send(request)
        return connection
    }

    deinit {
        guard let settings else { return }
        do throws(KernelError) { try FileDescriptor.standardInput.setTerminalSettings(settings) } catch {
            // The terminal is gone: there is nothing to put back.
        }
    }

    /// Copies until the container ends, or the user leaves.
    public mutating func run() throws(PodError) -> End {
        let signals = try during("cannot choose signals") { () throws(KernelError) in
            let watched: [Signal] = [.interrupt, .terminate, .windowChange]
            try setBlockedSignals(SignalSet(watched + [.brokenPipe]))
            return try SignalStream(SignalSet(watched))
        }
        while true {
            var entries = [PollEntry(connection.descriptor, write: pending != nil), PollEntry(signals.descriptor)]
            if inputIsOpen, pending == nil { entries.append(PollEntry(.standardInput)) }
            let ready = try during("cannot wait") { () throws(KernelError) in
                var ready = entries
                _ = try waitUntilReady(&ready, milliseconds: nil)
                return ready
            }
            if ready[0].canWrite, let request = pending { try send(request) }
            if ready.count > 2, ready[2].canRead || ready[2].hangup, try takeInput() { return .detached }
            if try hasLeft(signals) { return .detached }
            if ready[0].canRead || ready[0].hangup, let end = try hear() { return end }
        }
    }

    private mutating func hear() throws(PodError) -> End? {
        switch try connection.next() {
        case .attached(let hasTerminal): if hasTerminal { try becomeTerminal() }
        case .output(let stream, let bytes):
            try pass(bytes, to: stream == KeeperReply.stderr ? .standardError : .standardOutput)
        case .ended(let exitCode): return .ended(exitCode: exitCode)
        case .failed(let message): throw PodError(.wrongState, message)
        case .done, .note: break
        case nil:
            throw PodError(
                .failed, "the keeper of the pod let go",
                hint: "it drops who reads too slowly; the container goes on, and 'hull logs' has all")
        }
        return nil
    }

    private func pass(_ bytes: [UInt8], to stream: FileDescriptor) throws(PodError) {
        try during("cannot print") { () throws(KernelError) in try stream.writeAll(bytes, subject: "the container's output") }
    }

    /// Whether the user left by the keys for it.
    private mutating func takeInput() throws(PodError) -> Bool {
        let bytes = try during("cannot read stdin") { () throws(KernelError) in
            try FileDescriptor.standardInput.readSome(16 << 10)
        }
        if bytes.isEmpty {
            inputIsOpen = false
            try send(.inputEnd)
            return false
        }
        let (kept, isLeaving) = settings == nil ? (bytes, false) : keys.filter(bytes)
        if !kept.isEmpty { try send(.input(kept)) }
        return isLeaving
    }

    /// Without waiting: what does not go now goes when it can.
    private mutating func send(_ request: KeeperRequest) throws(PodError) {
        pending = nil
        do throws(KernelError) {
            try connection.descriptor.setNonblocking(true)
            try connection.descriptor.send(request.message, subject: "the keeper")
            try connection.descriptor.setNonblocking(false)
        } catch {
            guard error.errno == .EAGAIN else { throw PodError(error, "cannot reach the keeper of the pod") }
            pending = request
        }
    }

    private mutating func hasLeft(_ signals: borrowing SignalStream) throws(PodError) -> Bool {
        var isLeaving = false
        var isResized = false
        try during("cannot read signals") { () throws(KernelError) in
            while let (signal, _) = try signals.next() {
                if signal == .windowChange { isResized = true } else { isLeaving = true }
            }
        }
        if isResized, settings != nil { try sendSize() }
        return isLeaving
    }

    /// The container has a terminal: ours shows it as it is.
    private mutating func becomeTerminal() throws(PodError) {
        guard takesInput, FileDescriptor.standardInput.isTerminal else { return }
        try sendSize()
        settings = try during("cannot use the terminal") { () throws(KernelError) in
            let before = try FileDescriptor.standardInput.terminalSettings()
            try FileDescriptor.standardInput.setTerminalSettings(before.madeRaw)
            return before
        }
    }

    private mutating func sendSize() throws(PodError) {
        let size = try during("cannot read the terminal's size") { () throws(KernelError) in
            try FileDescriptor.standardInput.terminalSize()
        }
        try send(.resize(rows: size.rows, columns: size.columns))
    }
}

/// The keys by which a user leaves a terminal without ending what runs in it: Ctrl-P, Ctrl-Q, as everywhere.
struct DetachKeys: Sendable {
    private var hasFirst = false

    /// What is to be passed on, and whether the keys were among it.
    mutating func filter(_ bytes: [UInt8]) -> (kept: [UInt8], isLeaving: Bool) {
        var kept: [UInt8] = []
        for byte in bytes {
            if hasFirst {
                hasFirst = false
                if byte == 17 { return (kept, true) }
                kept.append(16)
            }
            if byte == 16 { hasFirst = true } else { kept.append(byte) }
        }
        return (kept, false)
    }
}
