// What parent and init say to each other. The order:
//
//   parent                                     init
//     ── plan (header, body, descriptors) ──►
//     ── admit + the cgroups' tasks files ──►    the cgroups are made, and the process is recorded
//     ◄── staged(pid) ──                         only with a first stage: the container's process
//     ── proceed ──►                             only with a first stage that made a user namespace: its maps are written
//     ◄── terminal + the pty's master ──         only with a terminal
//     ◄── mounted ──                             only with hooks of the runtime
//     ── proceed ──►
//     ◄── ready ──                               everything that can fail before the program has been done
//     ── proceed ──►                             from the parent, or from whoever connects to the start socket
//     ◄── executing ──                           the last word before the filter and the execve
//     ◄── end of stream                          execve succeeded: the socket is close-on-exec
//
// At any point `failed` may come instead, and then the end.

public import LinuxTypes

/// The fixed head of the first message: what the init checks before it believes anything.
public struct PlanHeader: Hashable, WireValue {
    public static let magic: UInt32 = 0x4c4c_5548
    /// Bytes of a header on the wire.
    public static let byteCount = 4 + 32 + 4

    /// The build id of the sender, zero-padded; both programs of one build carry the same.
    public var buildID: [UInt8]
    /// Bytes of the plan that follows.
    public var length: UInt32

    public init(buildID: [UInt8], length: UInt32) {
        self.buildID = Array((buildID + [UInt8](repeating: 0, count: 32)).prefix(32))
        self.length = length
    }

    public func write(to writer: inout WireWriter) {
        Self.magic.write(to: &writer)
        for byte in buildID { byte.write(to: &writer) }
        length.write(to: &writer)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        guard try UInt32(from: &reader) == Self.magic else { throw reader.failure }
        buildID = Array(try reader.raw(32))
        length = try UInt32(from: &reader)
    }
}

/// The steps that can fail, named for people. See docs/init-sequence.md.
public enum InitStep: UInt8, Hashable, CaseIterable, WireValue {
    case start, plan, cgroup, join, stage, userNamespace, loopback, session, keyring, hostname, domainname
    case propagation, rootfs, mount, device, link, console, sysctl, hook, pivot, mask, readonlyPath, rootReadOnly, rootPropagation
    case terminal, workingDirectory, program, groups, user, capabilities, limits, personality, noNewPrivileges, seccomp
    case appArmor, seLinux, wait, execute

    /// What was being done, as a verb phrase without a subject.
    public var phrase: String {
        switch self {
        case .start: "start the container's init"
        case .plan: "read the plan"
        case .cgroup: "enter the cgroup"
        case .join: "join the namespace"
        case .stage: "make the container's process"
        case .userNamespace: "become root of the user namespace"
        case .loopback: "bring the loopback interface up"
        case .session: "start a session"
        case .keyring: "make a session keyring"
        case .hostname: "set the hostname"
        case .domainname: "set the domain name"
        case .propagation: "cut the mounts off from the host's"
        case .rootfs: "mount the root file system"
        case .mount: "mount"
        case .device: "make the device"
        case .link: "make the link"
        case .console: "bind the console"
        case .sysctl: "set the sysctl"
        case .hook: "run the hook"
        case .pivot: "change the root"
        case .mask: "mask the path"
        case .readonlyPath: "make the path read-only"
        case .rootReadOnly: "make the root read-only"
        case .rootPropagation: "set the root's propagation"
        case .terminal: "open a terminal"
        case .workingDirectory: "enter the working directory"
        case .program: "find the program"
        case .groups: "set the groups"
        case .user: "set the user"
        case .capabilities: "set the capabilities"
        case .limits: "set the resource limit"
        case .personality: "set the personality"
        case .noNewPrivileges: "set no_new_privs"
        case .seccomp: "load the seccomp filter"
        case .appArmor: "take the AppArmor profile"
        case .seLinux: "take the SELinux label"
        case .wait: "wait for the start"
        case .execute: "execute the program"
        }
    }
}

/// Why the init gave up, as data: the parent has the plan and finds the words.
public struct InitFailure: Error, Hashable, WireValue {
    public var step: InitStep
    /// Which of the step's objects, as the index of a mount in the plan; 0 where there is only one.
    public var index: UInt32
    /// The system call's name.
    public var call: String
    public var errno: Errno
    /// What the call was made on.
    public var subject: String

    public init(step: InitStep, index: UInt32 = 0, call: String, errno: Errno, subject: String) {
        self.step = step
        self.index = index
        self.call = call
        self.errno = errno
        self.subject = subject
    }

    public func write(to writer: inout WireWriter) {
        step.write(to: &writer)
        index.write(to: &writer)
        call.write(to: &writer)
        errno.write(to: &writer)
        subject.write(to: &writer)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        step = try InitStep(from: &reader)
        index = try UInt32(from: &reader)
        call = try String(from: &reader)
        errno = try Errno(from: &reader)
        subject = try String(from: &reader)
    }
}

/// When a step was done: `CLOCK_MONOTONIC` in microseconds, which parent and init share unless the container has clocks of its own.
public struct LedgerEntry: Hashable, WireValue {
    public var step: String
    public var microseconds: Int64

    public init(step: String, microseconds: Int64) {
        self.step = step
        self.microseconds = microseconds
    }

    public func write(to writer: inout WireWriter) {
        step.write(to: &writer)
        microseconds.write(to: &writer)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        step = try String(from: &reader)
        microseconds = try Int64(from: &reader)
    }
}

/// A message of the init. On the wire: a 32-bit length, a byte for the kind, the content.
public enum InitMessage: Hashable, WireValue {
    case failed(InitFailure)
    case staged(pid: Int32)
    case terminal
    case mounted
    case ready
    case executing(ledger: [LedgerEntry])

    public func write(to writer: inout WireWriter) {
        switch self {
        case .failed(let failure):
            UInt8(1).write(to: &writer)
            failure.write(to: &writer)
        case .staged(let pid):
            UInt8(2).write(to: &writer)
            pid.write(to: &writer)
        case .terminal: UInt8(3).write(to: &writer)
        case .mounted: UInt8(4).write(to: &writer)
        case .ready: UInt8(5).write(to: &writer)
        case .executing(let ledger):
            UInt8(6).write(to: &writer)
            ledger.write(to: &writer)
        }
    }

    public init(from reader: inout WireReader) throws(WireError) {
        switch try UInt8(from: &reader) {
        case 1: self = .failed(try InitFailure(from: &reader))
        case 2: self = .staged(pid: try Int32(from: &reader))
        case 3: self = .terminal
        case 4: self = .mounted
        case 5: self = .ready
        case 6: self = .executing(ledger: try [LedgerEntry](from: &reader))
        default: throw reader.failure
        }
    }

    /// The message with its length before it.
    public var framed: [UInt8] {
        let body = wireBytes
        return UInt32(body.count).wireBytes + body
    }
}

/// What is said to an init behind its plan: that its cgroups are made, with their `tasks` files, and that it is recorded. Until then it does nothing.
public let admitByte: UInt8 = 0x41

/// What lets an init go on from where it waits.
public let proceedByte: UInt8 = 0x50
