import Glibc
import LinuxKernel
import LinuxTypes

@testable import ContainerRuntime

let cloneFacts = [
    Fact("clone-executes-with-nothing-but-its-socket") {
        // What our own caller left open is not what the clone does.
        try FileDescriptor.markCloseOnExec(from: 3)
        for borrows in [true, false] {
            let shell = try ClonedShell(request(borrowsMemory: borrows))
            try shell.waitUntilItRuns()
            try expectEqual(try readFile("/proc/\(shell.pid)/environ"), [])
            let directory = try FileDescriptor.workingDirectory.open("/proc/\(shell.pid)/fd", [.readOnly, .directory])
            let open = try directory.descriptor.directoryEntries().compactMap { Int32($0) }.filter { $0 > 2 }
            try expectEqual(open, [shell.socketNumber])
            try expectEqual(try statusLine("SigBlk", of: "\(shell.pid)"), "fffffffe7ffbfeff")
            try shell.end()
        }
    },
    Fact("clone-executes-what-nobody-may-trace") {
        // The files of an undumpable process belong to root, those of others to their effective ids: proc(5).
        try setGroup(7)
        for borrows in [true, false] {
            var request = request(borrowsMemory: borrows)
            request.isUndumpable = true
            let shell = try ClonedShell(request)
            try shell.waitUntilItRuns()
            try expectEqual(try statusLine("Gid", of: "\(shell.pid)"), "0\t7\t7\t7")
            try expectEqual(try FileDescriptor.workingDirectory.status(of: "/proc/\(shell.pid)/environ").gid, 0)
            try shell.end()
        }
    },
    Fact("clone-after-clone-waits-for-the-memory-it-borrows") {
        // Each is still on its way to its exec when the next is made.
        var ended: [ExitStatus?] = []
        for round in 0..<50 {
            let program = try FileDescriptor.workingDirectory.open("/bin/sh", .readOnly)
            let pair = try SocketPair()
            let arguments = ["sh", "-c", "exit \(round)"]
            let process = try cloneAndExecute(
                request(), executable: program.descriptor, socket: pair.second.descriptor, arguments: arguments)
            if round % 10 == 9 { ended.append(try process.pidfd.descriptor.waitForExit()) }
        }
        try expectEqual(ended, (0..<5).map { .exited(code: $0 * 10 + 9) })
    },
    Fact("clone-refuses-more-words-than-it-can-keep") {
        let program = try FileDescriptor.workingDirectory.open("/bin/true", .readOnly)
        let pair = try SocketPair()
        for arguments in [Array(repeating: "x", count: 5), [String(repeating: "x", count: 256)]] {
            try expectErrno(.E2BIG, "\(arguments.count) words") { () throws(KernelError) in
                _ = try cloneAndExecute(
                    request(), executable: program.descriptor, socket: pair.second.descriptor, arguments: arguments)
            }
        }
    },
    Fact("clone-makes-namespaces") {
        let kinds: [NamespaceKind] = [.mount, .uts, .ipc, .pid, .network, .cgroup]
        let shell = try ClonedShell(request(kinds))
        for kind in NamespaceKind.allCases where kind != .time {
            let own = try identity("/proc/self/ns/\(kind.procName)")
            let theirs = try identity("/proc/\(shell.pid)/ns/\(kind.procName)")
            try expect((own != theirs) == kinds.contains(kind), "the \(kind.specName) namespace")
        }
        try shell.end()
    },
    Fact("clone-waits-for-the-maps-and-is-root-then") {
        let gate = try Pipe()
        var request = request([.user], borrowsMemory: false)
        request.userMapsWritten = (gate.readEnd.descriptor, gate.writeEnd.descriptor)
        let shell = try ClonedShell(request)
        pause(milliseconds: 50)
        try expectEqual(try statusLine("Name", of: "\(shell.pid)"), "kernel-facts")
        let proc = try ProcFS()
        try proc.write("0 100000 10\n", to: "\(shell.pid)/uid_map")
        try proc.write("0 200000 10\n", to: "\(shell.pid)/gid_map")
        try gate.writeEnd.descriptor.writeAll([1])
        try shell.waitUntilItRuns()
        try expectEqual(try statusLine("Uid", of: "\(shell.pid)"), "100000\t100000\t100000\t100000")
        try expectEqual(try statusLine("Gid", of: "\(shell.pid)"), "200000\t200000\t200000\t200000")
        // Root of its namespace through the exec: the order of maps, setresuid and execveat is what gives it all capabilities.
        let all = String(surveyCapabilities().known.rawValue, radix: 16)
        try expectEqual(try statusLine("CapEff", of: "\(shell.pid)"), String(repeating: "0", count: 16 - all.count) + all)
        try shell.end()
    },
    Fact("clone-ends-when-nobody-writes-its-maps") {
        let gate = try Pipe()
        var request = request([.user], borrowsMemory: false)
        request.userMapsWritten = (gate.readEnd.descriptor, gate.writeEnd.descriptor)
        let shell = try ClonedShell(request)
        // The only end to write is closed, as by the death of the parent.
        _ = gate.keepReadEnd()
        try eventually("the end of the child") { try ProcessStatus(pid: shell.pid)?.hasEnded != false }
        try expectEqual(try shell.wait(), .exited(code: 127))
    },
    Fact("clone-reports-a-failed-exec") {
        for borrows in [true, false] {
            let garbage = try FileDescriptor.inMemory(name: "garbage")
            try garbage.descriptor.writeAll("no program".utf8)
            try garbage.descriptor.changePermissions(0o755)
            let pair = try SocketPair()
            var request = CloneRequest()
            request.borrowsMemory = borrows
            let process = try cloneAndExecute(
                request, executable: garbage.descriptor, socket: pair.second.descriptor, arguments: ["garbage"])
            let status = try process.pidfd.descriptor.waitForExit()
            try expectEqual(status, .exited(code: 127))
            var conversation = InitConversation(pair.keepFirst())
            let reply = try conversation.next()
            guard case .notStarted(let failure) = reply else { throw Broken(description: "\(reply)") }
            try expectEqual(failure.call, "execveat")
            // A file without any format that the kernel knows; one that is open for writing is refused before it is looked at.
            try expect([.ENOEXEC, .ETXTBSY].contains(failure.errno), failure.errno.name)
        }
    },
    Fact("clone-unshares-and-reports-what-it-may-not") {
        let kinds: [NamespaceKind] = [.network, .mount, .ipc, .uts]
        var request = CloneRequest()
        request.unsharedNamespaces = kinds
        let shell = try ClonedShell(request)
        try shell.waitUntilItRuns()
        for kind in NamespaceKind.allCases where kind != .time {
            let own = try identity("/proc/self/ns/\(kind.procName)")
            let theirs = try identity("/proc/\(shell.pid)/ns/\(kind.procName)")
            try expect((own != theirs) == kinds.contains(kind), "the \(kind.specName) namespace")
        }
        try shell.end()
        try setCapabilities(effective: [], permitted: [], inheritable: [])
        let program = try FileDescriptor.workingDirectory.open("/bin/sh", .readOnly)
        let pair = try SocketPair()
        let process = try cloneAndExecute(
            request, executable: program.descriptor, socket: pair.second.descriptor, arguments: ["sh"])
        try expectEqual(try process.pidfd.descriptor.waitForExit(), .exited(code: 127))
        var conversation = InitConversation(pair.keepFirst())
        let reply = try conversation.next()
        guard case .notStarted(let failure) = reply else { throw Broken(description: "\(reply)") }
        try expectEqual("\(failure.call) \(failure.errno.name)", "unshare EPERM")
    },
    Fact("clone-into-a-cgroup") {
        let mount = try unifiedMount()
        let name = "hull-facts-\(currentPID())"
        let parent = try FileDescriptor.workingDirectory.open(mount, [.readOnly, .directory])
        try parent.descriptor.makeDirectory(name, permissions: 0o755)
        do {
            for borrows in [true, false] { try bornIn(mount, name, borrowsMemory: borrows) }
        } catch {
            try removeCgroup(name, parent.descriptor)
            throw error
        }
        try removeCgroup(name, parent.descriptor)
    },
    Fact("clone-into-a-cgroup-that-is-none") {
        let directory = try FileDescriptor.workingDirectory.open("/etc", [.readOnly, .directory])
        var request = request()
        request.cgroup = directory.descriptor
        let whole = request
        try expectErrno(.EBADF, "a directory that is no cgroup") { () throws(KernelError) in _ = try ClonedShell(whole) }
    },
    Fact("init-cannot-be-written-by-its-container") {
        // CVE-2019-5736: through /proc/PID/exe, while it runs and while the handle is still there.
        let executable = try InitExecutable()
        try expectWritesFail(executable.descriptor, "the handle")
        let pair = try SocketPair()
        let process = try cloneAndExecute(
            CloneRequest(), executable: executable.descriptor, socket: pair.second.descriptor,
            arguments: ["hull-init", "\(pair.second.descriptor.number)"])
        // Until its exec it is this very program.
        try eventually("hull-init") { try ProcessStatus(pid: process.pid)?.name != "kernel-facts" }
        let path = "/proc/\(process.pid)/exe"
        for flags in [.writeOnly, .readWrite, [.writeOnly, .append], [.writeOnly, .truncate]] as [OpenFlags] {
            let errno = try errnoOf("opening hull-init for writing") { () throws(KernelError) in
                _ = try FileDescriptor.workingDirectory.open(path, flags)
            }
            try expect([.ETXTBSY, .EROFS].contains(errno), "hull-init opened for writing: \(errno.name)")
        }
        try process.pidfd.descriptor.send(.kill)
        _ = try process.pidfd.descriptor.waitForExit()
    },
    Fact("init-leaves-no-mount-behind") {
        let before = try readFile("/proc/self/mountinfo", limit: 1 << 24)
        do {
            let executable = try InitExecutable()
            try executable.warm()
        } catch {
            throw Broken(description: "\(error)")
        }
        try expect(try readFile("/proc/self/mountinfo", limit: 1 << 24) == before, "another table of mounts")
    },
]

