internal import ContainerLogs
internal import KeeperProtocol
public import LinuxKernel
internal import LinuxTypes
public import PodRecords

/// The process that keeps one pod: parent of its containers, owner of their exit codes, logs and restarts.
///
/// It only waits: for ends of processes, for what they print, for clients, for the time. What may block, a worker does. It holds the lock of the pod's run
/// directory for life, and goes when the pod is stopped and nobody asks for anything. Killed at any moment, it loses nothing: the next one takes over
/// from the records.
public final class Keeper {
    let places: PodPlaces
    let uid: PodUID
    /// The program that is run as a worker.
    let workerProgram: String
    let bootID: String
    let store: PodStore
    var machine: PodMachine
    /// The pod's run directory.
    let directory: OwnedDescriptor
    /// Opened when the first container is near.
    private var openLogs: OwnedDescriptor?
    let lock: OwnedDescriptor
    let listener: OwnedDescriptor
    let childSignals: SignalStream
    /// Whether another had the pod and did not leave it: it was killed.
    public let hasPredecessor: Bool
    var workers: [WorkerProcess] = []
    var stuckWorkers = StuckWorkers()
    /// Jobs that no worker is free for, and since when; milliseconds since the boot.
    var queue: [(job: Job, since: Int64)] = []
    /// What is to be done when what was recorded before it is.
    var effects: [Effect] = []
    /// Milliseconds since the boot at which recording is tried again; nil where it did not fail.
    var nextRecording: Int64?
    var processes: [String: ContainerProcess] = [:]
    var streams: [String: ContainerStreams] = [:]
    var clients: [Client] = []

    /// What a keeper that becomes another program gives to it.
    public struct Inheritance: Sendable {
        public var lock: FileDescriptor
        public var listener: FileDescriptor
        /// Masters of terminals, by container.
        public var terminals: [(container: String, master: FileDescriptor)] = []

        public init(lock: FileDescriptor, listener: FileDescriptor) {
            self.lock = lock
            self.listener = listener
        }
    }

    /// A worker that is this process's child already, and waits for jobs.
    public struct StartedWorker: Sendable {
        public var pid: Int32
        public var socket: FileDescriptor

        public init(pid: Int32, socket: FileDescriptor) {
            self.pid = pid
            self.socket = socket
        }
    }

    /// Takes the pod over, whatever state it is in. Throws `taken` where another keeper has it.
    public init(
        _ places: PodPlaces, _ uid: PodUID, workerProgram: String, worker: StartedWorker? = nil,
        _ inheritance: Inheritance? = nil
    ) throws(KeeperError) {
        self.places = places
        self.uid = uid
        self.workerProgram = workerProgram
        try during("cannot choose signals") { () throws(KernelError) in
            try setBlockedSignals(SignalSet([.child, .brokenPipe, .fileSizeExceeded]))
        }
        childSignals = try during("cannot watch children") { () throws(KernelError) in try SignalStream(SignalSet([.child])) }
        bootID = try during("cannot read the boot id") { () throws(KernelError) in try LinuxKernel.bootID() }
        directory = try during("cannot make '\(places.runDirectory(uid))'") { () throws(KernelError) in
            try Self.openDirectory(places.runDirectory(uid), with: PodPlaces.streams)
        }
        if let inheritance {
            lock = OwnedDescriptor(owning: inheritance.lock)
        } else {
            lock = try Self.takeLock(directory.descriptor)
        }
        // Order: after the lock, for it may be being written.
        store = try PodStore(places, uid)
        do throws(KeeperError) { machine = try store.machine() } catch {
            // The pod was removed meanwhile, and nothing of it may come back.
            if case .unknownPod = error { try Self.removeRunDirectory(directory.descriptor, uid) }
            throw error
        }
        listener = try Self.listen(inheritance, directory.descriptor)
        machine.recover(bootID: bootID, at: Moment.now())
        hasPredecessor = inheritance == nil && machine.sandbox.keeper != nil
        machine.adopt(
            by: try during("cannot read the own start time") { () throws(KernelError) in try ProcessIdentity.own(bootID: bootID) }
        )
        for status in machine.runningContainers { try reopenStreams(status, inheritance) }
        if let worker {
            let process = try during("cannot watch a worker") { () throws(KernelError) in try WorkerProcess(worker) }
            process.idle(at: Moment.now())
            workers.append(process)
        }
    }

