import LinuxKernel
import LinuxTypes
import OCISpec

/// A container whose lock this process holds: the only way to change its record.
struct LockedContainer: ~Copyable {
    let id: String
    private let directoryHandle: OwnedDescriptor
    private let file: OwnedDescriptor
    private var contents = StateFile.Contents()
    private(set) var record: ContainerRecord?

    init(
        id: String, directory: consuming OwnedDescriptor, file: consuming OwnedDescriptor
    ) {
        self.id = id
        directoryHandle = directory
        self.file = file
    }

    /// Its directory, for sockets.
    var directory: FileDescriptor { directoryHandle.descriptor }

    /// Reads the record again: after the lock was let go and taken back, others may have written.
    mutating func reload() throws(RuntimeError) {
        let contents = try during("cannot read the state of container '\(id)'") { () throws(KernelError) in
            try StateFile(file.descriptor).read(withConfiguration: true)
        }
        record = try ContainerStore.decode(contents, id)
        self.contents = contents
    }

    /// The configuration as it was when the container was made: what happened to the bundle since does not count.
    func configuration() throws(RuntimeError) -> Configuration { try ContainerStore.configuration(contents, id) }

    /// The first record of a new container, with its configuration; whatever a killed maker has left in the file goes.
    mutating func claim(_ record: ContainerRecord, configuration: [UInt8]) throws(RuntimeError) {
        contents.end = try during("cannot write the state of container '\(id)'") { () throws(KernelError) in
            try StateFile(file.descriptor).append([(.configuration, configuration), (.record, record.encoded())], after: 0)
        }
        contents.configuration = configuration[...]
        self.record = record
    }

    /// A new record in place of the last.
    mutating func write(_ record: ContainerRecord) throws(RuntimeError) {
        contents.end = try during("cannot write the state of container '\(id)'") { () throws(KernelError) in
            try StateFile(file.descriptor).append([(.record, record.encoded())], after: contents.end)
        }
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
        // The file only grows as long as it has a name: at this size it is as we left it.
        if status.size != Int64(contents.end) { try reload() }
    }

    /// Lets go of the lock for good; the record stays.
    func unlock() throws(RuntimeError) {
        try during("cannot unlock container '\(id)'") { () throws(KernelError) in try file.descriptor.unlock() }
    }

    /// Takes the lock again after `unlock`.
    mutating func lockAgain() throws(RuntimeError) { try relock() }

    /// Removes the record: the container is no more. Sockets go first; a cut in between leaves a directory without a container.
    func remove() throws(RuntimeError) {
        try during("cannot remove the state of container '\(id)'") { () throws(KernelError) in
            try StartSocket.remove(from: directory)
            do throws(KernelError) {
                try directory.unlink("state")
            } catch let error where error.errno == .ENOENT {}
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
        do throws(KernelError) {
            try directory.unlink(name)
        } catch let error where error.errno == .ENOENT {}
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
