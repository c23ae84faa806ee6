internal import KeeperProtocol
internal import LinuxKernel
internal import LinuxTypes
internal import PodRecords

extension Keeper {
    /// Workers at once: a job that takes long holds up no other.
    private static let crowd = 4
    /// Workers that start at once; more would take the processors from one another.
    private static let usualCrowd = min(crowd, max(2, usableProcessors()))
    /// Milliseconds after which a job gets a worker beyond these: those that are at work may wait for something.
    static let queueLimit: Int64 = 100

    /// Gives a job to a worker that has none, or a new one, or lets it wait.
    func perform(_ job: Job, at moment: Moment) {
        if let refusal = stuckWorkers.refusal(toClear: job.isClearing) {
            effects += machine.handle(.failed(job, message: refusal), at: moment)
            return
        }
        if let idle = workers.first(where: \.isIdle) {
            give(job, to: idle, at: moment)
        } else if hasRoom {
            performByNewWorker(job, at: moment)
        } else {
            queue.append((job, moment.milliseconds))
        }
        if job == .makeSandbox { prepareForContainers(at: moment) }
    }

    /// The others are in the mount namespace of a sandbox that goes, which they would take for that of the next.
    private func dismissIdleWorkers(but one: WorkerProcess) {
        for worker in workers where worker.isIdle && worker !== one { worker.dismiss() }
    }

    /// What containers are going to need, while their sandbox is being made.
    private func prepareForContainers(at moment: Moment) {
        if startsSeveral { prepareWorker(at: moment) }
        do throws(KernelError) { _ = try logDirectory() } catch {
            // The container that has no log says why.
        }
    }

    private var hasRoom: Bool { workers.count { !$0.isDismissed } < Self.usualCrowd && canHaveMore }

    /// Whether one more may be started for a job that has waited too long.
    var canHaveMore: Bool { workers.count < Self.crowd }

    private func performByNewWorker(_ job: Job, at moment: Moment) {
        do throws(KernelError) { give(job, to: try startWorker(at: moment), at: moment) } catch {
            effects += machine.handle(.failed(job, message: "cannot start a worker: \(error)"), at: moment)
        }
    }

    private func startWorker(at moment: Moment) throws(KernelError) -> WorkerProcess {
        let worker = try WorkerProcess(program: workerProgram, arguments: workerArguments)
        worker.idle(at: moment)
        workers.append(worker)
        return worker
    }

    /// Starts a worker for what is about to come, while something else is waited for.
    func prepareWorker(at moment: Moment) {
        guard hasRoom, !workers.contains(where: \.isIdle) else { return }
        do throws(KernelError) { _ = try startWorker(at: moment) } catch {
            // Who has a job for it tries again, and says what is wrong.
        }
    }

    /// Whether containers are going to be started side by side as soon as there is a sandbox.
    private var startsSeveral: Bool {
        let containers = machine.plan.containers
        return containers.count > 1 && !containers.contains(where: \.isInit) && !machine.sandbox.isStepwise
    }

    /// A worker for each job that has waited too long.
    func relieveQueue(at moment: Moment) {
        while let first = queue.first, moment.milliseconds - first.since >= Self.queueLimit, canHaveMore {
            queue.removeFirst()
            performByNewWorker(first.job, at: moment)
        }
    }

    private var workerArguments: [String] {
        var arguments = ["worker", "--root", places.root.string]
        if let runRoot = places.namedRunRoot { arguments += ["--run-root", runRoot.string] }
        return arguments + [uid.string]
    }

    private func give(_ job: Job, to worker: WorkerProcess, at moment: Moment) {
        if job == .dismantle { dismissIdleWorkers(but: worker) }
        var ends = DescriptorList()
        do throws(KernelError) {
            if case .start(let name, let attempt) = job { ends = try makeStreams(name, attempt) }
        } catch {
            if case .start(let name, _) = job { closeStreams(of: name) }
            effects += machine.handle(.failed(job, message: "\(error)"), at: moment)
            return
        }
        do throws(KernelError) { try worker.give(job, ends.descriptors, at: moment) } catch {
            // It was killed while it had nothing to do, and its end is still to be read: that is no failure of the job.
            let isGone = error.errno == .EPIPE || error.errno == .ECONNRESET
            if isGone { worker.isDismissed = true }
            effects += machine.handle(.lost(job), at: moment)
        }
    }

    func takeReport(of worker: WorkerProcess, at moment: Moment) {
        do throws(KernelError) {
            guard let answer = try worker.takeReport(at: moment) else { return }
            // One that does not understand us is asked for nothing more: the next may be another program.
            if case .failed(WorkerMessage.mismatch, _) = answer.report { worker.dismiss() }
            take(answer.report, on: answer.job, DescriptorList(owning: answer.descriptors), at: moment)
        } catch {
            // What it says makes no sense: it is ended, and its jobs are lost.
            kill(worker)
        }
        if worker.isIdle, !queue.isEmpty { give(queue.removeFirst().job, to: worker, at: moment) }
    }

