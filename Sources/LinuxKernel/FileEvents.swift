import CLinux
import Glibc
import LinuxTypes

extension FileDescriptor {
    /// `ppoll(2)` for `POLLPRI`, by which files of the kernel as `cgroup.events` say that they have changed since they were last read. False
    /// where `milliseconds` went by first. A signal that is not blocked ends the wait early, with true.
    public func waitForChange(milliseconds: Int) throws(KernelError) -> Bool {
        var entry = pollfd(fd: number, events: 0x2, revents: 0)
        var time = timespec(tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
        let result = withUnsafeMutablePointer(to: &entry) { entry in
            withUnsafePointer(to: &time) { systemCall(__NR_ppoll, address(entry), 1, address($0), 0, 8) }
        }
        if result == -Int(Errno.EINTR.rawValue) { return true }
        return try check("ppoll", "", result) > 0
    }

    /// `pread(2)` of a small file from its start, at most `limit` bytes.
    public func readFromStart(limit: Int, subject: String) throws(KernelError) -> [UInt8] {
        var failure: KernelError?
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            do throws(KernelError) {
                count = try checkRetrying("pread64", subject) {
                    systemCall(__NR_pread64, argument, address(buffer.baseAddress), buffer.count, 0)
                }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// `faccessat(2)` with `W_OK`, by the real ids: whether the caller may write to a name below this directory.
    public func mayWrite(_ name: String) -> Bool {
        name.withCString { systemCall(__NR_faccessat, argument, address($0), 2, 0) } == 0
    }
}
