internal import LinuxKernel
internal import LinuxTypes

extension Cgroup {
    /// Gives the v2 cgroup to a user, by the host's id: the directory and the files that the kernel lists for it, those that exist. For a
    /// container with a cgroup namespace of its own and a writable mount of it (runtime specification, "cgroup ownership").
    public func delegate(toUser uid: UInt32) throws(CgroupError) {
        guard let member = unified, let handle = member.handle else { return }
        try naming("give cgroup '\(member.directory.fullPath)' to user \(uid)") { () throws(KernelError) in
            try handle.changeOwner(uid: uid, gid: nil, subject: member.directory.fullPath)
            for name in try Self.delegatedFiles() {
                do throws(KernelError) {
                    let file = try handle.open(name, [.pathOnly, .noFollow])
                    try file.descriptor.changeOwner(uid: uid, gid: nil, subject: name)
                } catch let error where error.isGone {
                    continue
                }
            }
        }
    }

    /// `/sys/kernel/cgroup/delegate` (Linux 4.15).
    private static func delegatedFiles() throws(KernelError) -> [String] {
        do throws(KernelError) {
            return try readText("/sys/kernel/cgroup/delegate", limit: 4096).split(separator: "\n").map(String.init)
        } catch let error where error.isGone {
            return ["cgroup.procs", "cgroup.subtree_control", "cgroup.threads"]
        }
    }
}
