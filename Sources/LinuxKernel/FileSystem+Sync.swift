import CLinux
import LinuxTypes

extension FileDescriptor {
    /// `syncfs(2)`: all that was written to the file system that this file lies on is on the disk. Tells of an error since the file was opened
    /// (Linux 5.8); not retried, for the same reason as `synchronizeContents`.
    public func synchronizeFileSystem(subject: String = "") throws(KernelError) {
        try check("syncfs", subject, systemCall(__NR_syncfs, argument))
    }
}
