import CLinux
public import LinuxTypes

/// A process that `clone3(2)` made: its pid as the caller's PID namespace counts, and a pidfd.
public struct ClonedProcess: ~Copyable, Sendable {
    public let pid: Int32
    public let pidfd: OwnedDescriptor

    /// The pidfd alone.
    public consuming func takePidfd() -> OwnedDescriptor { pidfd }
}

/// How to clone a process that at once becomes another program, the only way in which we make processes inside namespaces.
public struct CloneRequest: Sendable {
    /// Namespaces to create for the child.
    public var namespaces: [NamespaceKind] = []
    /// Namespaces that the child makes with `unshare(2)` before its exec: a network namespace takes the kernel a millisecond, in which the caller
    /// goes on. What the kernel allocates for them is charged to the child's cgroup.
    public var unsharedNamespaces: [NamespaceKind] = []
    /// `CLONE_INTO_CGROUP`: the open cgroup v2 directory in which the child is born.
    public var cgroup: FileDescriptor?
    /// `CLONE_VM`: borrow the caller's memory until the exec, while the caller goes on. Not with a new user namespace, where the child's
    /// change of user would make the caller undumpable, nor with a time namespace, which a process that shares memory cannot change.
    public var borrowsMemory = true
    /// Whether nobody may trace the program from its first instruction on (unless `fs.suid_dumpable` is 1), as one with the set-gid bit: its real
    /// group is another one than its effective one until it calls `restoreRealGroup`. Not with a new user namespace.
    public var isUndumpable = false
    /// `CLONE_PARENT`: the child is the caller's parent's, who is told of its end as the caller's own would be told.
    public var asSibling = false
    /// The pipe on which the child waits for one byte before it becomes root of its new user namespace: the end to read, and the other, which
    /// the child must not keep open.
    public var userMapsWritten: (reader: FileDescriptor, writer: FileDescriptor)?

    public init() {}
}

/// clone3(2) and, in the child, execveat(2) of an open executable with an empty environment. All signals are blocked in the child. Returns when
/// the child is made; its exec may be yet to come, and one that fails sends `ExecFailure` on `socket`. The caller must be single-threaded.
///
/// At most four arguments with 256 bytes together: `E2BIG`.
public func cloneAndExecute(
    _ request: CloneRequest, executable: FileDescriptor, socket: FileDescriptor, arguments: [String]
) throws(KernelError) -> ClonedProcess {
    var pidfd: Int32 = -1
    var flags = request.namespaces.reduce(UInt64(CLONE_PIDFD)) { $0 | $1.cloneFlag }
    if request.borrowsMemory { flags |= UInt64(CLONE_VM) }
    if request.asSibling { flags |= UInt64(CLONE_PARENT) }
    var cloneArguments = clone_args()
    // A sibling has the caller's own signal; clone3 refuses to be told another.
    cloneArguments.exit_signal = request.asSibling ? 0 : 17
    if let cgroup = request.cgroup {
        flags |= intoCgroup
        cloneArguments.cgroup = UInt64(cgroup.number)
    }
    cloneArguments.flags = flags
    let result = withCStrings(arguments) { arguments in
        withUnsafeMutablePointer(to: &pidfd) { pidfd in
            cloneArguments.pidfd = UInt64(UInt(bitPattern: pidfd))
            var exec = hull_exec(
                executable: executable.number, socket: socket.number,
                maps_ready: request.userMapsWritten?.reader.number ?? -1,
                maps_writer: request.userMapsWritten?.writer.number ?? -1,
                unshared: request.unsharedNamespaces.reduce(0) { $0 | $1.cloneFlag },
                undumpable: request.isUndumpable ? 1 : 0)
            return hull_clone_exec(&cloneArguments, &exec, arguments)
        }
    }
    let pid = try check("clone3", request.namespaces.map(\.specName).joined(by: ","), result)
    return ClonedProcess(pid: Int32(pid), pidfd: OwnedDescriptor(Int(pidfd)))
}

/// What a child of `cloneAndExecute` sends where it does not come to be the program: eight bytes.
public struct ExecFailure: Hashable, Sendable {
    public static let byteCount = 8
    /// `unshare` or `execveat`.
    public let call: String
    public let errno: Errno

    /// Whether a message that begins with this word is one of these.
    public static func begins(with word: UInt32) -> Bool {
        word == UInt32(HULL_EXEC_FAILED) || word == UInt32(HULL_UNSHARE_FAILED)
    }

    /// Of `byteCount` bytes that begin with such a word.
    public init(_ bytes: UnsafeRawBufferPointer) {
        call = bytes.loadUnaligned(as: UInt32.self) == UInt32(HULL_UNSHARE_FAILED) ? "unshare" : "execveat"
        self.errno = Errno(rawValue: bytes.loadUnaligned(fromByteOffset: 4, as: Int32.self))
    }
}

/// Which side of a fork the caller is on.
public enum ForkSide: Sendable {
    case child
    case parent(pid: Int32)
}

/// `CLONE_INTO_CGROUP`; the header's 64-bit constant is not imported.
private let intoCgroup: UInt64 = 0x2_0000_0000

/// clone3(2) as a fork: the child goes on with a copy of the caller's memory. `asSibling` (`CLONE_PARENT`) makes it a child of the caller's
/// parent; `cgroup` is the open cgroup v2 directory in which it is born. The caller must be single-threaded.
public func forkIntoNamespaces(
    _ kinds: [NamespaceKind], asSibling: Bool, cgroup: FileDescriptor? = nil
) throws(KernelError) -> ForkSide {
    var arguments = clone_args()
    arguments.flags = kinds.reduce(asSibling ? UInt64(CLONE_PARENT) : 0) { $0 | $1.cloneFlag }
    if let cgroup {
        arguments.flags |= intoCgroup
        arguments.cgroup = UInt64(cgroup.number)
    }
    arguments.exit_signal = asSibling ? 0 : 17
    let pid = try check("clone3", kinds.map(\.specName).joined(by: ","), hull_clone_fork(&arguments))
    return pid == 0 ? .child : .parent(pid: Int32(pid))
}

/// The GNU build id of the running executable; empty where the linker wrote none.
public func runningBuildID() -> [UInt8] {
    var length = 0
    guard let start = hull_build_id(&length) else { return [] }
    return Array(UnsafeBufferPointer(start: start, count: length))
}

/// `execve(2)`. Returns only with an error.
public func execute(_ path: String, arguments: [String], environment: [String]) -> KernelError {
    let result = path.withCString { path in
        withCStrings(arguments) { arguments in
            withCStrings(environment) { environment in
                systemCall(__NR_execve, address(path), address(arguments), address(environment))
            }
        }
    }
    return KernelError(call: "execve", errno: Errno(rawValue: Int32(truncatingIfNeeded: -result)), subject: path)
}

/// A null-terminated array of C strings, as `execve(2)` wants it, in one allocation for the bytes and one for the pointers.
func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    let bytes = strings.reduce(0) { $0 + $1.utf8.count + 1 }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: max(bytes, 1)) { storage in
        withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<CChar>?.self, capacity: strings.count + 1) { pointers in
            var at = 0
            for (index, string) in strings.enumerated() {
                pointers.initializeElement(at: index, to: storage.baseAddress.map { $0 + at })
                for byte in string.utf8 {
                    storage.initializeElement(at: at, to: CChar(bitPattern: byte))
                    at += 1
                }
                storage.initializeElement(at: at, to: 0)
                at += 1
            }
            pointers.initializeElement(at: strings.count, to: nil)
            guard let base = pointers.baseAddress else { preconditionFailure("an allocation has an address") }
            return body(base)
        }
    }
}