    private func take(_ report: JobReport, on job: Job, _ descriptors: consuming DescriptorList, at moment: Moment) {
        switch (report, job) {
        case (.failed(let message, let fault), _):
            if case .start(let name, _) = job { closeStreams(of: name) }
            effects += machine.handle(.failed(job, message: message, fault: Fault(rawValue: fault)), at: moment)
        case (.sandboxMade(let addresses, let ledger), .makeSandbox):
            effects += machine.handle(.sandboxMade(addresses: addresses, ledger: StartLedger(ledger)), at: moment)
            for worker in workers where worker.isIdle { worker.idle(at: moment) }
        case (.started(let started), .start(let name, _)), (.found(let started), .find(let name, _)):
            watch(name, started, descriptors, on: job, at: moment)
        case (.neverRan, .find(let name, _)):
            closeStreams(of: name)
            effects += machine.handle(.found(container: name, .neverRan), at: moment)
        case (.hasEnded, .find(let name, _)):
            closeStreams(of: name)
            let end = endOfOwnChild(name)
            tellEnd(of: name, end)
            if let end {
                effects += machine.handle(.ended(container: name, end), at: moment)
            } else {
                effects += machine.handle(.found(container: name, .hasEnded), at: moment)
            }
        case (.collected(let message), .collect(let name, _)):
            effects += machine.handle(.collected(container: name, message: message), at: moment)
        case (.done, .create(let name, _)): effects += machine.handle(.created(container: name), at: moment)
        case (.done, .dismantle): effects += machine.handle(.dismantled, at: moment)
        case (.done, .sync): effects += machine.handle(.synced, at: moment)
        case (.done, .remove): effects += machine.handle(.removed, at: moment)
        default:
            effects += machine.handle(.failed(job, message: "the worker answers something else than it was asked"), at: moment)
        }
    }

    /// How a container ended that is a child of ours still: it ended while we became another program.
    private func endOfOwnChild(_ name: String) -> Event.End? {
        guard let process = machine.status(of: name)?.process else { return nil }
        do throws(KernelError) {
            guard try ProcessStatus(pid: process.pid)?.startTime == process.startTime, let status = try reapChild(process.pid)
            else {
                return nil
            }
            return Event.End(status: status)
        } catch { return nil }
    }

    /// A container runs: its end is waited for.
    private func watch(
        _ name: String, _ started: JobReport.StartedContainer, _ descriptors: consuming DescriptorList, on job: Job,
        at moment: Moment
    ) {
        var handles = descriptors.release()
        guard !handles.isEmpty else {
            effects += machine.handle(.lost(job), at: moment)
            return
        }
        let identity = ProcessIdentity(bootID: bootID, pid: started.pid, startTime: started.startTime)
        let pidfd = OwnedDescriptor(owning: handles.removeFirst())
        processes[name] = ContainerProcess(name, identity, pidfd: pidfd, memoryEvents: started.memoryEvents)
        if let master = handles.first {
            _ = DescriptorList(owning: Array(handles.dropFirst()))
            do throws(KernelError) { try streams[name]?.take(terminal: OwnedDescriptor(owning: master)) } catch {
                say("cannot use the terminal of container '\(name)': \(error)")
            }
        }
        if case .find(_, let attempt) = job, streams[name] == nil { reopenStreams(name, attempt) }
        tellStart(of: name)
        let running = Event.Running(
            process: identity, memoryEvents: started.memoryEvents, ledger: StartLedger(started.ledger))
        if case .find = job {
            effects += machine.handle(.found(container: name, .runs(running)), at: moment)
        } else {
            effects += machine.handle(.started(container: name, running), at: moment)
        }
    }

    /// Whatever it had not answered is lost.
    func takeEnd(of worker: WorkerProcess, at moment: Moment) {
        // Order: what it said before it went counts.
        while let job = worker.jobs.first {
            let count = worker.jobs.count
            takeReport(of: worker, at: moment)
            if worker.jobs.count == count, worker.jobs.first == job { break }
        }
        do throws(KernelError) { _ = try worker.pidfd.descriptor.waitForExit(blocking: false) } catch {
            // Reaped already.
        }
        workers.removeAll { $0 === worker }
        for job in worker.jobs { effects += machine.handle(.lost(job), at: moment) }
        while !queue.isEmpty, hasRoom { performByNewWorker(queue.removeFirst().job, at: moment) }
    }

    /// Ends those that have nothing to do, and those that take too long.
    func dismissWorkers(at moment: Moment) {
        for worker in workers {
            if worker.isIdle {
                let isOver = idleEnd(of: worker).map { moment.milliseconds >= $0 } ?? false
                if queue.isEmpty, machine.isAtRest || isOver { worker.dismiss() }
            } else if !worker.jobs.isEmpty, moment.milliseconds >= worker.deadline {
                kill(worker)
                leaveBehind(worker, at: moment)
            }
        }
    }

    /// Until when a worker is kept without a job, in milliseconds since the boot. nil for as long as there is no sandbox: one that was started for the
    /// containers waits for it.
    func idleEnd(of worker: WorkerProcess) -> Int64? {
        machine.sandbox.phase == .making ? nil : worker.idleSince + Self.idleLimit
    }

    private func kill(_ worker: WorkerProcess) {
        do throws(KernelError) { try worker.pidfd.descriptor.send(.kill) } catch {
            // It has ended.
        }
    }

    /// One that the kernel holds on to is not waited for: its jobs failed.
    private func leaveBehind(_ worker: WorkerProcess, at moment: Moment) {
        workers.removeAll { $0 === worker }
        stuckWorkers.append(worker)
        for job in worker.jobs {
            switch job {
            // Of these nobody knows how far they came: a root may be there, or a container run.
            case .create, .start: effects += machine.handle(.lost(job), at: moment)
            case .makeSandbox, .find, .collect, .dismantle, .sync, .remove:
                effects += machine.handle(
                    .failed(job, message: "gave up: \(StuckWorkers.describe(worker.pid))"), at: moment)
            }
        }
    }
}

extension Job {
    /// Whether it takes away, rather than makes.
    fileprivate var isClearing: Bool {
        switch self {
        case .makeSandbox, .create, .start, .find: false
        case .collect, .dismantle, .sync, .remove: true
        }
    }
}
