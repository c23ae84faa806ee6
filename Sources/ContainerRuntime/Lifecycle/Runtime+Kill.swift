import Cgroups
import LinuxKernel
public import LinuxTypes
import OCISpec

extension Runtime {
    /// Sends a signal to the container's init, or with `all` to every process in its cgroup. Takes no lock: it must work while another verb waits.
    public func kill(_ id: String, _ signal: Signal, all: Bool) throws(RuntimeError) {
        let store = try existingStore(for: id, .looking)
        guard let record = try store.record(of: id) else { throw ContainerStore.missing(id) }
        let bootID = try Self.currentBootID()
        let status = try Self.status(of: record, id: id, bootID: bootID) { () throws(RuntimeError) in try store.openDirectory(id)
        }
        if all, record.initProcess?.bootID == bootID { return try killAll(record, signal) }
        guard status != .stopped, let process = record.initProcess else {
            throw RuntimeError(.wrongStatus, "container '\(id)': container not running")
        }
        try during("cannot signal container '\(id)'") { () throws(KernelError) in
            guard let handle = try process.open(currentBootID: bootID) else {
                throw KernelError(call: "pidfd_open", errno: .ESRCH, subject: "process already finished")
            }
            try handle.descriptor.send(signal)
        }
    }

    /// Also of a stopped container: without a PID namespace of its own its processes outlive its init.
    private func killAll(_ record: ContainerRecord, _ signal: Signal) throws(RuntimeError) {
        do throws(CgroupError) {
            let cgroup = try Cgroup(reopening: record.cgroup)
            if signal == .kill {
                try cgroup.kill(milliseconds: Deadline.kill)
            } else {
                try cgroup.send(signal)
            }
        } catch { throw RuntimeError(error) }
    }
}
