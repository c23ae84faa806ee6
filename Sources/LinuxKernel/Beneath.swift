import CLinux
public import LinuxTypes

extension FileDescriptor {
    /// `openat2(2)` below this directory, through real directories of the same mount only: a symbolic link, wherever it leads, is `ELOOP`, and so is a
    /// magic link; a mount point is `EXDEV`. With no names it is this directory, opened anew.
    public func openBeneath(
        _ names: some Collection<FileName>, _ flags: OpenFlags, permissions: UInt32 = 0
    ) throws(KernelError) -> OwnedDescriptor {
        let path = terminatedPath(names)
        var how = open_how()
        how.flags = UInt64(UInt32(bitPattern: flags.union([.closeOnExec, .noFollow]).rawValue))
        how.mode = UInt64(permissions)
        how.resolve = UInt64(RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV)
        let result = try path.withBytes { path throws(KernelError) in
            try checkRetrying("openat2", printable(path.dropLast())) {
                withUnsafeMutablePointer(to: &how) {
                    systemCall(__NR_openat2, argument, address(path.baseAddress), address($0), MemoryLayout<open_how>.size)
                }
            }
        }
        return OwnedDescriptor(result)
    }
}

/// Names as a relative path with its closing 0; without names it is `.`.
func terminatedPath(_ names: some Collection<FileName>) -> [UInt8] {
    var path: [UInt8] = []
    for name in names {
        if !path.isEmpty { path.append(UInt8(ascii: "/")) }
        path += name.bytes
    }
    if path.isEmpty { path.append(UInt8(ascii: ".")) }
    path.append(0)
    return path
}
