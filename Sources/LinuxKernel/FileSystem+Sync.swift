import CLinux
import LinuxTypes

extension FileDescriptor {
    /// `syncfs(2)`: all that was written to the file system that this file lies on is on the disk. Tells of an error since the file was opened
    /// (Linux 5.8); not retried, for the same reason as `synchronizeContents`.
    public func synchronizeFileSystem(subject: String = "") throws(KernelError) {
        try check("syncfs", subject, systemCall(__NR_syncfs, argument))
    }

    /// `renameat2(2)` with `RENAME_NOREPLACE`: `EEXIST` where the target exists.
    public func renameKeeping(_ name: String, to target: String) throws(KernelError) {
        let result = name.withCString { name in
            target.withCString { systemCall(__NR_renameat2, argument, address(name), argument, address($0), 1) }
        }
        try check("renameat2", name, result)
    }
}
