internal import LinuxKernel
internal import LinuxTypes

extension Cgroup {
    /// Stops every process in it and below, and waits until all have stopped. The v2 part is used where there is one. Throws `left`, thawed
    /// again, where `milliseconds` went by first.
    public func freeze(milliseconds: Int) throws(CgroupError) {
        let deadline = Deadline(milliseconds: milliseconds)
        let isDone = try naming("freeze cgroup '\(location.path ?? "")'") { () throws(KernelError) in
            if let handle = unified?.handle, try handle.writeSettingIfPresent("cgroup.freeze", "1") {
                return try Self.waitFor("frozen", 1, of: handle, until: deadline)
            }
            guard let handle = legacy(.freezer)?.handle else { throw Self.noFreezer }
            return try deadline.poll { () throws(KernelError) in
                // The write is repeated: processes that entered after the first one are caught by it.
                try handle.writeSetting("freezer.state", "FROZEN")
                return try handle.readSetting("freezer.state") == "FROZEN"
            }
        }
        if isDone { return }
        try thaw(milliseconds: 1000)
        throw .left(directories: census.map { [$0.directory.fullPath] } ?? [], processes: try processes())
    }

    /// Lets all go on, whichever version stopped them.
    public func thaw(milliseconds: Int) throws(CgroupError) {
        let deadline = Deadline(milliseconds: milliseconds)
        let isDone = try naming("thaw cgroup '\(location.path ?? "")'") { () throws(KernelError) in
            var isDone = true
            if let handle = unified?.handle, try handle.writeSettingIfPresent("cgroup.freeze", "0") {
                isDone = try Self.waitFor("frozen", 0, of: handle, until: deadline)
            }
            guard let handle = legacy(.freezer)?.handle, try handle.writeSettingIfPresent("freezer.state", "THAWED") else {
                return isDone
            }
            let state = try handle.readSettingIfPresent("freezer.state")
            return isDone && (state == nil || state == "THAWED")
        }
        // What a cgroup above holds stays stopped.
        if !isDone { throw .left(directories: census.map { [$0.directory.fullPath] } ?? [], processes: try processes()) }
    }

    /// Whether it is stopped, by itself or from above. v2 says so only while a process is in it; an empty one is asked what it would do.
    public func isFrozen() throws(CgroupError) -> Bool {
        try naming("look whether cgroup '\(location.path ?? "")' is frozen") { () throws(KernelError) in
            if let handle = unified?.handle {
                if try handle.readSettingIfPresent("cgroup.freeze") == "1" { return true }
                if try handle.readKey("frozen", in: "cgroup.events") == 1 { return true }
            }
            guard let handle = legacy(.freezer)?.handle else { return false }
            return try handle.readSettingIfPresent("freezer.state").map { $0 != "THAWED" } ?? false
        }
    }

    private static let noFreezer = KernelError(call: "open", errno: .ENODEV, subject: "this host has no freezer")
}
