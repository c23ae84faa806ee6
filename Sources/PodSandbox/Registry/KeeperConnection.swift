internal import InitProtocol
public import KeeperProtocol
public import LinuxKernel
internal import LinuxTypes
public import PodRecords

/// A client's end of a keeper's socket.
public struct KeeperConnection: ~Copyable {
    private let socket: OwnedDescriptor

    /// Connects to the pod's keeper. nil where it has none.
    public init?(_ places: PodPlaces, _ uid: PodUID) throws(PodError) {
        do throws(KernelError) {
            // Relative to the directory: its path may be longer than an address of a socket can be.
            let directory = try FileDescriptor.workingDirectory.open(
                places.runDirectory(uid).string, [.pathOnly, .directory, .noFollow])
            socket = try directory.descriptor.connect(name: PodPlaces.socket, kind: .sequencedPackets)
        } catch {
            if [.ENOENT, .ECONNREFUSED].contains(error.errno) { return nil }
            throw PodError(error, "cannot reach the keeper of the pod")
        }
    }

    /// Connects to the pod's keeper, which is started where there is none.
    public static func open(_ places: PodPlaces, _ uid: PodUID) throws(PodError) -> KeeperConnection {
        var ends = 0
        for _ in 0..<100 {
            if let connection = try KeeperConnection(places, uid) { return connection }
            let outcome: KeeperStart.Outcome
            do throws(PodError) { outcome = try KeeperStart(places, uid).start() } catch {
                throw PodError(.noKeeper, error.message, hint: error.hint)
            }
            switch outcome {
            case .ready: continue
            // Another has won, and is about to listen, or to go.
            case .taken: pause(milliseconds: 10)
            case .ended:
                ends += 1
                guard ends < 5 else {
                    throw PodError(
                        .noKeeper, "hull-keeper ends again and again before it is ready",
                        hint:
                            "'hull version' and 'hull-keeper --version' are to say the same; the kernel's log has what killed it")
                }
            }
        }
        throw PodError(
            .failed, "the keeper of the pod does not answer", hint: "its lock in '\(places.runDirectory(uid))' says who it is")
    }

    public var descriptor: FileDescriptor { socket.descriptor }

    public func send(_ request: KeeperRequest) throws(PodError) {
        try during("cannot ask the keeper of the pod") { () throws(KernelError) in
            try socket.descriptor.send(request.message, subject: "the keeper")
        }
    }

    /// Whether it says something, or goes, within a time.
    func waitForReply(milliseconds: Int) throws(PodError) -> Bool {
        var entries = [PollEntry(socket.descriptor)]
        return try during("cannot hear the keeper of the pod") { () throws(KernelError) in
            try waitUntilReady(&entries, milliseconds: milliseconds)
        }
    }

    /// Continues a keeper that somebody has stopped, as one who is asked for something must not be: its pid. nil where it is not stopped.
    func continueStopped() throws(PodError) -> Int32? {
        do throws(KernelError) {
            let pid = try socket.descriptor.peerCredentials().pid
            let process = try openPidfd(pid)
            // Order: after the pidfd. As long as the socket has another end, the pid is the keeper's.
            var entries = [PollEntry(socket.descriptor)]
            _ = try waitUntilReady(&entries, milliseconds: 0)
            guard !entries[0].hangup, let status = try ProcessStatus(pid: pid), status.state == "T" else { return nil }
            try process.descriptor.send(.continue)
            return pid
        } catch {
            if error.errno == .ESRCH { return nil }
            throw PodError(error, "cannot continue the keeper of the pod")
        }
    }

    /// The next thing it says. nil where it has gone.
    public func next() throws(PodError) -> KeeperReply? {
        let message: ReceivedMessage
        do throws(KernelError) {
            message = try socket.descriptor.receive(capacity: 64 << 10, subject: "the keeper")
        } catch {
            if error.errno == .ECONNRESET { return nil }
            throw PodError(error, "cannot hear the keeper of the pod")
        }
        guard !message.bytes.isEmpty else { return nil }
        do throws(WireError) { return try KeeperReply(wireBytes: message.bytes) } catch {
            throw PodError(.failed, "the keeper of the pod says something unknown", hint: "it may be of another version")
        }
    }
}

/// Asks a pod's keeper for something, until it is so: a keeper that is killed meanwhile is replaced, and asked again.
public enum KeeperQuestion {
    /// How long a keeper may say nothing before it is looked at, and again. Milliseconds.
    private static let patience = 500

    /// What a keeper says next, which may take as long as what it does. One that is stopped is continued.
    private static func next(of connection: borrowing KeeperConnection, _ note: (String) -> Void) throws(PodError) -> KeeperReply?
    {
        while try !connection.waitForReply(milliseconds: patience) {
            if let pid = try connection.continueStopped() {
                note("the keeper of the pod, pid \(pid), was stopped: it is continued")
            }
        }
        return try connection.next()
    }

    /// `note` gets what the keeper says while one waits. Throws what it says stands in the way.
    public static func ask(
        _ request: KeeperRequest, _ places: PodPlaces, _ uid: PodUID, note: (String) -> Void
    ) throws(PodError) {
        switch request {
        case .stop, .restart, .remove, .stopContainer, .removeContainer: try PodFreezer(places).thawIfFrozen(uid)
        default: break
        }
        var request = request
        for _ in 0..<5 {
            let connection = try KeeperConnection.open(places, uid)
            defer { request = request.repeated }
            do throws(PodError) { try connection.send(request) } catch { continue }
            while let reply = try next(of: connection, note) {
                switch reply {
                case .done: return
                case .failed(let message): throw PodError(.failed, message)
                case .note(let line): note(line)
                case .attached, .output, .ended: continue
                }
            }
        }
        throw PodError(
            .failed, "the keeper of the pod ends again and again",
            hint: "'hull why' says what is known; 'hull audit --fix' gives the pod another")
    }
}
