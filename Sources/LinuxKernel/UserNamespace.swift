public import LinuxTypes

/// Makes a user namespace with maps, for mounts that map owners. It lives as long as somebody holds the handle or a mount uses it; no process is in it.
///
/// `uids` and `gids` are the lines of `uid_map` and `gid_map`, `user_namespaces(7)`.
public func makeUserNamespace(uids: String, gids: String) throws(KernelError) -> NamespaceHandle {
    guard case .parent(let pid) = try forkIntoNamespaces([.user], asSibling: false) else { waitToBeKilled() }
    let namespace: NamespaceHandle
    do throws(KernelError) {
        try writeMaps(of: pid, uids, gids)
        namespace = try NamespaceHandle(path: "/proc/\(pid)/ns/user", kind: .user)
    } catch {
        try end(pid)
        throw error
    }
    try end(pid)
    return namespace
}

/// Makes a user namespace with maps, and with it namespaces that belong to it: descriptors of all of them, the user namespace first, then in the order of
/// `kinds`. They live as long as somebody holds or pins them; no process is in them. A PID namespace cannot be made so.
public func makeNamespaces(_ kinds: [NamespaceKind], uids: String, gids: String) throws(KernelError) -> DescriptorList {
    guard case .parent(let pid) = try forkIntoNamespaces([.user] + kinds, asSibling: false) else { waitToBeKilled() }
    var made = DescriptorList()
    do throws(KernelError) {
        try writeMaps(of: pid, uids, gids)
        for kind in [.user] + kinds {
            made.append(try NamespaceHandle(path: "/proc/\(pid)/ns/\(kind.procName)", kind: kind).release())
        }
    } catch {
        try end(pid)
        throw error
    }
    try end(pid)
    return made
}

private func writeMaps(of pid: Int32, _ uids: String, _ gids: String) throws(KernelError) {
    let proc = try ProcFS()
    try proc.write(uids, to: "\(pid)/uid_map")
    try proc.write(gids, to: "\(pid)/gid_map")
}

/// Runs `body` in a child that is root of a user namespace; the caller must be single-threaded. Throws where it throws; of the error only the number comes
/// back.
public func asRoot(of userNamespace: FileDescriptor, _ body: () throws(KernelError) -> Void) throws(KernelError) {
    guard case .parent(let pid) = try forkIntoNamespaces([], asSibling: false) else {
        do throws(KernelError) {
            try userNamespace.enterNamespace(.user)
            try setUser(0)
            try body()
        } catch { exitImmediately(Int32(truncatingIfNeeded: max(1, min(error.errno.rawValue, 125)))) }
        exitImmediately(0)
    }
    let status = try waitForChild(pid)?.status
    if case .exited(code: 0) = status { return }
    guard case .exited(let code) = status else {
        throw KernelError(call: "wait4", errno: .EINTR, subject: "the child was killed")
    }
    throw KernelError(call: "write", errno: Errno(rawValue: code), subject: "as root of the user namespace")
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
