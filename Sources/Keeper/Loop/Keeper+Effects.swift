internal import ContainerLogs
internal import KeeperProtocol
internal import LinuxKernel
internal import LinuxTypes
internal import PodRecords

extension Keeper {
    /// Does what is to be done, in order. What must be recorded first waits until it is.
    func performEffects(at moment: Moment) {
        if let nextRecording, moment.milliseconds < nextRecording { return }
        nextRecording = nil
        while !effects.isEmpty {
            let effect = effects.removeFirst()
            switch effect {
            case .record:
                do throws(KeeperError) { try record() } catch {
                    // Nothing goes on that is not recorded; containers and logs do.
                    effects.insert(.record, at: 0)
                    nextRecording = moment.milliseconds + 500
                    say("cannot record what the pod does, trying again: \(error)")
                    return
                }
            case .perform(let job): perform(job, at: moment)
            case .signal(let container, let signal):
                processes[container]?.send(signal)
                // Most end at once, and somebody has to take away what they leave.
                prepareWorker(at: moment)
            case .say(let line): say(line)
            }
        }
    }

    /// What has changed since the last time, at once.
    func record() throws(KeeperError) {
        let before = machine
        let changes = machine.takeChanges()
        do throws(KeeperError) { try store.write(changes.sandbox, changes.containers) } catch {
            machine = before
            throw error
        }
    }

    /// A line for all who wait.
    func say(_ line: String) {
        for client in clients where client.waiting != .nothing { client.send(.note(line)) }
    }

    // MARK: Streams

    func makeStreams(_ name: String, _ attempt: UInt32) throws(KernelError) -> DescriptorList {
        let stream = try newStreams(name, attempt)
        let ends = try stream.make()
        streams[name] = stream
        return ends
    }

    private func newStreams(_ name: String, _ attempt: UInt32) throws(KernelError) -> ContainerStreams {
        guard let plan = machine.plan.container(name),
            let place = LogPlace(try logDirectory(), container: name, attempt: Int(attempt))
        else { throw KernelError(call: "open", errno: .EINVAL, subject: "the log of container '\(name)'") }
        let stream = ContainerStreams(plan, attempt: attempt, directory: directory.descriptor, log: LogWriter(place))
        stream.listener = { [unowned self] source, bytes in self.pass(source, bytes, of: name) }
        stream.logListener = { [unowned self] events in self.note(events, of: name) }
        return stream
    }

    /// Those of an attempt that runs already: they belong to a keeper that is no more.
    func reopenStreams(_ name: String, _ attempt: UInt32, terminal: consuming OwnedDescriptor? = nil) {
        do throws(KernelError) {
            let stream = try newStreams(name, attempt)
            try stream.reopen()
            switch consume terminal {
            case .some(let master): try stream.take(terminal: master)
            case .none: break
            }
            streams[name] = stream
        } catch {
            say("the output of container '\(name)' is lost: \(error)")
        }
    }

    func reopenStreams(_ status: ContainerStatus, _ inheritance: Inheritance?) throws(KeeperError) {
        guard let master = inheritance?.terminals.first(where: { $0.container == status.name })?.master else {
            return reopenStreams(status.name, status.attempt)
        }
        reopenStreams(status.name, status.attempt, terminal: OwnedDescriptor(owning: master))
    }

    /// What is lost of a log, or may be, is recorded; the rest is the log's own affair.
    private func note(_ events: [LogEvent], of name: String) {
        let moment = Moment.now()
        for event in events {
            let trouble: LogTrouble
            switch event {
            case .failing(let error): trouble = LogTrouble(state: .failing, cause: "\(error)", at: moment.wall)
            case .recovered(let loss): trouble = LogTrouble(.recovered, loss, at: moment.wall)
            case .abandoned(let loss): trouble = LogTrouble(.abandoned, loss, at: moment.wall)
            case .rotated, .rotationFailed, .repaired, .setAside: continue
            }
            effects += machine.handle(.logged(container: name, trouble), at: moment)
        }
    }

    func closeStreams(of name: String) {
        guard let stream = streams.removeValue(forKey: name) else { return }
        if let error = stream.finish() { say("the pipes of container '\(name)' cannot be removed: \(error)") }
    }
}

extension LogTrouble {
    fileprivate init(_ state: State, _ loss: LogLoss, at moment: Int64) {
        self.init(state: state, stdout: loss.stdout, stderr: loss.stderr, cause: loss.cause, at: moment)
    }
}
