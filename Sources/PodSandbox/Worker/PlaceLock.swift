internal import LinuxKernel
internal import LinuxTypes

/// What only one process may do at a time, by a lock on a file that is made where it is missing.
enum PlaceLock {
    /// Runs `body` while no other process runs what has the same lock; waits for that.
    static func hold<Result>(_ path: HostPath, _ body: () throws(PodError) -> Result) throws(PodError) -> Result {
        let lock = try during("cannot lock '\(path)'") { () throws(KernelError) in
            let lock = try FileDescriptor.workingDirectory.open(
                path.string, [.readWrite, .create, .noFollow], permissions: 0o600)
            while try !lock.descriptor.tryLock() { pause(milliseconds: 1) }
            return lock
        }
        let result = try body()
        // Order: the lock's file is held to here.
        _ = consume lock
        return result
    }
}
