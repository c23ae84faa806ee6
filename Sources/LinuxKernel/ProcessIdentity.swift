import LinuxTypes

/// What `/proc/PID/stat` says of a process, `proc_pid_stat(5)`.
public struct ProcessStatus: Hashable, Sendable {
    public let name: String
    /// One letter, as `R`, `S`, `D`, `Z`.
    public let state: Character
    /// The parent as the caller's PID namespace counts; 0 for one outside of it.
    public let parent: Int32
    /// Clock ticks after the boot at which it started: with pid and boot id its identity.
    public let startTime: UInt64
    /// Whether it is on its way out and only waits for others: the init of a PID namespace ends before it is a zombie, as long as somebody has to
    /// reap another process of the namespace (`PF_EXITING`, in its last thread).
    private let isExiting: Bool
    /// How a zombie ended, as who may trace it is told; others are told of an exit with 0.
    let exitStatus: ExitStatus?

    /// nil where there is no such process.
    public init?(pid: Int32) throws(KernelError) {
        let bytes: [UInt8]
        do throws(KernelError) {
            bytes = try readFile("/proc/\(pid)/stat", limit: 4096)
        } catch let error where error.errno == .ENOENT || error.errno == .ESRCH {
            return nil
        }
        // The name stands in parentheses and may hold any character, parentheses too.
        guard let open = bytes.firstIndex(of: UInt8(ascii: "(")), let close = bytes.lastIndex(of: UInt8(ascii: ")")),
            open < close, close + 2 < bytes.count
        else { throw Self.unreadable(pid) }
        name = String(decoding: bytes[(open + 1)..<close], as: UTF8.self)
        state = Character(Unicode.Scalar(bytes[close + 2]))
        // Counted from the state on, which is field 3 of the manual page.
        var numbers = Numbers(bytes: bytes, position: close + 4)
        guard let parent = numbers.skip(to: 4), let flags = numbers.skip(to: 9), let threads = numbers.skip(to: 20),
            let start = numbers.skip(to: 22)
        else { throw Self.unreadable(pid) }
        self.parent = Int32(truncatingIfNeeded: parent)
        startTime = start
        isExiting = flags & 0x4 != 0 && threads <= 1
        exitStatus = state == "Z" ? numbers.skip(to: 52).map { ExitStatus(waitStatus: Int32(truncatingIfNeeded: $0)) } : nil
    }

    private static func unreadable(_ pid: Int32) -> KernelError {
        KernelError(call: "read", errno: .EINVAL, subject: "/proc/\(pid)/stat")
    }

    /// The fields behind the state, one after the other. Not by splitting: this is read three times in a container's start.
    private struct Numbers {
        let bytes: [UInt8]
        var position: Int
        var field = 4

        /// The number in a later field; nil where there is none. Numbers below zero are none.
        mutating func skip(to wanted: Int) -> UInt64? {
            while field < wanted {
                guard position < bytes.count else { return nil }
                if bytes[position] == UInt8(ascii: " ") { field += 1 }
                position += 1
            }
            var value: UInt64 = 0
            let start = position
            while position < bytes.count, bytes[position] >= 0x30, bytes[position] <= 0x39 {
                value = value &* 10 &+ UInt64(bytes[position] - 0x30)
                position += 1
            }
            return position > start ? value : nil
        }
    }

    /// A zombie or a process that is being taken apart: it runs nothing any more.
    public var hasEnded: Bool { state == "Z" || state == "X" || isExiting }
}

/// Where in the kernel a process waits, `/proc/PID/wchan`; empty where it does not wait, is gone, or the kernel does not tell.
public func waitChannel(of pid: Int32) -> String {
    do throws(KernelError) {
        let text = try readText("/proc/\(pid)/wchan", limit: 256)
        return text == "0" ? "" : text
    } catch { return "" }
}

/// When this process started, in clock ticks after the boot: asked once. nil where `/proc` is of another PID namespace, in which nobody has our pid.
public func ownStartTime() throws(KernelError) -> UInt64? {
    let pid = currentPID()
    // What was cloned without an exec has the answer of its parent.
    if firstOwn.pid == pid { return try firstOwn.startTime.get() }
    return try ProcessStatus(pid: pid)?.startTime
}

private let firstOwn: (pid: Int32, startTime: Result<UInt64?, KernelError>) = {
    let pid = currentPID()
    do throws(KernelError) {
        return (pid, .success(try ProcessStatus(pid: pid)?.startTime))
    } catch {
        return (pid, .failure(error))
    }
}()

/// Whose a process is, `/proc/PID/status`.
public struct ProcessOwner: Hashable, Sendable {
    public let realUID: UInt32
    public let effectiveUID: UInt32
    /// The pid of who traces it; 0 for nobody.
    public let tracer: Int32

    /// nil where there is no such process.
    public init?(pid: Int32) throws(KernelError) {
        let path = "/proc/\(pid)/status"
        let text: String
        do throws(KernelError) {
            text = try readText(path, limit: 16_384)
        } catch let error where error.errno == .ENOENT || error.errno == .ESRCH {
            return nil
        }
        var fields: [Substring: [Substring]] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split { $0 == "\t" || $0 == " " }
            if let name = words.first { fields[name] = Array(words.dropFirst()) }
        }
        guard let uids = fields["Uid:"], uids.count == 4, let real = UInt32(uids[0]), let effective = UInt32(uids[1]),
            let tracer = fields["TracerPid:"]?.first.flatMap({ Int32($0) })
        else { throw KernelError(call: "read", errno: .EINVAL, subject: path) }
        realUID = real
        effectiveUID = effective
        self.tracer = tracer
    }
}

/// Who a process is: a pid alone is reused, a pid with its start time is not, within one boot.
public struct ProcessIdentity: Hashable, Sendable {
    public let bootID: String
    public let pid: Int32
    public let startTime: UInt64

    public init(bootID: String, pid: Int32, startTime: UInt64) {
        self.bootID = bootID
        self.pid = pid
        self.startTime = startTime
    }

    /// The identity of a process that exists now, zombie or not; nil where there is none.
    public init?(pid: Int32, bootID: String) throws(KernelError) {
        guard let status = try ProcessStatus(pid: pid) else { return nil }
        self.init(bootID: bootID, pid: pid, startTime: status.startTime)
    }

    /// This process's own; nil as for `ownStartTime`.
    public static func own(bootID: String) throws(KernelError) -> ProcessIdentity? {
        guard let startTime = try ownStartTime() else { return nil }
        return ProcessIdentity(bootID: bootID, pid: currentPID(), startTime: startTime)
    }

    /// Whether this very process still runs: not another of the same pid, not a zombie, not one of an older boot.
    public func isAlive(currentBootID: String) throws(KernelError) -> Bool {
        guard bootID == currentBootID, let status = try ProcessStatus(pid: pid) else { return false }
        return status.startTime == startTime && !status.hasEnded
    }

    /// A pidfd of this very process, or nil where it is gone.
    public func open(currentBootID: String) throws(KernelError) -> OwnedDescriptor? {
        let handle: OwnedDescriptor
        do throws(KernelError) {
            handle = try openPidfd(pid)
        } catch let error where error.errno == .ESRCH || error.errno == .EINVAL {
            return nil
        }
        // Order: after pidfd_open, so that what is compared is what the handle holds.
        guard try isAlive(currentBootID: currentBootID) else { return nil }
        return handle
    }
}
