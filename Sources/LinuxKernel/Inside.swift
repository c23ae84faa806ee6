import CLinux
public import LinuxTypes

extension FileDescriptor {
    /// `openat2(2)` below this directory (`RESOLVE_BENEATH`): links are followed as long as they stay below. What leads out, as `..` or an absolute link, is
    /// `EXDEV`, a magic link `ELOOP`. With no names it is this directory, opened anew.
    public func openInside(_ names: [FileName], _ flags: OpenFlags) throws(KernelError) -> OwnedDescriptor {
        let path = terminatedPath(names)
        var how = open_how()
        how.flags = UInt64(UInt32(bitPattern: flags.union(.closeOnExec).rawValue))
        how.resolve = UInt64(RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS)
        // EAGAIN: a rename or mount raced with `..`; the kernel asks for another try.
        var attempts = 0
        while true {
            let result = path.withBytes { path in
                withUnsafeMutablePointer(to: &how) {
                    systemCall(__NR_openat2, argument, address(path.baseAddress), address($0), MemoryLayout<open_how>.size)
                }
            }
            if result == -Int(Errno.EINTR.rawValue) { continue }
            if result == -Int(Errno.EAGAIN.rawValue), attempts < 128 {
                attempts += 1
                continue
            }
            return OwnedDescriptor(try check("openat2", printable(path.dropLast()), result))
        }
    }

    /// A handle on what is there, of any type, links followed as `openInside` does. What is missing is made, directories with these permissions.
    public func makeDirectoriesInside(_ names: [FileName], permissions: UInt32) throws(KernelError) -> OwnedDescriptor {
        do throws(KernelError) { return try openInside(names, .pathOnly) } catch let error where error.errno == .ENOENT {
            for count in 1...max(names.count, 1) where count <= names.count {
                do throws(KernelError) { _ = try openInside(Array(names.prefix(count)), .pathOnly) } catch let error
                    where error.errno == .ENOENT
                {
                    // Order: the directory is resolved anew each time, and its name in it is no path: a link that is put there meanwhile leads nowhere else.
                    let parent = try openInside(Array(names.prefix(count - 1)), [.pathOnly, .directory])
                    do throws(KernelError) {
                        try parent.descriptor.makeDirectory(names[count - 1], permissions: permissions)
                    } catch let error where error.errno == .EEXIST { continue }
                    try parent.descriptor.changePermissions(of: names[count - 1], to: permissions)
                }
            }
            return try openInside(names, .pathOnly)
        }
    }
}
