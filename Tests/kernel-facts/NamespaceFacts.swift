import LinuxKernel
import LinuxTypes

let namespaceFacts = [
    Fact("namespace-kind-is-proved") {
        for kind in NamespaceKind.allCases {
            let path = "/proc/self/ns/\(kind.procName)"
            if kind == .time, !exists(path) { continue }
            _ = try NamespaceHandle(path: path, kind: kind)
            for other in NamespaceKind.allCases where other != kind {
                do throws(KernelError) {
                    _ = try NamespaceHandle(path: path, kind: other)
                    throw KernelError(call: "", errno: .EINVAL, subject: "no error")
                } catch {
                    try expectEqual(error.errno, .EINVAL)
                    try expectEqual(error.subject, "\(path) is a \(kind.specName) namespace, not a \(other.specName) one")
                }
            }
        }
    },
    Fact("namespace-that-is-none") {
        try mountScratchOnMnt()
        let mnt = try FileDescriptor.workingDirectory.open("/mnt", [.readOnly, .directory])
        try mnt.descriptor.makeNode("fifo", type: .fifo, permissions: 0o600, device: DeviceNumber(major: 0, minor: 0))
        _ = try mnt.descriptor.open("file", [.writeOnly, .create])
        for path in ["/mnt/fifo", "/mnt/file", "/mnt", "/dev/null", "/proc/self/status"] {
            try expectErrno(.ENOTTY, path) { () throws(KernelError) in _ = try NamespaceHandle(path: path, kind: .network) }
        }
        try expectErrno(.ENOENT, "nothing") { () throws(KernelError) in
            _ = try NamespaceHandle(path: "/mnt/nothing", kind: .network)
        }
    },
    Fact("namespace-is-left-and-joined-again") {
        let before = try NamespaceHandle(path: "/proc/self/ns/uts", kind: .uts)
        let identity = try before.descriptor.namespaceIdentity()
        let hostname = try readText("/proc/sys/kernel/hostname")
        try unshare([.uts])
        try setHostname("hull-facts")
        try setDomainname("facts.example")
        try expectEqual(try readText("/proc/sys/kernel/hostname"), "hull-facts")
        let other = try NamespaceHandle(path: "/proc/self/ns/uts", kind: .uts)
        try expect(try other.descriptor.namespaceIdentity() != identity, "the same namespace")
        try before.descriptor.enterNamespace(.uts)
        try expectEqual(try readText("/proc/sys/kernel/hostname"), hostname)
        try expectErrno(.EINVAL, "joining as another kind") { () throws(KernelError) in
            try other.descriptor.enterNamespace(.network)
        }
    },
    Fact("mount-namespace-numbers-rise-on-a-processor") {
        let processors = try ProcessorSet.own()
        for number in processors.numbers {
            try processors.only(number).use()
            try expectEqual(try ProcessorSet.own().numbers, [number])
            try unshare([.mount])
            guard let before = try mountNamespaceNumber() else { break }
            try unshare([.mount])
            guard let after = try mountNamespaceNumber() else {
                throw KernelError(call: "ioctl", errno: .ENOTTY, subject: "the second time")
            }
            try expect(after > before, "\(before) and then \(after)")
        }
        try processors.use()
        try expectEqual(try ProcessorSet.own(), processors)
    },
    Fact("namespace-knows-its-owner") {
        let own = try userNamespace()
        let network = try NamespaceHandle(path: "/proc/self/ns/net", kind: .network)
        let networkOwner = try network.descriptor.owningUserNamespace()
        try expectEqual(try networkOwner.descriptor.namespaceIdentity(), own)
        let child = try Child {
            try unshare([.user, .uts])
            let uts = try NamespaceHandle(path: "/proc/self/ns/uts", kind: .uts)
            let handle = try uts.descriptor.owningUserNamespace()
            let owner = try handle.descriptor.namespaceIdentity()
            guard try owner == userNamespace(), owner != own else { return 1 }
            let outer = try NamespaceHandle(path: "/proc/self/ns/net", kind: .network)
            let descriptor = outer.descriptor
            try expectErrno(.EPERM, "an owner out of sight") { () throws(KernelError) in _ = try descriptor.owningUserNamespace()
            }
            return 0
        }
        try expectEqual(try child.end(), .exited(code: 0))
    },
    Fact("namespace-pid-holds-for-children") {
        try unshare([.pid])
        let child = try Child { currentPID() == 1 ? 0 : 1 }
        try expectEqual(try child.end(), .exited(code: 0))
    },
    Fact("time-offsets") {
        guard exists("/proc/self/ns/time") else { throw Missing(what: "the kernel has no time namespaces") }
        try unshare([.time])
        let proc = try ProcFS()
        let file = "\(try proc.selfPID())/timens_offsets"
        try expectErrno(.EINVAL, "a clock that cannot be moved") { () throws(KernelError) in
            try proc.write("realtime 5 0\n", to: file)
        }
        try proc.write("monotonic 1000000 500\nboottime 7 0\n", to: file)
        let here = monotonicMicroseconds()
        let child = try Child {
            let there = monotonicMicroseconds() - 1_000_000_000_000
            return there >= here && there < here + 60_000_000 ? 0 : 1
        }
        try expectEqual(try child.end(), .exited(code: 0))
        // Order: before the first process inside. This is why the first stage writes them.
        try expectErrno(.EACCES, "offsets of a namespace that has a process") { () throws(KernelError) in
            try proc.write("monotonic 5 0\n", to: file)
        }
    },
]

private func mountNamespaceNumber() throws(KernelError) -> UInt64? {
    let own = try FileDescriptor.workingDirectory.open("/proc/self/ns/mnt", .readOnly)
    return try own.descriptor.mountNamespaceNumber()
}

private func userNamespace() throws(KernelError) -> NamespaceIdentity {
    let handle = try NamespaceHandle(path: "/proc/self/ns/user", kind: .user)
    return try handle.descriptor.namespaceIdentity()
}

private func exists(_ path: String) -> Bool {
    do throws(KernelError) {
        _ = try FileDescriptor.workingDirectory.statusFollowing(path)
        return true
    } catch {
        return false
    }
}
