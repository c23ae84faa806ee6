import CLinux
import Glibc
import LinuxTypes

// Locks of an open file, `F_OFD_SETLK` (Linux 3.15): held by the open file and not by the process, so they last until the last descriptor of it
// is closed, which the kernel does for a holder that dies, and a close of another descriptor of the same file leaves them alone. A fork shares
// them; an exec does not, since all our descriptors are close-on-exec.

extension FileDescriptor {
    /// Takes the exclusive lock of one byte of the file, if nobody holds it.
    public func tryLock(byte: Int64, subject: String = "") throws(KernelError) -> Bool {
        var request = flock(l_type: Int16(F_WRLCK), l_whence: Int16(SEEK_SET), l_start: Int(byte), l_len: 1, l_pid: 0)
        let result = withUnsafePointer(to: &request) { systemCall(__NR_fcntl, argument, 37, address($0)) }
        if result == -Int(Errno.EAGAIN.rawValue) || result == -Int(Errno.EACCES.rawValue) { return false }
        try check("fcntl", subject.isEmpty ? "F_OFD_SETLK" : subject, result)
        return true
    }

    /// Lets go of the lock of one byte.
    public func unlock(byte: Int64, subject: String = "") throws(KernelError) {
        var request = flock(l_type: Int16(F_UNLCK), l_whence: Int16(SEEK_SET), l_start: Int(byte), l_len: 1, l_pid: 0)
        let result = withUnsafePointer(to: &request) { systemCall(__NR_fcntl, argument, 37, address($0)) }
        try check("fcntl", subject.isEmpty ? "F_OFD_SETLK" : subject, result)
    }
}
