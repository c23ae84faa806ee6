public import LinuxKernel
internal import LinuxTypes
internal import PodRecords

/// Connections from ports of the machine's loopback to ports of a pod's: the sockets of the pod's side are made in its network namespace, by this process. No
/// program runs in the pod for it, and nothing of it is recorded.
public final class PortForward {
    /// A port of the machine, 0 for one that is free, and the pod's.
    public struct Port: Hashable, Sendable {
        public var local: UInt16
        public var remote: UInt16

        public init(local: UInt16, remote: UInt16) {
            self.local = local
            self.remote = remote
        }
    }

    private struct Listener {
        let socket: OwnedDescriptorBox
        let port: Port
    }

    /// One direction of a connection.
    private struct Flow {
        let source: FileDescriptor
        let target: FileDescriptor
        /// Read, and yet to be written.
        var pending: [UInt8] = []
        var isDone = false

        /// What it waits for.
        var entry: PollEntry? {
            if isDone { return nil }
            return pending.isEmpty ? PollEntry(source) : PollEntry(target, read: false, write: true)
        }
    }

    private final class Connection {
        private let local: OwnedDescriptorBox
        private let remote: OwnedDescriptorBox
        var flows: [Flow]
        var isOver = false

        init(_ local: OwnedDescriptorBox, _ remote: OwnedDescriptorBox) {
            self.local = local
            self.remote = remote
            flows = [
                Flow(source: local.descriptor, target: remote.descriptor),
                Flow(source: remote.descriptor, target: local.descriptor),
            ]
        }
    }

    private let namespace: OwnedDescriptor
    private let own: OwnedDescriptor
    private var listeners: [Listener] = []
    private var connections: [Connection] = []
    /// Told of connections that come to nothing.
    private let note: (String) -> Void

    /// Connections at once; who comes beyond waits.
    private static let crowd = 200

    /// Listens. Throws `wrongState` for a pod of which no container runs.
    public init(to pod: PodState, _ ports: [Port], note: @escaping (String) -> Void) throws(PodError) {
        self.note = note
        let act = "cannot reach the network of pod '\(pod.sandbox.name)'"
        guard let process = pod.anyProcess, pod.hasSandbox else {
            throw PodError(.wrongState, "no container of pod '\(pod.sandbox.name)' runs", hint: "'hull ps -a' says what it does")
        }
        own = try during(act) { () throws(KernelError) in
            try FileDescriptor.workingDirectory.open("/proc/self/ns/net", .readOnly)
        }
        namespace = try during(act) { () throws(KernelError) in
            let bootID = try bootID()
            let namespace = try NamespaceHandle(path: "/proc/\(process.pid)/ns/net", kind: .network)
            // Order: behind the opening, which may have hit another process with the number of one that has ended.
            guard try process.isAlive(currentBootID: bootID) else {
                throw KernelError(call: "open", errno: .ESRCH, subject: "its process has just ended")
            }
            return namespace.release()
        }
        for port in ports {
            let socket: OwnedDescriptorBox
            do throws(KernelError) { socket = OwnedDescriptorBox(try Loopback.v4.listen(port: port.local)) } catch {
                throw PodError(
                    error.errno == .EADDRINUSE ? .exists : .failed, "cannot listen on 127.0.0.1:\(port.local): \(error)",
                    hint: error.errno == .EADDRINUSE ? "':\(port.remote)' takes a port that is free" : nil)
            }
            let bound = try during("cannot listen") { () throws(KernelError) in try socket.descriptor.boundPort() }
            listeners.append(Listener(socket: socket, port: Port(local: bound, remote: port.remote)))
        }
    }

    /// With the numbers of those that were free.
    public var ports: [Port] { listeners.map(\.port) }

    /// What to wait for.
    public var entries: [PollEntry] {
        var entries = connections.flatMap { $0.flows.compactMap(\.entry) }
        if connections.count < Self.crowd { entries += listeners.map { PollEntry($0.socket.descriptor) } }
        return entries
    }

    /// Moves what can be moved.
    public func serve(_ entries: [PollEntry]) throws(PodError) {
        let ready = Set(entries.filter { $0.canRead || $0.canWrite || $0.hangup }.map(\.descriptor))
        guard !ready.isEmpty else { return }
        for connection in connections { serve(connection, ready) }
        connections.removeAll(where: \.isOver)
        for listener in listeners where ready.contains(listener.socket.descriptor) { try accept(listener) }
    }

    private func accept(_ listener: Listener) throws(PodError) {
        let local: OwnedDescriptorBox
        do throws(KernelError) {
            local = OwnedDescriptorBox(try listener.socket.descriptor.accept())
            try local.descriptor.setNonblocking(true)
        } catch {
            // Who has gone already, and a table of files that is full for a moment.
            if [.EAGAIN, .ECONNABORTED, .EMFILE, .ENFILE].contains(error.errno) { return }
            throw PodError(error, "cannot take a connection")
        }
        do throws(KernelError) {
            connections.append(Connection(local, OwnedDescriptorBox(try connect(to: listener.port.remote))))
        } catch { note("port \(listener.port.remote) of the pod: \(error)") }
    }

    /// In the pod's network namespace, where this process is only for that moment.
    private func connect(to port: UInt16) throws(KernelError) -> OwnedDescriptor {
        try namespace.descriptor.enterNamespace(.network, subject: "the pod's")
        do throws(KernelError) {
            let socket = try Self.connected(port)
            try own.descriptor.enterNamespace(.network, subject: "the own")
            return socket
        } catch {
            try own.descriptor.enterNamespace(.network, subject: "the own")
            throw error
        }
    }

    private static func connected(_ port: UInt16) throws(KernelError) -> OwnedDescriptor {
        do throws(KernelError) { return try Loopback.v4.connect(port: port) } catch {
            guard error.errno == .ECONNREFUSED else { throw error }
            do throws(KernelError) { return try Loopback.v6.connect(port: port) } catch {
                // What the first has said is what counts.
            }
            throw error
        }
    }

    private func serve(_ connection: Connection, _ ready: Set<FileDescriptor>) {
        for index in connection.flows.indices {
            let flow = connection.flows[index]
            guard let entry = flow.entry, ready.contains(entry.descriptor) else { continue }
            do throws(KernelError) { try move(&connection.flows[index]) } catch {
                if error.errno == .EAGAIN || error.errno == .EINTR { continue }
                connection.isOver = true
            }
        }
        if connection.flows.allSatisfy(\.isDone) { connection.isOver = true }
    }

    private func move(_ flow: inout Flow) throws(KernelError) {
        if flow.pending.isEmpty {
            flow.pending = try flow.source.readSome(64 << 10)
            if flow.pending.isEmpty {
                // The other direction goes on.
                try flow.target.shutdownSending()
                flow.isDone = true
                return
            }
        }
        let count = try flow.target.writeSome(flow.pending)
        flow.pending.removeFirst(count)
    }
}
