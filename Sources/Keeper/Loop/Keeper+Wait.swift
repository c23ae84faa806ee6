internal import ContainerLogs
internal import KeeperProtocol
internal import LinuxKernel
internal import LinuxTypes

/// What a ready descriptor belongs to.
private enum Source {
    case listener
    case childSignals
    case worker(WorkerProcess)
    case workerEnd(WorkerProcess)
    case process(ContainerProcess)
    case output(ContainerStreams)
    case input(ContainerStreams)
    case client(Client)
}

extension Keeper {
    /// Waits until something happens or a time has come, and takes in what happened.
    func wait() throws(KeeperError) {
        let (sources, entries) = watched()
        var ready = entries
        let timeout = timeout(at: Moment.now())
        let isReady = try during("cannot wait") { () throws(KernelError) in try Self.wait(for: &ready, milliseconds: timeout) }
        let moment = Moment.now()
        if isReady {
            for (source, entry) in zip(sources, ready) where entry.canRead || entry.canWrite || entry.hangup {
                take(source, entry, at: moment)
            }
        }
        keepTime(at: moment)
    }

    /// Milliseconds in which nothing happens, after which what the keeper needed for what did happen is given back: a pod that runs needs a program that waits, not
    /// one that starts it.
    private static let restlessness = 200

    private static func wait(for entries: inout [PollEntry], milliseconds: Int?) throws(KernelError) -> Bool {
        guard milliseconds ?? .max > restlessness else { return try waitUntilReady(&entries, milliseconds: milliseconds) }
        if try waitUntilReady(&entries, milliseconds: restlessness) { return true }
        return try waitUntilReady(&entries, milliseconds: milliseconds.map { $0 - restlessness }, atRest: true)
    }

    private func watched() -> ([Source], [PollEntry]) {
        var sources: [Source] = [.childSignals]
        var entries = [PollEntry(childSignals.descriptor)]
        func watch(_ source: Source, _ entry: PollEntry) {
            sources.append(source)
            entries.append(entry)
        }
        // Who knocks at the door of a pod that is removed means another one, of the same uid, and is let in by its keeper.
        if !machine.isRemoved { watch(.listener, PollEntry(listener.descriptor)) }
        for worker in workers {
            if !worker.isSilent { watch(.worker(worker), PollEntry(worker.descriptor)) }
            watch(.workerEnd(worker), PollEntry(worker.pidfd.descriptor))
        }
        for process in processes.values where process.nextLook == nil { watch(.process(process), PollEntry(process.descriptor)) }
        for stream in streams.values {
            for descriptor in stream.outputs { watch(.output(stream), PollEntry(descriptor)) }
            if let descriptor = stream.blockedInput { watch(.input(stream), PollEntry(descriptor, read: false, write: true)) }
        }
        // Who has given more input than its container reads is not listened to; its going is noticed all the same.
        for client in clients { watch(.client(client), PollEntry(client.descriptor, read: !hasPendingInput(client))) }
        return (sources, entries)
    }

    private func hasPendingInput(_ client: Client) -> Bool {
        guard case .output(let container, true) = client.waiting else { return false }
        return streams[container]?.blockedInput != nil
    }

    private func timeout(at moment: Moment) -> Int? {
        var deadlines: [Int64] = []
        if let deadline = machine.deadline(after: moment) { deadlines.append(deadline) }
        if let nextRecording { deadlines.append(nextRecording) }
        // One that was dismissed tells by its pidfd when it has gone.
        for worker in workers where !worker.isDismissed {
            if let end = worker.isIdle ? idleEnd(of: worker) : worker.deadline { deadlines.append(end) }
        }
        if let first = queue.first, canHaveMore { deadlines.append(first.since + Self.queueLimit) }
        for process in processes.values { if let look = process.nextLook { deadlines.append(look) } }
        for stream in streams.values {
            if let retry = stream.log.nextRetry {
                deadlines.append(moment.milliseconds + max(0, (retry - monotonicMicroseconds()) / 1000 + 1))
            }
        }
        return deadlines.min().map { Int(max(0, min($0 - moment.milliseconds, 3_600_000))) }
    }

    /// Milliseconds that a worker without a job is kept: the next one may be near.
    static let idleLimit: Int64 = 50

    private func take(_ source: Source, _ entry: PollEntry, at moment: Moment) {
        switch source {
        case .listener: acceptClients()
        case .childSignals: drainSignals()
        case .worker(let worker): takeReport(of: worker, at: moment)
        case .workerEnd(let worker): takeEnd(of: worker, at: moment)
        case .process(let process): look(at: process, moment)
        case .output(let stream): stream.read(entry.descriptor)
        case .input(let stream): _ = stream.flushInput()
        case .client(let client): listen(to: client, at: moment)
        }
    }

    private func keepTime(at moment: Moment) {
        for process in processes.values {
            if let nextLook = process.nextLook, moment.milliseconds >= nextLook { look(at: process, moment) }
        }
        for stream in streams.values {
            if let retry = stream.log.nextRetry, monotonicMicroseconds() >= retry { stream.retryLog() }
        }
        relieveQueue(at: moment)
        dismissWorkers(at: moment)
        stuckWorkers.reap()
        reapStrays()
        clients.removeAll(where: \.isGone)
    }

    private func drainSignals() {
        do throws(KernelError) { while try childSignals.next() != nil {} } catch {
            // The children themselves are asked.
        }
    }

    private func look(at process: ContainerProcess, _ moment: Moment) {
        guard case .ended(let end) = process.look(at: moment) else { return }
        processes[process.container] = nil
        // Order: what it printed is in the log before anybody learns that it has ended.
        closeStreams(of: process.container)
        effects += machine.handle(.ended(container: process.container, end), at: moment)
        tellEnd(of: process.container, end)
    }

    /// Reaps first stages, and inits whose start came to nothing: children of ours that nobody watches. Not while one may be a container that its worker
    /// has yet to tell of.
    private func reapStrays() {
        guard workers.allSatisfy(\.jobs.isEmpty), queue.isEmpty else { return }
        do throws(KernelError) {
            while let pid = try peekEndedChild() {
                guard !processes.values.contains(where: { $0.identity.pid == pid }), !workers.contains(where: { $0.pid == pid }),
                    !stuckWorkers.contains(pid),
                    !machine.isWatching(pid: pid)
                else { return }
                _ = try reapChild(pid)
            }
        } catch {
            // A zombie more; the next end of a child tries again.
        }
    }
}
