internal import KeeperProtocol
internal import LinuxKernel
internal import LinuxTypes
public import PodRecords

/// The caller's standard streams at a container's, through its keeper.
public struct PodAttachment: ~Copyable {
    private var place: Place
    /// Where the pod's start is asked for, until it is answered.
    private var start: KeeperConnection?
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

    /// To a container of a pod that runs, or of one that is about to: then until it runs, or cannot. A keeper that is not there is started, and takes over.
    public init(_ pod: PodState, _ places: PodPlaces, container: String, takesInput: Bool) throws(PodError) {
        let isStopped = pod.sandbox.phase == .stopped && pod.sandbox.goal == .stopped
        guard !isStopped, !pod.isLost else {
            throw PodError(.wrongState, "the pod does not run", hint: "'hull why' says why, 'hull logs' has what it printed")
        }
        try self.init(places, pod.sandbox.uid, container: container, takesInput: takesInput)
    }

    private init(_ places: PodPlaces, _ uid: PodUID, container: String, takesInput: Bool) throws(PodError) {
        place = try Self.place(places, uid, .attach(container: container, takesInput: takesInput))
        self.takesInput = takesInput
        start = nil
        inputIsOpen = false
        settings = nil
        pending = nil
    }

    /// Among those whom a keeper tells: from its first answer on nothing is missed. One that goes before it has answered is replaced, as that of a pod of the
    /// same uid that was removed a moment ago.
    private static func place(_ places: PodPlaces, _ uid: PodUID, _ request: KeeperRequest) throws(PodError) -> Place {
        for _ in 0..<5 {
            let connection = try KeeperConnection.open(places, uid)
            do throws(PodError) { try connection.send(request) } catch { continue }
            while let reply = try connection.next() {
                switch reply {
                case .note: continue
                case .failed(let message): throw PodError(.wrongState, message)
                case .done, .attached, .output, .ended: return Place(connection: connection, first: reply)
                }
            }
        }
        throw letGo
    }

    private struct Place: ~Copyable {
        let connection: KeeperConnection
        /// Its first answer, until it is taken.
        var first: KeeperReply?

        mutating func next() throws(PodError) -> KeeperReply? {
            guard let reply = first else { return try connection.next() }
            first = nil
            return reply
        }
    }

    /// To a container of a pod whose record awaits this, which is run then: nothing that the container prints is missed. `prepare` is done in between.
    public static func running(
        _ places: PodPlaces, _ uid: PodUID, container: String, takesInput: Bool, prepare: () throws(PodError) -> Void
    ) throws(PodError) -> PodAttachment {
        var attachment = try PodAttachment(places, uid, container: container, takesInput: takesInput)
        try prepare()
        let start = try KeeperConnection.open(places, uid)
        try start.send(.run)
        attachment.start = consume start
        return attachment
    }

    private static var letGo: PodError {
        PodError(
            .failed, "the keeper of the pod let go",
            hint: "it drops who reads too slowly; the container goes on, and 'hull logs' has all")
    }

    deinit {
        guard let settings else { return }
        do throws(KernelError) { try FileDescriptor.standardInput.setTerminalSettings(settings) } catch {
            // The terminal is gone: there is nothing to put back.
        }
    }

    /// Copies until the container ends, or the user leaves. `note` is told what the keeper says while the pod starts.
    public mutating func run(note: (String) -> Void = { _ in }) throws(PodError) -> End {
        let signals = try during("cannot choose signals") { () throws(KernelError) in
            let watched: [Signal] = [.interrupt, .terminate, .windowChange]
            try setBlockedSignals(SignalSet(watched + [.brokenPipe]))
            return try SignalStream(SignalSet(watched))
        }
        if let end = try hear(note) { return end }
        while true {
            var entries = [PollEntry(place.connection.descriptor, write: pending != nil), PollEntry(signals.descriptor)]
            if inputIsOpen, pending == nil { entries.append(PollEntry(.standardInput)) }
            let input = entries.count > 2 ? 2 : nil
            if let descriptor = startDescriptor { entries.append(PollEntry(descriptor)) }
            let ready = try during("cannot wait") { () throws(KernelError) in
                var ready = entries
                _ = try waitUntilReady(&ready, milliseconds: nil)
                return ready
            }
            if ready[0].canWrite, let request = pending { try send(request) }
            if let input, ready[input].canRead || ready[input].hangup, try takeInput() { return .detached }
            if try hasLeft(signals) { return .detached }
            // Order: why the pod did not start is said there best.
            if let answer = ready.last, answer.descriptor == startDescriptor, answer.canRead || answer.hangup {
                try hearStart(note)
            }
            if ready[0].canRead || ready[0].hangup, let end = try hear(note) { return end }
        }
    }

    private var startDescriptor: FileDescriptor? {
        switch start {
        case .some(let connection): connection.descriptor
        case .none: nil
        }
    }

    /// One answer to who asked for the pod's start.
    private mutating func hearStart(_ note: (String) -> Void) throws(PodError) {
        let reply: KeeperReply? =
            switch start {
            case .some(let connection): try connection.next()
            case .none: .done
            }
        switch reply {
        case .failed(let message): throw PodError(.failed, message)
        case .note(let line): note(line)
        case .attached, .output, .ended: break
        // One that has gone lets go of who is attached, too.
        case .done, nil: start = nil
        }
    }

    private mutating func hear(_ note: (String) -> Void) throws(PodError) -> End? {
        switch try place.next() {
        case .attached(let hasTerminal):
            inputIsOpen = takesInput
            if hasTerminal { try becomeTerminal() }
        case .output(let stream, let bytes):
            try pass(bytes, to: stream == KeeperReply.stderr ? .standardError : .standardOutput)
        case .ended(let exitCode): return .ended(exitCode: exitCode)
        case .failed(let message):
            // Who asked for the start is told the same, and more of it.
            while startDescriptor != nil { try hearStart(note) }
            throw PodError(.wrongState, message)
        case .done, .note: break
        case nil: throw Self.letGo
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
            try place.connection.descriptor.setNonblocking(true)
            try place.connection.descriptor.send(request.message, subject: "the keeper")
            try place.connection.descriptor.setNonblocking(false)
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
