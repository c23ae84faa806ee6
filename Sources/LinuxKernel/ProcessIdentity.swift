import LinuxTypes

/// What `/proc/PID/stat` says of a process, `proc_pid_stat(5)`.
public struct ProcessStatus: Hashable, Sendable {
    public let name: String
    /// One letter, as `R`, `S`, `D`, `Z`.
    public let state: Character
    /// Clock ticks after the boot at which it started: with pid and boot id its identity.
    public let startTime: UInt64
    /// Whether it is on its way out and only waits for others: the init of a PID namespace ends before it is a zombie, as long as somebody has to
    /// reap another process of the namespace (`PF_EXITING`, in its last thread).
    private let isExiting: Bool

    /// nil where there is no such process.
    public init?(pid: Int32) throws(KernelError) {
        let bytes: [UInt8]
        do throws(KernelError) {
            bytes = try readFile("/proc/\(pid)/stat", limit: 4096)
        } catch let error where error.errno == .ENOENT || error.errno == .ESRCH {
            return nil
        }
        // The name stands in parentheses and may hold any character, parentheses too.
        guard let open = bytes.firstIndex(of: UInt8(ascii: "(")), let close = bytes.lastIndex(of: UInt8(ascii: ")")) else {
            throw KernelError(call: "read", errno: .EINVAL, subject: "/proc/\(pid)/stat")
        }
        let fields = bytes[(close + 1)...].split(separator: UInt8(ascii: " "))
        guard fields.count > 19, let letter = fields[0].first, let start = Self.number(fields[19]),
            let flags = Self.number(fields[6]), let threads = Self.number(fields[17])
        else {
            throw KernelError(call: "read", errno: .EINVAL, subject: "/proc/\(pid)/stat")
        }
        name = String(decoding: bytes[(open + 1)..<close], as: UTF8.self)
        state = Character(Unicode.Scalar(letter))
        startTime = start
        isExiting = flags & 0x4 != 0 && threads <= 1
    }

    /// A zombie or a process that is being taken apart: it runs nothing any more.
    public var hasEnded: Bool { state == "Z" || state == "X" || isExiting }

    private static func number(_ digits: ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for digit in digits {
            guard digit >= 0x30, digit <= 0x39 else { return nil }
            value = value &* 10 &+ UInt64(digit - 0x30)
        }
        return value
    }
}

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
