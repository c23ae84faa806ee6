import CLinux
import Glibc
import LinuxTypes

// Locks of an open file, `F_OFD_SETLK` (Linux 3.15): held by the open file and not by the process, so they last until the last descriptor of it
// is closed, which the kernel does for a holder that dies, and a close of another descriptor of the same file leaves them alone. A fork shares
// them; an exec does not, since all our descriptors are close-on-exec.

extension FileDescriptor {
    /// Takes the exclusive lock of one byte of the file, if nobody holds it.
    public func tryLock(byte: Int64, subject: String = "") throws(KernelError) -> Bool {
        try tryLock(F_WRLCK, byte: byte, subject)
    }

    /// Takes a shared lock of one byte of the file, unless somebody holds the exclusive one. Open for reading is enough.
    public func tryLockShared(byte: Int64, subject: String = "") throws(KernelError) -> Bool {
        try tryLock(F_RDLCK, byte: byte, subject)
    }

    /// Lets go of the lock of one byte.
    public func unlock(byte: Int64, subject: String = "") throws(KernelError) {
        try check("fcntl", subject.isEmpty ? "F_OFD_SETLK" : subject, setLock(F_UNLCK, byte: byte))
    }

    private func tryLock(_ type: Int32, byte: Int64, _ subject: String) throws(KernelError) -> Bool {
        let result = setLock(type, byte: byte)
        if result == -Int(Errno.EAGAIN.rawValue) || result == -Int(Errno.EACCES.rawValue) { return false }
        try check("fcntl", subject.isEmpty ? "F_OFD_SETLK" : subject, result)
        return true
    }

    /// `F_OFD_SETLK` of one byte: what the call returns.
    private func setLock(_ type: Int32, byte: Int64) -> Int {
        var request = flock(l_type: Int16(type), l_whence: Int16(SEEK_SET), l_start: Int(byte), l_len: 1, l_pid: 0)
        return withUnsafePointer(to: &request) { systemCall(__NR_fcntl, argument, 37, address($0)) }
    }
}

/// Whether a process has an open file that holds the exclusive lock of one byte of a file, as the kernel shows it in `/proc/PID/fdinfo` (Linux 4.1).
/// The lock itself names no process. False where the process is gone; `EACCES` for one that the caller may not look into.
public func holdsLock(_ pid: Int32, of file: FileStatus, byte: Int64) throws(KernelError) -> Bool {
    do throws(KernelError) {
        let directory = try FileDescriptor.workingDirectory.open("/proc/\(pid)/fd", [.readOnly, .directory])
        for name in try directory.descriptor.directoryEntries() {
            guard let found = try statusIfPresent(directory.descriptor, name), found.inode == file.inode,
                found.device == file.device
            else { continue }
            let lines = try readText("/proc/\(pid)/fdinfo/\(name)", limit: 65_536).split(separator: "\n")
            if lines.contains(where: { isLock($0, byte: byte) }) { return true }
        }
        return false
    } catch let error where error.errno == .ENOENT || error.errno == .ESRCH {
        return false
    }
}

/// nil for a descriptor that was closed meanwhile.
private func statusIfPresent(_ directory: FileDescriptor, _ name: String) throws(KernelError) -> FileStatus? {
    do throws(KernelError) { return try directory.statusFollowing(name) } catch let error where error.errno == .ENOENT {
        return nil
    }
}

/// A line as `lock:  1: OFDLCK ADVISORY  WRITE -1 fe:00:1622 0 0`: type, kind, pid, inode, first and last byte. Neighboring bytes are one lock.
private func isLock(_ line: Substring, byte: Int64) -> Bool {
    let words = line.split { $0 == " " || $0 == "\t" }
    guard words.count == 9, words[0] == "lock:", words[2] == "OFDLCK", words[4] == "WRITE", let first = Int64(words[7]) else {
        return false
    }
    return first <= byte && (words[8] == "EOF" || Int64(words[8]).map { byte <= $0 } ?? false)
}
