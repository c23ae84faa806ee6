import CLinux
import Glibc
import LinuxTypes

extension FileDescriptor {
    /// Takes a write lock on the whole file, `fcntl(2)` `F_SETLK`, if nobody holds it. Record locks belong to the process: they die with it, no
    /// child inherits them, and any `close` of the same file by the process lets go of them.
    public func tryLock() throws(KernelError) -> Bool {
        var request = flock(l_type: Int16(F_WRLCK), l_whence: Int16(SEEK_SET), l_start: 0, l_len: 0, l_pid: 0)
        let result = withUnsafePointer(to: &request) { systemCall(__NR_fcntl, argument, 6, address($0)) }
        if result == -Int(Errno.EAGAIN.rawValue) || result == -Int(Errno.EACCES.rawValue) { return false }
        try check("fcntl", "F_SETLK", result)
        return true
    }

    /// Lets go of the lock.
    public func unlock() throws(KernelError) {
        var request = flock(l_type: Int16(F_UNLCK), l_whence: Int16(SEEK_SET), l_start: 0, l_len: 0, l_pid: 0)
        try check("fcntl", "F_SETLK", withUnsafePointer(to: &request) { systemCall(__NR_fcntl, argument, 6, address($0)) })
    }

    /// The pid that holds the lock, as the kernel knows it (`F_GETLK`); nil where it is free, 0 where the holder is in a foreign PID namespace.
    public func lockHolder() throws(KernelError) -> Int32? {
        var request = flock(l_type: Int16(F_WRLCK), l_whence: Int16(SEEK_SET), l_start: 0, l_len: 0, l_pid: 0)
        try check(
            "fcntl", "F_GETLK", withUnsafeMutablePointer(to: &request) { systemCall(__NR_fcntl, argument, 5, address($0)) })
        return request.l_type == Int16(F_UNLCK) ? nil : max(0, request.l_pid)
    }
}
