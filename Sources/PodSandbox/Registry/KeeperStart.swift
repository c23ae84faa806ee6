internal import Cgroups
internal import LinuxKernel
internal import LinuxTypes
internal import PodRecords

/// Starting a keeper: in a session and a cgroup of its own, so that the end of a shell, of a session or of a service stops no pod.
///
/// The caller forks, the child forks once more and becomes `hull-keeper`. What it forked is its first worker, which is the program that it would have
/// to start next: that is at work as soon as the keeper has something for it.
struct KeeperStart {
    private let places: PodPlaces
    private let uid: PodUID

    init(_ places: PodPlaces, _ uid: PodUID) {
        self.places = places
        self.uid = uid
    }

    enum Outcome {
        case ready
        /// Another keeper has the pod, or is just on its way out.
        case taken
        /// It ended before it was ready: somebody killed it.
        case ended
    }

    func start() throws(PodError) -> Outcome {
        let program = try during("cannot find hull-keeper") { () throws(KernelError) in try OwnProgram.sibling("hull-keeper") }
        let ready = try during("cannot make a pipe") { () throws(KernelError) in try Pipe() }
        let found = try KeeperCgroup.entrance(uid)
        guard let entrance = consume found else { return .taken }
        do throws(KernelError) { try fork(into: entrance, KeeperBirth(places, uid, program, ready.writeEnd.descriptor)) } catch {
            // A keeper before, on its way out, has taken the cgroup away.
            if error.errno == .ENODEV || error.errno == .ENOENT { return .taken }
            throw PodError(error, "cannot start hull-keeper")
        }
        // Order: our own end for writing is closed with it, or the end of what is read would never come.
        let reader = ready.keepReadEnd()
        let answer = try during("cannot hear hull-keeper") { () throws(KernelError) in
            String(decoding: try reader.descriptor.readToEnd(limit: 4096), as: UTF8.self)
        }
        switch answer {
        case "ready": return .ready
        case "taken": return .taken
        case "": return .ended
        default: throw PodError(.failed, answer)
        }
    }

    /// Returns in the caller only.
    private func fork(into entrance: borrowing KeeperCgroup.Entrance, _ birth: KeeperBirth) throws(KernelError) {
        guard case .child = try forkIntoNamespaces([], asSibling: false, cgroup: entrance.unified) else { return }
        birth.complete(entrance.tasks.descriptors)
    }
}

/// What happens between the fork and the keeper's program.
struct KeeperBirth {
    private let places: PodPlaces
    private let uid: PodUID
    private let program: String
    /// Where the keeper says that it is ready, or we why it does not come to be.
    private let ready: FileDescriptor

    init(_ places: PodPlaces, _ uid: PodUID, _ program: String, _ ready: FileDescriptor) {
        self.places = places
        self.uid = uid
        self.program = program
        self.ready = ready
    }

    /// Leaves cgroup, session and directory of who forked, by the `tasks` files of cgroups v1 among others, and becomes the program.
    func complete(_ tasks: [FileDescriptor]) -> Never {
        do throws(KernelError) {
            for file in tasks { try file.writeOnce("0", subject: "a cgroup") }
            try startSession()
            try changeDirectory("/")
            try Self.forgetCaller()
            let null = try FileDescriptor.workingDirectory.open("/dev/null", .readWrite)
            for stream in [FileDescriptor.standardInput, .standardOutput, .standardError] {
                try null.descriptor.duplicate(onto: stream)
            }
            let pair = try SocketPair(.sequencedPackets)
            let pid = try forkWorker(pair.second.descriptor)
            // Order: nothing that the caller happened to have open is for the keeper, which lives long.
            try FileDescriptor.markCloseOnExec(from: 3)
            for descriptor in [ready, pair.first.descriptor] { try descriptor.setCloseOnExec(false) }
            throw execute(program, arguments: arguments(worker: pid, socket: pair.first.descriptor), environment: [])
        } catch {
            // ENODEV: the cgroup was taken away meanwhile, by a keeper before.
            say(error.errno == .ENODEV ? "taken" : "cannot start hull-keeper: \(error)")
            exitImmediately(1)
        }
    }

    /// What a keeper, and the containers after it, would have of whoever's shell it was: another keeper of the same pod, started by somebody else, would have
    /// something else. Nice value, processors, limits as far as they can be raised again.
    private static func forgetCaller() throws(KernelError) {
        // As root of the machine there is nothing that forbids it; elsewhere it stays as it is.
        do throws(KernelError) { try setNice(0) } catch  where error.errno == .EPERM || error.errno == .EACCES {}
        try ProcessorSet.all.use()
        for kind in ResourceLimitKind.allCases {
            let limit = try resourceLimit(kind)
            let soft = min(limit.hard, mostByDefault(kind))
            if soft != limit.soft { try setResourceLimit(kind, soft: soft, hard: limit.hard) }
        }
    }

    /// As services and containers have them elsewhere: programs take memory by the size of their stack, and close as many files as they may have open.
    private static func mostByDefault(_ kind: ResourceLimitKind) -> UInt64 {
        switch kind {
        case .stack: 8 << 20
        case .nofile: 1 << 20
        default: .max
        }
    }

    /// Returns in the caller only: the worker's pid.
    private func forkWorker(_ socket: FileDescriptor) throws(KernelError) -> Int32 {
        guard case .parent(let pid) = try forkIntoNamespaces([], asSibling: false) else {
            PodWorker.work(places, uid, socket: socket)
        }
        return pid
    }

    private func arguments(worker: Int32, socket: FileDescriptor) -> [String] {
        var arguments = [program, "--root", places.root.string]
        if let runRoot = places.namedRunRoot { arguments += ["--run-root", runRoot.string] }
        arguments += ["--ready", "\(ready.number)", "--worker", "\(worker)=\(socket.number)"]
        return arguments + [uid.string]
    }

    private func say(_ text: String) {
        do throws(KernelError) { try ready.writeAll(Array(text.utf8)) } catch {
            // Nobody waits any more.
        }
    }
}
