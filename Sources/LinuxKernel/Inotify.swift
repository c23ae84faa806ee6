import CLinux
import Glibc
import LinuxTypes

/// An `inotify(7)` instance that does not block, for modifications of a few known files.
public struct ModificationWatch: ~Copyable, Sendable {
    private let handle: OwnedDescriptor

    public init() throws(KernelError) {
        handle = OwnedDescriptor(try check("inotify_init1", "", systemCall(__NR_inotify_init1, Int(O_CLOEXEC | O_NONBLOCK))))
    }

    /// Readable while something is to be taken.
    public var descriptor: FileDescriptor { handle.descriptor }

    /// `inotify_add_watch(2)` with `IN_MODIFY` on a file, by its path.
    public func add(_ path: String) throws(KernelError) {
        let modify = 2
        let result = path.withCString { systemCall(__NR_inotify_add_watch, descriptor.argument, address($0), modify) }
        try check("inotify_add_watch", path, result)
    }

    /// `inotify_add_watch(2)` on an open directory: files in it that are modified, made, or renamed to a name in it.
    public func addDirectory(_ directory: FileDescriptor, subject: String) throws(KernelError) {
        let mask = Int(IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_ONLYDIR)
        let result = "/proc/self/fd/\(directory.number)".withCString {
            systemCall(__NR_inotify_add_watch, descriptor.argument, address($0), mask)
        }
        try check("inotify_add_watch", subject, result)
    }

    /// Takes all that has been reported; whether there was anything. A watch that ended with its file counts.
    public func take() throws(KernelError) -> Bool {
        var any = false
        while true {
            let result = withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 8) { buffer in
                systemCall(__NR_read, descriptor.argument, address(buffer.baseAddress), buffer.count)
            }
            if result == -Int(Errno.EAGAIN.rawValue) { return any }
            try check("read", "inotify", result)
            any = true
        }
    }
}
