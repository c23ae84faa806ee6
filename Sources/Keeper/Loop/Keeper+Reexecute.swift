internal import KeeperProtocol
internal import LinuxKernel
internal import LinuxTypes
internal import PodRecords

extension Keeper {
    /// Becomes the program that now lies where ours did, with lock, socket and terminals, as soon as no worker is at something. The children stay ours.
    func reexecuteIfAsked() {
        let asking = clients.filter { $0.waiting == .reexecution }
        guard !asking.isEmpty, workers.allSatisfy(\.jobs.isEmpty), queue.isEmpty, effects.isEmpty else { return }
        do throws(KernelError) {
            let program = try OwnProgram.path()
            var arguments = [program, "--root", places.root.string]
            if let runRoot = places.namedRunRoot { arguments += ["--run-root", runRoot.string] }
            arguments += ["--lock", try Self.keep(lock.descriptor), "--listener", try Self.keep(listener.descriptor)]
            for stream in streams.values {
                guard let master = ContainerStreams.descriptor(of: stream.terminal) else { continue }
                arguments += ["--terminal", "\(stream.container)=\(try Self.keep(master))"]
            }
            for client in asking { client.send(.done) }
            let error = execute(program, arguments: arguments + [uid.string], environment: [])
            for descriptor in [lock.descriptor, listener.descriptor] { try descriptor.setCloseOnExec(true) }
            throw error
        } catch {
            for client in asking {
                client.send(.failed("cannot become another program: \(error)"))
                client.waiting = .nothing
            }
        }
    }

    private static func keep(_ descriptor: FileDescriptor) throws(KernelError) -> String {
        try descriptor.setCloseOnExec(false)
        return "\(descriptor.number)"
    }
}
