internal import LinuxKernel
internal import LinuxTypes

/// Workers that were given up and killed, and which the kernel does not let go: they wait for a file system that does not answer.
struct StuckWorkers {
    private var workers: [WorkerProcess] = []

    /// How many there may be before nothing is begun any more.
    private static let limit = 4
    /// How many more may get stuck in taking things away.
    private static let reserve = 2

    mutating func append(_ worker: WorkerProcess) { workers.append(worker) }

    /// What ends by and by is reaped.
    mutating func reap() {
        workers.removeAll { worker in
            do throws(KernelError) { return try worker.pidfd.descriptor.waitForExit(blocking: false) != nil } catch {
                // Somebody else has reaped it.
                return error.errno == .ECHILD
            }
        }
    }

    func contains(_ pid: Int32) -> Bool { workers.contains { $0.pid == pid } }

    /// Why a job is not begun: one worker more might get stuck, too. nil where it may be.
    func refusal(toClear isClearing: Bool) -> String? {
        guard workers.count >= Self.limit + (isClearing ? Self.reserve : 0) else { return nil }
        let waits = workers.map { Self.describe($0.pid) }.joined(separator: "; ")
        return "\(workers.count) workers are stuck in the kernel, no other is started: \(waits)"
    }

    /// What it waits for, as far as the kernel tells.
    static func describe(_ pid: Int32) -> String {
        do throws(KernelError) {
            guard let status = try ProcessStatus(pid: pid) else { return "worker \(pid) is gone" }
            let place = waitChannel(of: pid)
            if place.isEmpty { return "worker \(pid) is in state \(status.state)" }
            let cause = cause(of: place)
            return "worker \(pid) waits in '\(place)'\(cause.isEmpty ? "" : ", " + cause)"
        } catch { return "worker \(pid): \(error)" }
    }

    private static func cause(of place: String) -> String {
        if place.contains("fuse") || place.hasPrefix("request_wait") { return "for a FUSE server that does not answer" }
        if place.hasPrefix("rpc_") || place.hasPrefix("nfs") { return "for an NFS server that does not answer" }
        return ""
    }
}
