import LinuxKernel
import LinuxTypes
import OCISpec

/// A container whose lock this process holds: the only way to change its record.
struct LockedContainer: ~Copyable {
    /// In the container's directory; it is never written.
    static let lockName = "lock"

    private let records: Records
    private let directoryHandle: OwnedDescriptor
    private let file: OwnedDescriptor
    private(set) var record: ContainerRecord?
    /// Which revision of the journal `record` is.
    private var revision: Int64?

    init(_ records: Records, directory: consuming OwnedDescriptor, lock: consuming OwnedDescriptor) {
        self.records = records
        directoryHandle = directory
        file = lock
    }

    var id: String { records.id }

    /// Its directory, for sockets.
    var directory: FileDescriptor { directoryHandle.descriptor }

    /// Reads the record again: after the lock was let go and taken back, others may have written.
    mutating func reload() throws(RuntimeError) {
        let found = try records.record()
        record = found?.record
        revision = found?.revision
    }

    /// The configuration as it was when the container was made: what happened to the bundle since does not count.
    func configuration() throws(RuntimeError) -> Configuration { try records.configuration() }

    /// The first record of a new container, with its configuration, in place of what a killed maker has left.
    mutating func claim(_ record: ContainerRecord, configuration: [UInt8]) throws(RuntimeError) {
        revision = try records.claim(record, configuration: configuration, since: revision)
        self.record = record
    }

    /// Leaves nothing of an id that came to be no container, and hands the error on.
    mutating func abandonClaim(after error: RuntimeError) -> RuntimeError {
        do throws(RuntimeError) {
            // The journal says whether a claim took place before it failed.
            try reload()
            if record == nil { try removeDirectory() }
            return error
        } catch let failure { return error.addingCleanup("\(failure)") }
    }

    /// A new record in place of the last.
    mutating func write(_ record: ContainerRecord) throws(RuntimeError) {
        revision = try records.write(record, since: revision)
        self.record = record
    }

    /// Lets go of the lock while something slow runs that is not ours, a hook; then takes it back and reads what others wrote. Throws `missing`
    /// where somebody removed the container meanwhile.
    mutating func unlocked<Result>(_ body: () throws(RuntimeError) -> Result) throws(RuntimeError) -> Result {
        try during("cannot unlock container '\(id)'") { () throws(KernelError) in try file.descriptor.unlock() }
        let result: Result
        do throws(RuntimeError) {
            result = try body()
        } catch {
            try relock()
            throw error
        }
        try relock()
        return result
    }

    private mutating func relock() throws(RuntimeError) {
        try Patience.standard.acquire(file.descriptor, id)
        let status = try during("cannot read the state of container '\(id)'") { () throws(KernelError) in
            try file.descriptor.status()
        }
        guard status.links > 0 else { throw ContainerStore.missing(id) }
        try reload()
    }

    /// Lets go of the lock for good; the record stays.
    func unlock() throws(RuntimeError) {
        try during("cannot unlock container '\(id)'") { () throws(KernelError) in try file.descriptor.unlock() }
    }

    /// Takes the lock again after `unlock`.
    mutating func lockAgain() throws(RuntimeError) { try relock() }

    /// Removes the record: the container is no more. A cut behind that leaves a directory without a container, which the next claim takes.
    mutating func remove() throws(RuntimeError) {
        try during("cannot remove the start socket of container '\(id)'") { () throws(KernelError) in
            try StartSocket.remove(from: directory)
        }
        try records.remove(since: revision)
        record = nil
        revision = nil
        try removeDirectory()
    }

    /// Removes the directory of what is no container.
    func removeDirectory() throws(RuntimeError) {
        try during("cannot remove the lock of container '\(id)'") { () throws(KernelError) in
            try directory.unlinkIfPresent(Self.lockName)
            do throws(KernelError) {
                try directory.removeDirectory("../" + id)
            } catch let error where error.errno == .ENOENT || error.errno == .ENOTEMPTY {
                // ENOTEMPTY: somebody already claims the id again.
            }
        }
    }
}

/// How long a verb waits for a container that another one works on.
struct Patience: Sendable {
    let milliseconds: Int

    static let standard = Patience(milliseconds: 10_000)

    /// Takes the lock of a state file, or says who holds it.
    func acquire(_ file: FileDescriptor, _ id: String) throws(RuntimeError) {
        let end = monotonicMicroseconds() + Int64(milliseconds) * 1000
        var interval = 1
        while true {
            let taken = try during("cannot lock container '\(id)'") { () throws(KernelError) in try file.tryLock() }
            if taken { return }
            guard monotonicMicroseconds() < end else { break }
            pause(milliseconds: interval)
            interval = min(interval * 2, 20)
        }
        throw RuntimeError(
            .busy,
            "container '\(id)' is being worked on by \(Self.describeHolder(of: file)), gave up after \(milliseconds / 1000) s")
    }

    private static func describeHolder(of file: FileDescriptor) -> String {
        do throws(KernelError) {
            guard let pid = try file.lockHolder() else { return "somebody who has just finished" }
            guard let status = try ProcessStatus(pid: pid) else { return "process \(pid)" }
            return "process \(pid) (\(status.name), state \(status.state))"
        } catch {
            return "another process"
        }
    }
}

/// The socket on which an init waits to be started.
enum StartSocket {
    static let name = "start.sock"

    /// Takes the name away; whoever listens goes on listening.
    static func remove(from directory: FileDescriptor) throws(KernelError) {
        try directory.unlinkIfPresent(name)
    }

    /// Whether an init still listens. One that executed the container's program, or died, has closed it.
    static func isListening(in directory: FileDescriptor) throws(KernelError) -> Bool {
        do throws(KernelError) {
            _ = try directory.connect(name: name, blocking: false)
            return true
        } catch let error where error.errno == .ECONNREFUSED || error.errno == .ENOENT {
            return false
        } catch let error where error.errno == .EAGAIN {
            // The queue is full, so there is one.
            return true
        }
    }
}
