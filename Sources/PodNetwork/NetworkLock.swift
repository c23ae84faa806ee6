import LinuxKernel
import LinuxTypes

/// What keeps processes apart that change the network or its records: one file below the run root, whose lock the kernel frees when its holder dies.
struct NetworkLock: Sendable {
    let path: HostPath

    init(_ runRoot: HostPath) { path = runRoot.appending(NetworkMark.file) }

    /// Runs `body` while no other process does. Half a minute of waiting is `busy`.
    func held<Result>(_ body: () throws(NetworkError) -> Result) throws(NetworkError) -> Result {
        let path = path.string
        let lock = try during("cannot lock the network") { () throws(KernelError) in
            try FileDescriptor.workingDirectory.open(path, [.readWrite, .create, .noFollow], permissions: 0o600)
        }
        let end = monotonicMicroseconds() + Self.patience
        while true {
            let descriptor = lock.descriptor
            let isOurs = try during("cannot lock the network") { () throws(KernelError) in
                try descriptor.tryLock(byte: 0, subject: path)
            }
            if isOurs { break }
            guard monotonicMicroseconds() < end else {
                throw NetworkError(.busy, "another process works on the network and does not come to an end ('\(path)')")
            }
            pause(microseconds: 300)
        }
        let result = try body()
        // Order: the lock's file is held to here.
        _ = consume lock
        return result
    }

    /// Microseconds.
    private static let patience: Int64 = 30_000_000
}
