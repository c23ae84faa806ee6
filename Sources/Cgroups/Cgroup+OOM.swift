public import LinuxKernel

extension Cgroup {
    /// How many processes of it the kernel has killed for want of memory; nil where no memory controller counts, or it is gone.
    /// v2: `oom_kill` of `memory.events.local`; v1: of `memory.oom_control` (Linux 4.13).
    public func oomKills() throws(CgroupError) -> UInt64? {
        guard let member = memoryMember, let handle = member.handle else { return nil }
        return try naming("read the figures of cgroup '\(member.directory.fullPath)'") { () throws(KernelError) in
            try handle.readKey("oom_kill", in: member.isUnified ? "memory.events.local" : "memory.oom_control")
        }
    }

    /// The member with the memory controller; the v2 part is asked last, for it may be without.
    var memoryMember: Member? { legacy(.memory) ?? unified }

    /// A watch for kills for want of memory; nil where no memory controller counts.
    public func watchOOM() throws(CgroupError) -> OOMWatch? {
        guard let member = memoryMember, let handle = member.handle else { return nil }
        let path = member.directory.fullPath
        do throws(KernelError) {
            return member.isUnified ? try OOMWatch(unified: path) : try OOMWatch(legacy: handle)
        } catch let error where error.isGone {
            return nil
        } catch {
            throw .kernel(error, doing: "watch the memory of cgroup '\(path)'")
        }
    }
}

/// Tells when the kernel may have killed for want of memory: the counter says whether it has. Also wakes when the cgroup is removed.
public struct OOMWatch: ~Copyable, Sendable {
    private enum Source: ~Copyable, Sendable {
        case counter(EventCounter)
        case modifications(ModificationWatch)
    }

    private let source: Source

    /// cgroup v2: the kernel reports each change of `memory.events.local` as a modification (`inotify(7)`).
    init(unified directory: String) throws(KernelError) {
        let watch = try ModificationWatch()
        try watch.add(directory + "/memory.events.local")
        source = .modifications(watch)
    }

    /// cgroup v1: an eventfd that is registered with `memory.oom_control`; the registration ends with the eventfd.
    init(legacy handle: FileDescriptor) throws(KernelError) {
        let counter = try EventCounter()
        let control = try handle.open("memory.oom_control", .readOnly)
        try handle.writeSetting("cgroup.event_control", "\(counter.descriptor.number) \(control.number)")
        source = .counter(counter)
    }

    /// Readable when there is something to take.
    public var descriptor: FileDescriptor {
        switch source {
        case .counter(let counter): counter.descriptor
        case .modifications(let watch): watch.descriptor
        }
    }

    /// Takes what woke the reader; whether there was anything.
    public func take() throws(CgroupError) -> Bool {
        do throws(KernelError) {
            switch source {
            case .counter(let counter): return try counter.take() != 0
            case .modifications(let watch): return try watch.take()
            }
        } catch {
            throw .kernel(error, doing: "read events of memory")
        }
    }
}
