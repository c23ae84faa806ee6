public import LinuxKernel

/// The cgroups of one container, one in each hierarchy, alive in the kernel. It owns descriptors, not the cgroups: they stay until `remove`.
///
/// To make one: `prepareUnified`, then clone into `intoDescriptor`, then `prepareLegacy` while the child starts, then hand it
/// `taskDescriptors`. `create` does both halves at once. To find one again: `init(reopening:)`.
public struct Cgroup: ~Copyable, Sendable {
    /// One directory with an open handle; nil where it is gone, and where nothing proves it ours.
    struct Member: Sendable {
        var directory: Location.Directory
        var handle: FileDescriptor?
        /// Recorded before it was made, and there: by its maker, who was killed then, or by somebody else under the same name since. It is removed
        /// where it is empty and never looked into. What its maker may have put there, an init without a plan, ends with the maker.
        var isUnproved = false

        var isUnified: Bool { directory.version == 2 }
    }

    /// nil for one that was reopened.
    let plan: Plan?
    var members: [Member] = []
    /// Owns the members' handles.
    var handles = DescriptorList()
    var tasks = DescriptorList()

    /// A cgroup that is to be made.
    public init(_ plan: Plan) { self.plan = plan }

    /// Where it is: what another process needs to reopen it. Complete as far as it has been made.
    public var location: Location { Location(directories: members.map(\.directory)) }

    /// The v2 directory for `CLONE_INTO_CGROUP`; nil where the host has no v2 tree. Ours: it closes with this value.
    public var intoDescriptor: FileDescriptor? { unified?.handle }

    /// The open `tasks` files of the v1 hierarchies, writable: the process that is to enter writes `0` to each. Ours, as above; empty before
    /// `prepareLegacy` or `openTasks`.
    public var taskDescriptors: [FileDescriptor] { tasks.descriptors }

    var unified: Member? { members.first { $0.isUnified } }

    /// The v1 member with a controller.
    func legacy(_ controller: Controller) -> Member? { members.first { !$0.isUnified && $0.directory.has(controller) } }

    /// The member by which processes are counted: all hierarchies have the same ones.
    var census: Member? {
        if let unified, unified.handle != nil { return unified }
        let controllers: [Controller] = [.freezer, .pids, Controller(rawValue: "name=systemd")]
        for controller in controllers {
            if let member = legacy(controller), member.handle != nil { return member }
        }
        return members.first { $0.handle != nil }
    }

    /// Whether nothing of it exists any more.
    public var isGone: Bool { members.allSatisfy { $0.handle == nil && !$0.isUnproved } }
}

extension Cgroup {
    /// A cgroup that was made earlier. What no longer exists, or exists under another id, counts as gone. What was recorded without an id is only
    /// ever removed, and only where it is empty.
    public init(reopening location: Location) throws(CgroupError) {
        plan = nil
        for directory in location.directories {
            let handle = try Self.reopen(directory)
            if directory.id == 0 {
                let isThere = handle != nil
                if let handle { _ = OwnedDescriptor(owning: handle) }
                members.append(Member(directory: directory, handle: nil, isUnproved: isThere))
                continue
            }
            if let handle { handles.append(OwnedDescriptor(owning: handle)) }
            members.append(Member(directory: directory, handle: handle))
        }
    }

    private static func reopen(_ directory: Location.Directory) throws(CgroupError) -> FileDescriptor? {
        let path = directory.fullPath
        do throws(CgroupPath.Flaw) {
            let names = try CgroupPath(directory.path).names
            guard directory.made >= 0, directory.made <= names.count, !names.isEmpty else {
                throw CgroupPath.Flaw(description: "\(directory.made) of \(names.count) directories made")
            }
        } catch {
            throw .unusable(directory: path, reason: "malformed location, " + error.description)
        }
        return try naming("open cgroup '\(path)'") { () throws(KernelError) in
            let handle: OwnedDescriptor
            do throws(KernelError) {
                handle = try FileDescriptor.workingDirectory.open(path, [.pathOnly, .directory, .noFollow])
            } catch let error where error.isGone {
                return nil
            }
            let type: FileSystemType = directory.version == 2 ? .cgroup2 : .cgroup1
            guard try handle.descriptor.fileSystemType() == type else { return nil }
            if directory.id != 0 {
                guard try handle.descriptor.status().inode == directory.id else { return nil }
            }
            return handle.release()
        }
    }

    /// Opens the `tasks` files of all v1 hierarchies, for a process that is to enter.
    public mutating func openTasks() throws(CgroupError) {
        for member in members where !member.isUnified {
            guard let handle = member.handle else {
                throw .unusable(directory: member.directory.fullPath, reason: "the cgroup is gone")
            }
            tasks.append(
                try naming("enter cgroup '\(member.directory.fullPath)'") { () throws(KernelError) in
                    try handle.open("tasks", .writeOnly)
                })
        }
    }
}
