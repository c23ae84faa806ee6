import Cgroups
import LinuxKernel
import LinuxTypes
import OCISpec

extension Runtime {
    /// Removes a stopped container, or one that was only created, with everything that was made for it. With `force` also a running one; then an
    /// unknown id is no error.
    public func delete(_ id: String, force: Bool) throws(RuntimeError) {
        do throws(RuntimeError) {
            let store = try existingStore(for: id, .changing)
            let bootID = try Self.currentBootID()
            var container = try store.lock(id)
            guard let record = container.record else { throw ContainerStore.missing(id) }
            let status = try Self.status(of: record, id: id, bootID: bootID) { () throws(RuntimeError) in
                try store.openDirectory(id)
            }
            guard force || status == .stopped || status == .created else {
                throw RuntimeError(
                    .wrongStatus, "container '\(id)': cannot delete container \(id) that is not stopped: \(status.rawValue)")
            }
            try delete(&container, record, id, bootID: bootID)
        } catch {
            if force, error.kind == .missing { return }
            throw error
        }
    }

    /// Takes a container apart: processes, cgroups, hooks, record. Whoever finds us killed in between does the same again.
    func delete(
        _ container: inout LockedContainer, _ record: ContainerRecord, _ id: String, bootID: String
    ) throws(RuntimeError) {
        var record = record
        record.phase = .deleting
        try container.write(record)
        try clear(record, bootID: bootID)
        try finishDeletion(&container, record, id)
    }

    /// After the processes and the cgroups: hooks, then the record.
    func finishDeletion(_ container: inout LockedContainer, _ record: ContainerRecord, _ id: String) throws(RuntimeError) {
        let hooks = record.hasPoststopHooks ? try container.configuration().hooks?.poststop ?? [] : []
        if !hooks.isEmpty {
            let runner = HookRunner(state: Self.document(record, id, .stopped))
            do throws(RuntimeError) {
                try container.unlocked { () throws(RuntimeError) in runner.runAll(.poststop, hooks, warn: warn) }
            } catch {
                // Somebody else finished the same deletion while our hooks ran.
                if error.kind == .missing { return }
                throw error
            }
        }
        try container.remove()
    }

    /// Ends every process of a recorded container and removes its cgroups.
    func clear(_ record: ContainerRecord, bootID: String) throws(RuntimeError) {
        // What an older boot made is gone with it; what has its names now is somebody else's.
        guard (record.initProcess ?? record.owner)?.bootID == bootID else { return }
        if let process = record.initProcess {
            try during("cannot kill the container's init") { () throws(KernelError) in
                guard let handle = try process.open(currentBootID: bootID) else { return }
                do throws(KernelError) {
                    try handle.descriptor.send(.kill)
                } catch let error where error.errno == .ESRCH {
                    return
                }
                // A pidfd is readable when its process has ended, whoever's child it is.
                var entries = [PollEntry(handle.descriptor)]
                guard try waitUntilReady(&entries, milliseconds: Deadline.kill) else {
                    throw KernelError(call: "pidfd_send_signal", errno: .ETIMEDOUT, subject: "pid \(process.pid) does not end")
                }
            }
        }
        do throws(CgroupError) {
            var cgroup = try Cgroup(reopening: record.cgroup)
            if !cgroup.isGone { try cgroup.kill(milliseconds: Deadline.kill) }
            // Also where it is gone: a maker that was killed may have left directories above it.
            try cgroup.remove(milliseconds: Deadline.remove)
        } catch { throw RuntimeError(error) }
    }
}
