internal import ContainerLogs
internal import KeeperProtocol
internal import LinuxKernel
internal import LinuxTypes
internal import PodRecords

extension Keeper {
    /// Clients at once; who comes beyond is turned away.
    private static let crowd = 256

    func acceptClients() {
        for _ in 0..<16 {
            do throws(KernelError) {
                let socket = try listener.descriptor.accept()
                // The socket's mode keeps others out already.
                let peer = try socket.descriptor.peerCredentials()
                guard peer.uid == effectiveUID(), clients.count < Self.crowd else { continue }
                clients.append(try Client(socket, PodRequest.Asker(pid: peer.pid, uid: peer.uid)))
            } catch { return }
        }
    }

    func listen(to client: Client, at moment: Moment) {
        while let request = client.next() { take(request, from: client, at: moment) }
        // Who goes ends the input that was his.
        if client.isGone, case .output(let container, true) = client.waiting { endInput(of: container) }
    }

    private func take(_ request: KeeperRequest, from client: Client, at moment: Moment) {
        switch request {
        case .run: ask(.run, for: .started, client, at: moment)
        case .stop(let grace): ask(.stop(grace: grace), for: .stopped, client, at: moment)
        case .restart(let grace): ask(.restart(grace: grace), for: .started, client, at: moment)
        case .remove(let grace): ask(.remove(grace: grace), for: .removed, client, at: moment)
        case .recover: ask(.recover, for: .recorded, client, at: moment)
        case .waitForEnd: client.waiting = .condition(.ended)
        case .attach(let container, let takesInput): attach(client, container, takesInput)
        case .input(let bytes):
            if let container = Self.inputTarget(of: client) { _ = streams[container]?.write(bytes) }
        case .inputEnd: if let container = Self.inputTarget(of: client) { endInput(of: container) }
        case .resize(let rows, let columns): resize(client, TerminalSize(rows: rows, columns: columns))
        case .reopenLog(let container): reopenLog(container, client)
        case .label(let changes): ask(.label(changes), for: .recorded, client, at: moment)
        case .reexecute: client.waiting = .reexecution
        case .runSandbox: ask(.runSandbox, for: .ready, client, at: moment)
        case .createContainer(let name, let attempt):
            ask(.create(attempt: attempt), of: name, client, at: moment) { .created(container: name, attempt: $0) }
        case .startContainer(let name, let isRepeated):
            ask(.start(isRepeated: isRepeated), of: name, client, at: moment) { .executed(container: name, attempt: $0) }
        case .stopContainer(let name, let grace):
            ask(.stop(grace: grace), of: name, client, at: moment) { _ in .halted(container: name) }
        case .removeContainer(let name): ask(.remove, of: name, client, at: moment) { _ in .takenAway(container: name) }
        }
    }

    private func ask(_ request: Event.Request, for condition: Condition, _ client: Client, at moment: Moment) {
        client.waiting = .condition(condition)
        switch request {
        case .stop, .restart, .remove: for worker in workers { worker.hurry(at: moment) }
        case .run, .recover, .label, .runSandbox, .container: break
        }
        effects += machine.handle(.request(request, by: client.asker), at: moment)
    }

    /// `condition` is what is waited for, of the attempt that the request is about.
    private func ask(
        _ request: Event.ContainerRequest, of name: String, _ client: Client, at moment: Moment,
        _ condition: (_ attempt: UInt32) -> Condition
    ) {
        if let obstacle = machine.obstacle(to: request, of: name) { return client.send(.failed(obstacle)) }
        effects += machine.handle(.request(.container(name, request), by: client.asker), at: moment)
        client.waiting = .condition(condition(machine.attempt(of: name)))
    }

    /// Tells those whose wish is fulfilled, or cannot be.
    func answerClients() {
        // Who wants a pod to run that is removed has come too late or too early: its own keeper answers.
        if machine.isRemoved { clients.removeAll { [.condition(.started), .condition(.ready)].contains($0.waiting) } }
        for client in clients {
            guard case .condition(let condition) = client.waiting else { continue }
            switch machine.answer(to: condition) {
            case .notYet: continue
            // Order: after what made it so was recorded.
            case .met where !effects.isEmpty: continue
            case .met: client.send(.done)
            case .failed(let message): client.send(.failed(message))
            }
            client.waiting = .nothing
        }
        for client in clients {
            guard case .output(let container, _) = client.waiting, streams[container] == nil,
                case .failed(let message) = machine.prospect(ofStarting: container)
            else { continue }
            client.send(.failed(message))
            client.waiting = .nothing
        }
        clients.removeAll(where: \.isGone)
        reexecuteIfAsked()
    }

    // MARK: Attaching

    private func attach(_ client: Client, _ container: String, _ takesInput: Bool) {
        guard let plan = machine.plan.container(container) else {
            return client.send(.failed("the pod has no container '\(container)'"))
        }
        if streams[container] == nil, case .failed(let message) = machine.prospect(ofStarting: container) {
            return client.send(.failed(message))
        }
        guard !takesInput || plan.hasInput || plan.hasTerminal else {
            return client.send(.failed("container '\(container)' has no stdin: set 'stdin: true' in its manifest"))
        }
        client.send(processes[container] == nil ? .done : .attached(hasTerminal: plan.hasTerminal))
        client.waiting = .output(container: container, takesInput: takesInput)
    }

    /// Those who had attached before it ran may give it input now.
    func tellStart(of container: String) {
        let hasTerminal = machine.plan.container(container)?.hasTerminal ?? false
        for client in clients {
            guard case .output(container, _) = client.waiting else { continue }
            client.send(.attached(hasTerminal: hasTerminal))
        }
    }

    private static func inputTarget(of client: Client) -> String? {
        if case .output(let container, true) = client.waiting { return container }
        return nil
    }

    private func endInput(of container: String) {
        guard machine.plan.container(container)?.endsInputOnce == true else { return }
        streams[container]?.endInput()
    }

    private func resize(_ client: Client, _ size: TerminalSize) {
        guard case .output(let container, _) = client.waiting else { return }
        do throws(KernelError) { try streams[container]?.resize(size) } catch {
            client.send(.note("cannot resize the terminal: \(error)"))
        }
    }

    /// Output for all who are attached.
    func pass(_ stream: LogStream, _ bytes: UnsafeRawBufferPointer, of container: String) {
        for client in clients {
            guard case .output(container, _) = client.waiting else { continue }
            client.send(.output(stream: stream == .stdout ? KeeperReply.stdout : KeeperReply.stderr, Array(bytes)))
        }
    }

    func tellEnd(of container: String, _ end: Event.End?) {
        for client in clients {
            guard case .output(container, _) = client.waiting else { continue }
            client.send(.ended(exitCode: end?.status.shellCode))
            client.waiting = .nothing
        }
    }

    private func reopenLog(_ container: String, _ client: Client) {
        guard let stream = streams[container] else { return client.send(.failed("container '\(container)' does not run")) }
        if let error = stream.reopenLog() { client.send(.failed("\(error)")) } else { client.send(.done) }
    }
}
