internal import InitProtocol
internal import KeeperProtocol
internal import LinuxKernel
internal import LinuxTypes

/// A process that does what may block: `hull worker`, which takes jobs from a socket, one after the other, and reports on each.
final class WorkerProcess {
    let pid: Int32
    let pidfd: OwnedDescriptor
    private let socket: OwnedDescriptor
    /// What it is at, and what waits behind that.
    private(set) var jobs: [Job] = []
    /// Milliseconds since the boot at which its first job is given up.
    private(set) var deadline: Int64 = 0
    /// Since when it has nothing to do; milliseconds since the boot.
    private(set) var idleSince: Int64 = 0
    /// Whether it was told to end, or killed.
    var isDismissed = false
    /// Whether it has closed its end of the socket; its own end comes when the kernel has taken its namespaces apart.
    private(set) var isSilent = false

    /// Milliseconds that a job may take.
    static let patience: Int64 = 120_000

    /// Milliseconds that it may take when somebody wants the pod to stop.
    private static let haste: Int64 = 10_000

    /// Starts one: the program of this path, with the socket as its standard input.
    init(program: String, arguments: [String]) throws(KernelError) {
        let pair = try SocketPair(.sequencedPackets)
        let null = try FileDescriptor.workingDirectory.open("/dev/null", .readWrite)
        pid = try spawn(
            program, arguments: [program] + arguments,
            environment: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
            streams: StandardStreams(input: pair.second.descriptor, output: null.descriptor, error: null.descriptor))
        pidfd = try openPidfd(pid)
        socket = pair.keepFirst()
    }

    /// One that was started for us, as our child, and waits for jobs.
    init(_ worker: Keeper.StartedWorker) throws(KernelError) {
        pid = worker.pid
        pidfd = try openPidfd(worker.pid)
        socket = OwnedDescriptor(owning: worker.socket)
    }

    var descriptor: FileDescriptor { socket.descriptor }

    var isIdle: Bool { jobs.isEmpty && !isDismissed }

    /// It has nothing to do as of now.
    func idle(at moment: Moment) { idleSince = moment.milliseconds }

    func give(_ job: Job, _ descriptors: [FileDescriptor], at moment: Moment) throws(KernelError) {
        try socket.descriptor.send(job.message, descriptors: descriptors, subject: "a worker")
        if jobs.isEmpty { deadline = moment.milliseconds + Self.patience }
        jobs.append(job)
    }

    /// The report on its first job. nil where it has ended.
    func takeReport(at moment: Moment) throws(KernelError) -> (job: Job, report: JobReport, descriptors: [FileDescriptor])? {
        let message = try socket.descriptor.receive(capacity: 64 << 10, subject: "a worker")
        isSilent = message.bytes.isEmpty
        guard !message.bytes.isEmpty, !jobs.isEmpty else { return nil }
        let report: JobReport
        do throws(WireError) { report = try JobReport.read(message.bytes) } catch {
            throw KernelError(call: "recvmsg", errno: .EPROTO, subject: "a worker")
        }
        let job = jobs.removeFirst()
        deadline = moment.milliseconds + Self.patience
        idleSince = moment.milliseconds
        var handles = message.takeDescriptors()
        return (job, report, handles.release())
    }

    /// Somebody wants the pod gone: what is at being made is not waited for much longer.
    func hurry(at moment: Moment) {
        switch jobs.first {
        case .makeSandbox, .create, .start: deadline = min(deadline, moment.milliseconds + Self.haste)
        case .find, .collect, .dismantle, .sync, .remove, .none: break
        }
    }

    /// It ends when it has read that nothing more comes.
    func dismiss() {
        isDismissed = true
        do throws(KernelError) { try socket.descriptor.shutdownSending() } catch {
            // It has gone already.
        }
    }
}
