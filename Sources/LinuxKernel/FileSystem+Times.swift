import CLinux
import Glibc

extension FileDescriptor {
    /// When a name below this directory was last written, in nanoseconds since 1970, `newfstatat(2)`; never follows a symbolic link.
    public func modificationTime(of name: String) throws(KernelError) -> Int64 {
        var raw = stat()
        let result = name.withCString { path in
            withUnsafeMutablePointer(to: &raw) {
                #if arch(x86_64)
                systemCall(__NR_newfstatat, argument, address(path), address($0), Int(AT_SYMLINK_NOFOLLOW))
                #else
                systemCall(__NR3264_fstatat, argument, address(path), address($0), Int(AT_SYMLINK_NOFOLLOW))
                #endif
            }
        }
        try check("fstatat", name, result)
        return Int64(raw.st_mtim.tv_sec) * 1_000_000_000 + Int64(raw.st_mtim.tv_nsec)
    }
}