/// A shell in a clone that a request describes. It says on its socket that it runs and waits there for our end of it to close.
///
/// Neither its name nor anything else in /proc proves that it runs: a dynamic program has its name while the loader still opens
/// and maps its libraries. That once showed a descriptor too many.
private struct ClonedShell: ~Copyable {
    let pid: Int32
    let socketNumber: Int32
    private let pidfd: OwnedDescriptor
    private let parentEnd: OwnedDescriptor

    init(_ request: CloneRequest) throws(KernelError) {
        let program = try FileDescriptor.workingDirectory.open("/bin/sh", .readOnly)
        let pair = try SocketPair()
        let childEnd = pair.second.descriptor.number
        // With -p it keeps an effective group that is not its real one. Redirected for good by `exec`: for one command, a shell would keep a copy of what it redirects.
        let script = "exec <&\(childEnd) >&\(childEnd); echo runs; read -r _"
        let process = try cloneAndExecute(
            request, executable: program.descriptor, socket: pair.second.descriptor, arguments: ["sh", "-p", "-c", script])
        pid = process.pid
        socketNumber = childEnd
        pidfd = process.takePidfd()
        parentEnd = pair.keepFirst()
    }

    func waitUntilItRuns() throws {
        var text: [UInt8] = []
        while text.last != 0x0a {
            let bytes = try parentEnd.descriptor.receive(capacity: 100).bytes
            text += bytes
            if bytes.isEmpty { break }
        }
        try expectEqual(String(decoding: text, as: UTF8.self), "runs\n")
    }

