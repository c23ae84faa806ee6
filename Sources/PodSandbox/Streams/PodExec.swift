internal import ContainerRuntime
internal import Journal
internal import LinuxKernel
internal import LinuxTypes
public import PodRecords

/// One more program in a container of a pod, in the foreground. The keeper has no part in it: the program is the caller's child, in the container's cgroup,
/// and ends with the container.
public struct PodExec {
    public var container: String
    public var command: [String]
    public var takesInput = false
    public var hasTerminal = false
    public var environment: [String] = []
    public var workingDirectory: String?
    public var uid: UInt32?
    public var gid: UInt32?

    public init(container: String, command: [String]) {
        self.container = container
        self.command = command
    }

    /// Runs it to its end; its exit code, or 128 and the number of the signal that killed it.
    public func run(in pod: PodState, _ places: PodPlaces) throws(PodError) -> Int32 {
        guard let status = pod.status(of: container), status.state == .running, !pod.isLost else {
            throw PodError(
                .wrongState, "container '\(container)' of pod '\(pod.sandbox.name)' does not run",
                hint: "'hull why' says why, 'hull restart' runs the pod again")
        }
        let runtime = places.runtime
        let id = PodPlan.containerID(pod.sandbox.uid, container, status.attempt)
        var request = request(id)
        // Order: before those of the caller, which win.
        request.environment = try SecretEnvironment.read(places, pod.sandbox.uid, id) + environment
        do throws(RuntimeError) {
            if hasTerminal { return try runtime.exec(request) }
            return try runWithPipes(runtime, request)
        } catch { throw PodError(error) }
    }

    private func request(_ id: String) -> ExecRequest {
        var request = ExecRequest(id: id)
        request.arguments = command
        request.environment = environment
        request.workingDirectory = workingDirectory
        request.terminal = hasTerminal
        request.uid = uid
        request.gid = gid
        return request
    }

    private func runWithPipes(_ runtime: Runtime, _ request: ExecRequest) throws(RuntimeError) -> Int32 {
        let relay: StreamRelay
        do throws(KernelError) { relay = try StreamRelay(takesInput: takesInput) } catch {
            throw RuntimeError(error, "cannot make pipes for the program")
        }
        let program: RunningProgram
        do throws(RuntimeError) { program = try runtime.launch(request) } catch {
            // The streams are put back for who prints the error.
            do throws(KernelError) { try relay.begin() } catch { throw RuntimeError(error, "cannot use the own streams") }
            throw error
        }
        do throws(KernelError) {
            try relay.begin()
            var handles = program.takeHandles()
            let pidfd = OwnedDescriptor(owning: handles.release()[0])
            return try Self.attend(pidfd.descriptor, relay)
        } catch { throw RuntimeError(error, "cannot wait for the program") }
    }

    /// Order: signals were blocked by `launch`.
    private static func attend(_ pidfd: FileDescriptor, _ relay: StreamRelay) throws(KernelError) -> Int32 {
        let passed: [Signal] = [
            .interrupt, .terminate, Signal(rawValue: 1), Signal(rawValue: 3), Signal(rawValue: 10), Signal(rawValue: 12),
        ]
        let signals = try SignalStream(SignalSet(passed))
        while true {
            var entries = [PollEntry(pidfd), PollEntry(signals.descriptor)] + relay.entries
            _ = try waitUntilReady(&entries, milliseconds: nil)
            try relay.serve(Array(entries[2...]))
            while let (signal, _) = try signals.next() {
                do throws(KernelError) { try pidfd.send(signal) } catch let error where error.errno == .ESRCH {}
            }
            if entries[0].canRead, let status = try pidfd.waitForExit(blocking: false) {
                try relay.finish()
                return status.shellCode
            }
        }
    }
}
