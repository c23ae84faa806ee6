internal import LinuxKernel
internal import LinuxTypes

extension Cgroup {
    /// Kills every process in it and below, and waits until none is left. v2: one write to `cgroup.kill` (Linux 5.14). Otherwise, and on v1: stop,
    /// kill all, go on, until empty. Throws `left` with the pids where `milliseconds` went by first.
    public func kill(milliseconds: Int) throws(CgroupError) {
        let deadline = Deadline(milliseconds: milliseconds)
        guard let census, let handle = census.handle else { return }
        let path = census.directory.fullPath
        let isDone = try naming("kill the processes of cgroup '\(path)'") { () throws(KernelError) in
            if census.isUnified, try handle.writeSettingIfPresent("cgroup.kill", "1") {
                // A process that v1's freezer holds does not die before it is thawed.
                try thawLegacy()
                return try Self.waitFor("populated", 0, of: handle, until: deadline)
            }
            return try deadline.poll { () throws(KernelError) in try killRound(handle) }
        }
        if !isDone { throw .left(directories: [path], processes: try processes()) }
    }

    /// One round of stop, kill all, go on; whether nothing was there to kill. Stopped processes fork nothing, so that a round kills all.
    private func killRound(_ handle: FileDescriptor) throws(KernelError) -> Bool {
        let freezer = legacy(.freezer)?.handle
        if let freezer, try freezer.writeSettingIfPresent("freezer.state", "FROZEN") {
            // A process in the middle of a system call stops late. Killing starts after at most this; the next round gets the rest.
            _ = try Deadline(milliseconds: 20).poll { () throws(KernelError) in
                try freezer.readSettingIfPresent("freezer.state") != "FREEZING"
            }
        }
        let pids: [Int32]
        do throws(KernelError) {
            pids = try Self.processes(below: handle)
            for pid in pids {
                do throws(KernelError) { try LinuxKernel.kill(pid: pid, .kill) } catch let error where error.errno == .ESRCH {
                    continue
                }
            }
        } catch {
            try thawLegacy()
            throw error
        }
        try thawLegacy()
        return pids.isEmpty
    }

    private func thawLegacy() throws(KernelError) {
        guard let freezer = legacy(.freezer)?.handle else { return }
        _ = try freezer.writeSettingIfPresent("freezer.state", "THAWED")
    }
}
