internal import LinuxKernel
internal import LinuxTypes
public import PodRecords

/// How a process comes to be a worker.
extension PodWorker {
    /// Works off the jobs that come on the standard input, as those of a program that a keeper has started.
    public static func work(_ places: PodPlaces, _ uid: PodUID) throws(PodError) {
        try PodWorker(places, uid, socket: moveSocket()).run()
    }

    /// Works off the jobs that come on a socket, in a child that was forked from another program of ours, on behalf of the process that made the socket.
    static func work(_ places: PodPlaces, _ uid: PodUID, socket: FileDescriptor) -> Never {
        do throws(KernelError) {
            try socket.duplicate(onto: .standardInput)
            // Order: locks live as long as anybody has their files, and no object of the program before is ever destroyed here.
            try FileDescriptor.closeAll(from: 3)
            try setBlockedSignals(SignalSet([.brokenPipe]))
        } catch { exitImmediately(1) }
        do throws(PodError) {
            let worker = try PodWorker(places, uid, socket: moveSocket())
            worker.prepare()
            try worker.run()
        } catch { exitImmediately(1) }
        exitImmediately(0)
    }

    /// Reads, while there is no job yet, what most jobs begin with.
    private func prepare() {
        do throws(PodError) { _ = try pod() } catch {
            // The job that needs it says what is wrong.
        }
    }

    /// A worker that outlives its keeper could still start a container that the next keeper has found not to run. What it clones is not bound by this.
    private static func followKeeper() throws(KernelError) {
        try setParentDeathSignal(.kill)
        // Order: after that, for the keeper may be gone already; who made the socket pair is the keeper.
        let keeper = try FileDescriptor.standardInput.peerCredentials().pid
        guard parentPID() == keeper else {
            throw KernelError(call: "getppid", errno: .ESRCH, subject: "the keeper")
        }
    }

    /// Order: away from the standard streams, which are going to be its containers'.
    private static func moveSocket() throws(PodError) -> OwnedDescriptor {
        do throws(KernelError) {
            try followKeeper()
            let socket = try FileDescriptor.standardInput.duplicate(atLeast: 20)
            let null = try FileDescriptor.workingDirectory.open("/dev/null", .readWrite)
            try null.descriptor.duplicate(onto: .standardInput)
            setFileCreationMask(0o022)
            return socket
        } catch { throw PodError(.failed, "cannot begin to work: \(error)") }
    }
}
