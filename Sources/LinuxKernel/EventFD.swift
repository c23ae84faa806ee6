import CLinux
import Glibc
import LinuxTypes

/// An `eventfd(2)` that does not block: a counter that others add to and that one reads.
public struct EventCounter: ~Copyable, Sendable {
    private let handle: OwnedDescriptor

    public init() throws(KernelError) {
        handle = OwnedDescriptor(try check("eventfd2", "", systemCall(__NR_eventfd2, 0, Int(O_CLOEXEC | O_NONBLOCK))))
    }

    /// Readable while the count is not zero.
    public var descriptor: FileDescriptor { handle.descriptor }

    /// Counts one more.
    public func add() throws(KernelError) {
        var one: UInt64 = 1
        let result = withUnsafeMutablePointer(to: &one) { systemCall(__NR_write, descriptor.argument, address($0), 8) }
        try check("write", "eventfd", result)
    }

    /// The count since the last call; 0 where nobody added.
    public func take() throws(KernelError) -> UInt64 {
        var value: UInt64 = 0
        let result = withUnsafeMutablePointer(to: &value) { systemCall(__NR_read, descriptor.argument, address($0), 8) }
        if result == -Int(Errno.EAGAIN.rawValue) { return 0 }
        try check("read", "eventfd", result)
        return value
    }
}
