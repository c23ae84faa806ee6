import InitProtocol
import LinuxKernel
import LinuxTypes
import OCISpec

extension Runtime {
    /// Lets a created container's init go on to its program. Returns when the program was executed.
    public func start(_ id: String) throws(RuntimeError) {
        let store = try existingStore(for: id, .changing)
        let bootID = try Self.currentBootID()
        var container = try store.lock(id)
        guard var record = container.record else { throw ContainerStore.missing(id) }
        let status = try Self.status(of: record, id: id, bootID: bootID) { () throws(RuntimeError) in try store.openDirectory(id)
        }
        switch status {
        case .created: break
        case .stopped: throw RuntimeError(.wrongStatus, "container '\(id)': cannot start a container that has stopped")
        case .running, .paused: throw RuntimeError(.wrongStatus, "container '\(id)': cannot start an already running container")
        case .creating:
            throw RuntimeError(.wrongStatus, "container '\(id)': cannot start a container that is still being created")
        }
        try refuseSecondStart(record, id, bootID)
        let socket = try during("cannot reach the init of container '\(id)'") { () throws(KernelError) in
            try container.directory.connect(name: StartSocket.name)
        }
        var conversation = InitConversation(socket)
        if record.hasStartContainerHooks {
            // While the init runs hooks no lock is held; that somebody starts it already is in the record.
            record.owner = try during("cannot read the runtime's own start time") { () throws(KernelError) in
                try ProcessIdentity.own(bootID: bootID)
            }
            try container.write(record)
            try container.unlocked { () throws(RuntimeError) in try Self.letGo(&conversation, id) }
        } else {
            try Self.letGo(&conversation, id)
        }
        record.owner = nil
        record.phase = .running
        try container.write(record)
        try during("cannot remove the start socket") { () throws(KernelError) in
            try StartSocket.remove(from: container.directory)
        }
        try runPoststartHooks(&container, record, id)
    }

    private func refuseSecondStart(_ record: ContainerRecord, _ id: String, _ bootID: String) throws(RuntimeError) {
        guard let owner = record.owner else { return }
        let alive = try during("cannot look at process \(owner.pid)") { () throws(KernelError) in
            try owner.isAlive(currentBootID: bootID)
        }
        if alive { throw RuntimeError(.wrongStatus, "container '\(id)' is being started by process \(owner.pid)") }
    }

    /// Says the word, and hears what becomes of it.
    private static func letGo(_ conversation: inout InitConversation, _ id: String) throws(RuntimeError) {
        try during("cannot reach the init of container '\(id)'") { () throws(KernelError) in try conversation.proceed() }
        var executing = false
        while true {
            let reply: InitConversation.Reply
            do throws(KernelError) { reply = try conversation.next() } catch {
                throw RuntimeError(error, "cannot hear the init of container '\(id)'")
            }
            switch reply {
            case .message(.executing): executing = true
            case .message(.failed(let failure)): throw RuntimeError(failure, origin: failure.step.member)
            case .end where executing: return
            case .end: throw RuntimeError(.failed, "the init of container '\(id)' ended before it could execute the program")
            case .message, .notStarted: throw RuntimeError(.failed, "the init of container '\(id)' says something unexpected")
            }
        }
    }

    /// After the program was executed. One that fails stops the container, as the specification orders.
    func runPoststartHooks(
        _ container: inout LockedContainer, _ record: ContainerRecord, _ id: String
    ) throws(RuntimeError) {
        guard record.hasPoststartHooks else { return }
        let hooks = try container.configuration().hooks?.poststart ?? []
        let runner = HookRunner(state: Self.document(record, id, .running))
        do throws(RuntimeError) {
            try container.unlocked { () throws(RuntimeError) in try runner.run(.poststart, hooks) }
        } catch {
            guard error.kind != .missing, let process = record.initProcess else { throw error }
            do throws(KernelError) {
                if let handle = try process.open(currentBootID: process.bootID) { try handle.descriptor.send(.kill) }
            } catch let cleanup { throw error.addingCleanup("\(cleanup)") }
            throw error
        }
    }

    /// The state document of a recorded container, for hooks.
    static func document(_ record: ContainerRecord, _ id: String, _ status: Status) -> State {
        State(
            ociVersion: record.ociVersion, id: id, status: status, pid: status == .stopped ? 0 : record.initProcess?.pid ?? 0,
            bundle: record.bundle, annotations: record.annotations)
    }
}
