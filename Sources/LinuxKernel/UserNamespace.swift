import LinuxTypes

/// Makes a user namespace with maps, for mounts that map owners. It lives as long as somebody holds the handle or a mount uses it; no process is in it.
///
/// `uids` and `gids` are the lines of `uid_map` and `gid_map`, `user_namespaces(7)`.
public func makeUserNamespace(uids: String, gids: String) throws(KernelError) -> NamespaceHandle {
    guard case .parent(let pid) = try forkIntoNamespaces([.user], asSibling: false) else { waitToBeKilled() }
    let namespace: NamespaceHandle
    do throws(KernelError) {
        let proc = try ProcFS()
        try proc.write(uids, to: "\(pid)/uid_map")
        try proc.write(gids, to: "\(pid)/gid_map")
        namespace = try NamespaceHandle(path: "/proc/\(pid)/ns/user", kind: .user)
    } catch {
        try end(pid)
        throw error
    }
    try end(pid)
    return namespace
}

/// Order: before anything that could need memory. The child is a copy of whoever called, whose other threads may have held the allocator's lock.
private func waitToBeKilled() -> Never {
    // Where even this fails, the child ends by itself.
    do throws(KernelError) { try setParentDeathSignal(.kill) } catch { exitImmediately(1) }
    pause(milliseconds: 10_000)
    exitImmediately(0)
}

private func end(_ pid: Int32) throws(KernelError) {
    try kill(pid: pid, .kill)
    _ = try waitForChild(pid)
}
