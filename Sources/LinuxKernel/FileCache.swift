import CLinux
internal import LinuxTypes

extension FileDescriptor {
    /// `posix_fadvise(2)` `POSIX_FADV_DONTNEED`: drops the clean pages of the file from the page cache; those that a process maps stay.
    public func dropFromCache() throws(KernelError) {
        try check("fadvise64", "descriptor \(number)", systemCall(__NR_fadvise64, argument, 0, 0, 4))
    }
}