    func wait() throws(KernelError) -> ExitStatus? { try pidfd.descriptor.waitForExit() }

    func end() throws(KernelError) {
        try pidfd.descriptor.send(.kill)
        _ = try pidfd.descriptor.waitForExit()
    }
}

private func request(_ namespaces: [NamespaceKind] = [], borrowsMemory: Bool = true) -> CloneRequest {
    var request = CloneRequest()
    request.namespaces = namespaces
    request.borrowsMemory = borrowsMemory
    return request
}

/// A clone is in a cgroup before its first instruction.
private func bornIn(_ mount: String, _ name: String, borrowsMemory: Bool) throws {
    let directory = try FileDescriptor.workingDirectory.open(mount + "/" + name, [.readOnly, .directory])
    var request = request(borrowsMemory: borrowsMemory)
    request.cgroup = directory.descriptor
    let shell = try ClonedShell(request)
    let text = try readText("/proc/\(shell.pid)/cgroup")
    let procs = try readText(mount + "/" + name + "/cgroup.procs")
    let pid = shell.pid
    try shell.end()
    try expect(text.split(separator: "\n").contains { $0.hasPrefix("0::") && $0.hasSuffix("/" + name) }, text)
    try expectEqual(procs, "\(pid)")
}

private func identity(_ path: String) throws(KernelError) -> NamespaceIdentity {
    let file = try FileDescriptor.workingDirectory.open(path, .readOnly)
    return try file.descriptor.namespaceIdentity()
}

private func expectWritesFail(_ descriptor: FileDescriptor, _ what: String) throws {
    let errno = try errnoOf("writing through \(what)") { () throws(KernelError) in
        _ = try FileDescriptor.workingDirectory.open("/proc/self/fd/\(descriptor.number)", .writeOnly)
    }
    try expect([.ETXTBSY, .EROFS].contains(errno), "\(what): \(errno.name)")
}

/// Where cgroup v2 is, alone or in a hybrid.
private func unifiedMount() throws -> String {
    guard let path = ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"].first(where: isUnified) else {
        throw Missing(what: "no cgroup v2 is mounted")
    }
    return path
}

private func isUnified(_ path: String) -> Bool {
    do throws(KernelError) {
        return try FileDescriptor.fileSystemType(ofPath: path) == .cgroup2
    } catch {
        return false
    }
}

private func removeCgroup(_ name: String, _ parent: FileDescriptor) throws {
    try eventually("the removal of the cgroup") {
        do {
            try parent.removeDirectory(name)
            return true
        } catch let error as KernelError {
            if error.errno == .EBUSY { return false }
            throw error
        }
    }
}
