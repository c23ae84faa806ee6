import LinuxKernel
import LinuxTypes

/// Starts the runtimes' processes, and knows which containers live, so that none is left behind.
struct Stage: ~Copyable {
    private let null: OwnedDescriptor
    /// What the runtimes say on stderr, for the message of a failure.
    private let errors: OwnedDescriptor
    private var live: [(runtime: RuntimeUnderTest, id: String)] = []
    private var lastNumber = 0

    init() throws(KernelError) {
        // A container's init becomes our child when its runtime has ended: only so can its end be waited for.
        try becomeSubreaper()
        let null = try FileDescriptor.workingDirectory.open("/dev/null", .readWrite)
        errors = try FileDescriptor.inMemory(name: "errors")
        self.null = null
    }

    /// An id that no other container of this run has.
    mutating func newID() -> String {
        lastNumber += 1
        return "hull-bench-\(currentPID())-\(lastNumber)"
    }

    func start(_ arguments: [String]) throws(KernelError) -> Int32 {
        let streams = StandardStreams(input: null.descriptor, output: null.descriptor, error: errors.descriptor)
        return try spawn(
            arguments[0], arguments: arguments, environment: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"], streams: streams)
    }

    /// Runs a program to its end; throws where it fails. Waits for it alone.
    func measure(_ arguments: [String]) throws -> Measurement {
        let (measurement, code) = try attempt(arguments)
        if code != 0 { throw BenchError("'\(arguments.joined(separator: " "))' ended with \(code): \(try lastErrors())") }
        return measurement
    }

    /// As `measure`, with the exit code instead of an error.
    func attempt(_ arguments: [String]) throws(KernelError) -> (Measurement, code: Int32) {
        try errors.descriptor.truncate(to: 0)
        try errors.descriptor.rewind()
        let began = monotonicNanoseconds()
        let pid = try start(arguments)
        let ended = try waitForChild(pid)
        let time = monotonicNanoseconds() - began
        return (Measurement(nanoseconds: time, uses: ended.map { [$0.use] } ?? []), ended?.status.shellCode ?? 0)
    }

    func lastErrors() throws(KernelError) -> String {
        try errors.descriptor.rewind()
        return String(decoding: try errors.descriptor.readToEnd(limit: 1 << 20), as: UTF8.self)
    }

    mutating func created(_ id: String, by runtime: RuntimeUnderTest) { live.append((runtime, id)) }
    /// All containers have ended and are removed.
    mutating func forget() { live = [] }
    mutating func deleted(_ id: String) { live.removeAll { $0.id == id } }

    /// Waits for a container's init, orphaned by its runtime, to end; not longer than five seconds.
    func reapOrphan() throws {
        let end = monotonicNanoseconds() + 5_000_000_000
        while try waitForChild(nil, blocking: false) == nil {
            if monotonicNanoseconds() > end { throw BenchError("a container's program does not end") }
            pause(milliseconds: 1)
        }
    }

    /// Deletes what is left, also after a failure, and reaps what became ours.
    mutating func clear() {
        for (runtime, id) in live {
            do throws(KernelError) {
                let (_, code) = try attempt(runtime.deleteForced(id))
                if code != 0 { report("cannot delete '\(id)': \(try lastErrors())\n") }
            } catch { report("cannot delete '\(id)': \(error)\n") }
        }
        live = []
        do throws(KernelError) { while try waitForChild(nil, blocking: false) != nil {} } catch { return }
    }
}

/// Progress and complaints go to stderr; where that is closed nobody is left to hear.
func report(_ text: String) {
    do throws(KernelError) { try FileDescriptor.standardError.writeAll(text.utf8) } catch { return }
}
