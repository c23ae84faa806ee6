import CLinux
import Glibc
public import LinuxTypes

/// Whether the caller, with its effective ids and capabilities, may execute a regular file: nil if so, else the reason (`ENOENT`, `EACCES`, …).
public func executionObstacle(_ path: String) -> Errno? {
    let status: FileStatus
    do throws(KernelError) {
        status = try FileDescriptor.workingDirectory.statusFollowing(path)
    } catch {
        return error.errno
    }
    guard status.type == .regular else { return .EACCES }
    // AT_EACCESS 0x200: by the effective ids.
    let result = path.withCString { systemCall(__NR_faccessat2, Int(AT_FDCWD), address($0), 1, 0x200) }
    return result < 0 ? Errno(rawValue: Int32(-result)) : nil
}