    /// Where the logs of the pod's containers are; made where it is not there.
    func logDirectory() throws(KernelError) -> FileDescriptor {
        if let open = ContainerStreams.descriptor(of: openLogs) { return open }
        let directory = try Self.openDirectory(places.directory(uid).appending("logs"))
        let descriptor = directory.descriptor
        openLogs = consume directory
        return descriptor
    }

    /// Makes a directory, or one below it, and opens it.
    private static func openDirectory(_ path: HostPath, with name: String? = nil) throws(KernelError) -> OwnedDescriptor {
        try makeDirectories(name.map { path.appending($0) }?.string ?? path.string, permissions: 0o700)
        return try FileDescriptor.workingDirectory.open(path.string, [.readOnly, .directory, .noFollow])
    }

    /// The lock of the pod's run directory. One keeper that ends takes the file away, so that what was locked must still be the one that is there.
    private static func takeLock(_ directory: FileDescriptor) throws(KeeperError) -> OwnedDescriptor {
        while true {
            let file = try during("cannot open the lock of the pod") { () throws(KernelError) in
                try directory.open(PodPlaces.lock, [.readWrite, .create, .noFollow])
            }
            guard try during("cannot lock the pod", { () throws(KernelError) in try file.descriptor.tryLock() }) else {
                throw .taken
            }
            let isCurrent = try during("cannot look at the lock of the pod") { () throws(KernelError) in
                try file.descriptor.isNamed(PodPlaces.lock, in: directory)
            }
            if isCurrent { return file }
        }
    }

    private static func listen(_ inheritance: Inheritance?, _ directory: FileDescriptor) throws(KeeperError) -> OwnedDescriptor {
        if let inheritance { return OwnedDescriptor(owning: inheritance.listener) }
        return try during("cannot listen for clients") { () throws(KernelError) in
            // What a keeper that was killed has left; ours is the lock.
            try directory.unlinkIfPresent(PodPlaces.socket)
            let socket = try directory.listen(name: PodPlaces.socket, kind: .sequencedPackets, backlog: 64)
            try socket.descriptor.setNonblocking(true)
            return socket
        }
    }

    /// Keeps the pod until there is nothing to keep.
    public func run() throws(KeeperError) {
        effects += machine.advance(at: Moment.now())
        while true {
            performEffects(at: Moment.now())
            answerClients()
            if isDone { return try leave() }
            try wait()
            let next = machine.advance(at: Moment.now())
            // While the journal cannot be written, one note that it is to be is enough.
            if next != [.record] || !effects.contains(.record) { effects += next }
        }
    }

    /// Whether nobody needs it: the pod is stopped, and that is on the disk.
    private var isDone: Bool { machine.isAtRest && clients.isEmpty && effects.isEmpty && workers.isEmpty }

    /// Goes, and takes its traces away.
    private func leave() throws(KeeperError) {
        machine.leave()
        if !machine.isRemoved { try record() }
        try Self.removeRunDirectory(directory.descriptor, uid)
    }

    private static func removeRunDirectory(_ directory: FileDescriptor, _ uid: PodUID) throws(KeeperError) {
        try during("cannot remove the run directory") { () throws(KernelError) in
            try removePipes(directory)
            for name in [PodPlaces.socket, PodPlaces.lock] { try directory.unlinkIfPresent(name) }
            for name in [PodPlaces.streams, "../\(uid)"] {
                do throws(KernelError) { try directory.removeDirectory(name) } catch {
                    // Somebody who came in between is at work in it again.
                    guard [.ENOENT, .ENOTEMPTY].contains(error.errno) else { throw error }
                }
            }
        }
    }

    /// Those of starts that were lost with a keeper before: nobody else knows of them.
    private static func removePipes(_ directory: FileDescriptor) throws(KernelError) {
        let pipes = try directory.open(PodPlaces.streams, [.readOnly, .directory, .noFollow])
        for name in try pipes.descriptor.directoryEntries() { try pipes.descriptor.unlink(name) }
    }
}
