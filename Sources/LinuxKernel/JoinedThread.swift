import CLinux
import Glibc
import LinuxTypes

/// A second thread, for programs that never clone: `pthread_create(3)`. It is waited for where this value goes.
public struct JoinedThread: ~Copyable {
    private let thread: pthread_t

    /// Starts `body`, which is all that the thread does. What the closure holds is the thread's alone from now on.
    public init(_ body: sending @escaping () -> Void) throws(KernelError) {
        let work = Unmanaged.passRetained(Work(body))
        var thread = pthread_t()
        let error = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
                return nil
            }, work.toOpaque())
        if error != 0 {
            work.release()
            throw KernelError(call: "pthread_create", errno: Errno(rawValue: error), subject: "")
        }
        self.thread = thread
    }

    deinit { pthread_join(thread, nil) }

    private final class Work {
        let body: () -> Void

        init(_ body: @escaping () -> Void) { self.body = body }
    }
}

/// How many processors this process may use, `sched_getaffinity(2)`; 1 where the kernel does not say.
public func usableProcessors() -> Int {
    // Room for the 8192 processors that Linux can have.
    let words = [UInt](unsafeUninitializedCapacity: 128) { buffer, count in
        let bytes = systemCall(__NR_sched_getaffinity, 0, 1024, address(buffer.baseAddress))
        count = max(0, bytes) / 8
    }
    return max(1, words.reduce(0) { $0 + $1.nonzeroBitCount })
}
