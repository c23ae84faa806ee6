import CLinux
import Glibc
import LinuxTypes

extension FileDescriptor {
    /// `pread(2)` until the buffer is full or the file ends: the number of bytes read.
    public func read(
        at offset: Int64, into buffer: UnsafeMutableRawBufferPointer, subject: String = ""
    ) throws(KernelError) -> Int {
        var done = 0
        while done < buffer.count {
            let count = try checkRetrying("pread", subject) {
                systemCall(__NR_pread64, argument, address(buffer.baseAddress) + done, buffer.count - done, Int(offset) + done)
            }
            if count == 0 { break }
            done += count
        }
        return done
    }

    /// `pwrite(2)` until all bytes are written. After an error a part of them may be.
    public func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64, subject: String = "") throws(KernelError) {
        var done = 0
        while done < bytes.count {
            done += try checkRetrying("pwrite", subject) {
                systemCall(__NR_pwrite64, argument, address(bytes.baseAddress) + done, bytes.count - done, Int(offset) + done)
            }
        }
    }

    /// `fdatasync(2)`: the file's bytes, and what is needed to find them, are on the disk. Not retried: the kernel tells each open file of an
    /// error once, so that a second call may say yes to bytes that are lost.
    public func synchronizeContents(subject: String = "") throws(KernelError) {
        try check("fdatasync", subject, systemCall(__NR_fdatasync, argument))
    }

    /// `fsync(2)`: for a directory, its names are on the disk.
    public func synchronize(subject: String = "") throws(KernelError) {
        try check("fsync", subject, systemCall(__NR_fsync, argument))
    }

    /// `fallocate(2)`: space for `count` bytes from `offset` on is ours, and reads as zeros; the file grows where it is shorter.
    public func allocate(_ count: Int64, at offset: Int64 = 0, subject: String = "") throws(KernelError) {
        try checkRetrying("fallocate", subject) { systemCall(__NR_fallocate, argument, 0, Int(offset), Int(count)) }
    }
}
