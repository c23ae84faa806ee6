internal import LinuxKernel
public import LinuxTypes

extension Cgroup {
    /// The pids in it and in all cgroups below, as the caller's PID namespace counts, ascending. Empty where it is gone.
    public func processes() throws(CgroupError) -> [Int32] {
        guard let census, let handle = census.handle else { return [] }
        return try naming("list processes of cgroup '\(census.directory.fullPath)'") { () throws(KernelError) in
            try Self.processes(below: handle).sorted()
        }
    }

    static func processes(below handle: FileDescriptor) throws(KernelError) -> [Int32] {
        var pids = try handle.processesHere()
        // A container may nest cgroups deeper than we may hold descriptors; what lies deeper than this is not listed, but killed and removed.
        var waiting = try names(below: handle, prefix: "", depth: 0)
        while let (path, depth) = waiting.popLast() {
            do throws(KernelError) {
                let child = try handle.open(path, [.pathOnly, .directory, .noFollow])
                pids += try child.descriptor.processesHere()
                if depth < maximalDepth { waiting += try names(below: child.descriptor, prefix: path + "/", depth: depth) }
            } catch let error where error.isGone {
                continue
            }
        }
        return pids
    }

    /// Paths of this many names of up to 255 bytes may exceed what `open(2)` takes; deeper nesting than this has no honest use.
    private static let maximalDepth = 15

    private static func names(
        below handle: FileDescriptor, prefix: String, depth: Int
    ) throws(KernelError) -> [(path: String, depth: Int)] {
        try handle.cgroupsBelow().map { (prefix + $0, depth + 1) }
    }

    /// Sends a signal to every process, each by its pid as listed: for `kill --all`. Processes that end meanwhile do not matter; those that
    /// are forked meanwhile may be missed, except by SIGKILL: use `kill`.
    public func send(_ signal: Signal) throws(CgroupError) {
        for pid in try processes() {
            do throws(KernelError) {
                try LinuxKernel.kill(pid: pid, signal)
            } catch let error where error.errno == .ESRCH {
                continue
            } catch {
                throw .kernel(error, doing: "signal the processes of a cgroup")
            }
        }
    }

    /// Waits until no process is in it or below: v2 wakes by `cgroup.events`, v1 has nothing to wait for and is asked at growing intervals.
    /// False where `milliseconds` went by first. Zombies do not count.
    public func waitUntilEmpty(milliseconds: Int) throws(CgroupError) -> Bool {
        guard let census, let handle = census.handle else { return true }
        let deadline = Deadline(milliseconds: milliseconds)
        return try naming("wait for cgroup '\(census.directory.fullPath)'") { () throws(KernelError) in
            if census.isUnified {
                return try Self.waitFor("populated", 0, of: handle, until: deadline)
            }
            return try deadline.poll { () throws(KernelError) in try Self.processes(below: handle).isEmpty }
        }
    }

    /// Waits until a key of `cgroup.events` has a value; true also where the cgroup is gone.
    static func waitFor(
        _ key: String, _ value: UInt64, of handle: FileDescriptor, until deadline: Deadline
    ) throws(KernelError) -> Bool {
        do throws(KernelError) {
            let events = try handle.open("cgroup.events", .readOnly)
            while true {
                // Order: reading arms the next POLLPRI, so a change in between is not missed.
                let bytes = try events.descriptor.readFromStart(limit: 512, subject: "cgroup.events")
                if FileDescriptor.value(of: key, in: String(decoding: bytes, as: UTF8.self)) == value { return true }
                if deadline.hasPassed { return false }
                _ = try events.descriptor.waitForChange(milliseconds: deadline.millisecondsLeft)
            }
        } catch let error where error.isGone {
            return true
        }
    }
}

/// A moment of the monotonic clock.
struct Deadline {
    private let microseconds: Int64

    init(milliseconds: Int) { microseconds = monotonicMicroseconds() + Int64(milliseconds) * 1000 }

    /// At least 1 before it has passed.
    var millisecondsLeft: Int { max(0, Int((microseconds - monotonicMicroseconds() + 999) / 1000)) }

    var hasPassed: Bool { monotonicMicroseconds() >= microseconds }

    /// Asks until the answer is yes, at intervals of 1 to 32 ms. The last answer where the deadline passes.
    func poll(_ isDone: () throws(KernelError) -> Bool) throws(KernelError) -> Bool {
        var interval = 1
        while true {
            if try isDone() { return true }
            if hasPassed { return false }
            pause(milliseconds: min(interval, max(1, millisecondsLeft)))
            interval = min(interval * 2, 32)
        }
    }
}
