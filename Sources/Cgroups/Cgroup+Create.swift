internal import LinuxKernel
internal import LinuxTypes

extension Cgroup {
    /// Makes all of it. After an error nothing of what was made is left.
    public mutating func create() throws(CgroupError) {
        do throws(CgroupError) {
            try prepareUnified()
            try prepareLegacy()
        } catch {
            // The first error is the one to tell; a directory that cannot be removed now is empty and named by the plan.
            _ = removeOnce()
            throw error
        }
    }

    /// Makes the cgroup in the v2 tree with its limits: all that a process needs to be cloned into it. After an error `remove` takes back what
    /// was made.
    public mutating func prepareUnified() throws(CgroupError) {
        guard let plan, let group = plan.unified else { return }
        let handle = try makeDirectory(for: group)
        // Order: after the directory is made, which keeps others from removing the ones above.
        try enableControllers(group)
        try apply(group.writes, to: handle, directory: group.directory)
        if let program = plan.deviceProgram { try attach(program, to: handle, directory: group.directory) }
    }

    /// Makes the cgroups in the v1 trees with their limits and opens their `tasks`. After an error `remove` takes back what was made.
    public mutating func prepareLegacy() throws(CgroupError) {
        guard let plan else { return }
        for group in plan.legacy {
            let handle = try makeDirectory(for: group)
            let made = members[members.count - 1].directory.made
            if group.hierarchy.controllers.contains(.cpuset) { try inheritCPUSet(group, made: made) }
            try apply(group.writes, to: handle, directory: group.directory)
        }
        try openTasks()
    }

    /// Makes or takes over a directory and appends it to the members.
    private mutating func makeDirectory(for group: Plan.Group) throws(CgroupError) -> FileDescriptor {
        let path = group.directory
        let made = try naming("make cgroup '\(path)'") { () throws(KernelError) in try Self.makeDirectories(group) }
        let version = group.hierarchy.version
        var directory = Location.Directory(
            version: version.rawValue,
            controllers: version == .v2 ? "" : group.hierarchy.controllers.map(\.rawValue).joined(by: ","),
            mountPoint: group.hierarchy.mountPoint, path: group.path.string, made: made, id: 0)
        // Order: recorded before anything else can fail, so that `remove` finds it.
        members.append(Member(directory: directory, handle: nil))
        let handle = try naming("open cgroup '\(path)'") { () throws(KernelError) in
            let handle = try FileDescriptor.workingDirectory.open(path, [.pathOnly, .directory, .noFollow])
            // Something mounted over a part of the tree must not catch what is written.
            guard try handle.descriptor.fileSystemType() == (version == .v2 ? .cgroup2 : .cgroup1) else {
                throw KernelError(call: "fstatfs", errno: .EINVAL, subject: "not a file system of cgroups")
            }
            directory.id = try handle.descriptor.status().inode
            return handle
        }
        let descriptor = handle.descriptor
        handles.append(handle)
        members[members.count - 1] = Member(directory: directory, handle: descriptor)
        if made == 0 {
            do throws(CgroupError) { try refuseIfInUse(members[members.count - 1]) } catch {
                // Order: forgotten before anybody cleans up. What is in it is somebody else's, and not to be killed.
                members.removeLast()
                throw error
            }
        } else if group.path.names.count > made {
            try refuseIfFrozen(members[members.count - 1])
        }
        return descriptor
    }

    /// Makes the directory and those above it that are missing; how many, counted from the end of the path.
    private static func makeDirectories(_ group: Plan.Group) throws(KernelError) -> Int {
        // Another container's removal may take away a parent between two calls; each round starts with one that exists.
        var roundsLeft = 16
        while true {
            do throws(KernelError) {
                try FileDescriptor.workingDirectory.makeDirectory(group.directory, permissions: 0o755)
                return max(1, group.ownParents)
            } catch let error where error.errno == .EEXIST {
                return 0
            } catch let error where error.errno == .ENOENT && roundsLeft > 0 {
                roundsLeft -= 1
            }
            if let made = try makeMissingParents(group) { return made }
        }
    }

    /// From the outermost to the directory itself; nil where one disappeared meanwhile.
    private static func makeMissingParents(_ group: Plan.Group) throws(KernelError) -> Int? {
        var made = 0
        for count in 1...group.path.names.count {
            do throws(KernelError) {
                let path = group.hierarchy.directory(of: group.path.prefix(count))
                try FileDescriptor.workingDirectory.makeDirectory(path, permissions: 0o755)
                made += 1
            } catch let error where error.errno == .EEXIST {
                made = 0
            } catch let error where error.errno == .ENOENT && count > 1 {
                return nil
            }
        }
        return made == 0 ? 0 : max(made, group.ownParents)
    }

    /// A cgroup that was there must be free: nothing in it or below, and not frozen, or the container's first process would never run.
    private func refuseIfInUse(_ member: Member) throws(CgroupError) {
        guard let handle = member.handle else { return }
        let path = member.directory.fullPath
        let (count, type) = try naming("look into cgroup '\(path)'") { () throws(KernelError) in
            (
                try Self.processes(below: handle).count,
                member.isUnified ? try handle.readSettingIfPresent("cgroup.type") ?? "domain" : "domain"
            )
        }
        if count > 0 { throw .unusable(directory: path, reason: "container's cgroup is not empty, \(count) processes are in it") }
        if type.hasPrefix("threaded") || type.hasSuffix("invalid") {
            throw .unusable(directory: path, reason: "a cgroup of type '\(type)' cannot hold a container")
        }
        try refuseIfFrozen(member)
    }

    /// Frozen by itself or from above.
    private func refuseIfFrozen(_ member: Member) throws(CgroupError) {
        let path = member.directory.fullPath
        let isFrozen = try naming("look into cgroup '\(path)'") { () throws(KernelError) in
            if member.isUnified { return try Self.isFrozenFromAbove(member.directory) }
            guard member.directory.has(.freezer), let handle = member.handle else { return false }
            return try handle.readSetting("freezer.state") != "THAWED"
        }
        if isFrozen { throw .unusable(directory: path, reason: "container's cgroup is frozen") }
    }

    /// `cgroup.freeze` of a v2 cgroup and of all above it: an empty cgroup does not say what it has from above.
    private static func isFrozenFromAbove(_ directory: Location.Directory) throws(KernelError) -> Bool {
        var path = directory.path[...]
        while !path.isEmpty {
            let file = directory.mountPoint + String(path) + "/cgroup.freeze"
            if try FileDescriptor.workingDirectory.readSettingIfPresent(file) == "1" { return true }
            guard let slash = path.lastIndex(of: "/") else { return false }
            path = path[..<slash]
        }
        return false
    }
}

extension Plan.Group {
    /// Names at the end of the path that are ours whoever made them: `hull`, which all containers share and the last one removes.
    var ownParents: Int { hierarchy.version == .v2 && path.names.count == 2 && path.names[0] == "hull" ? 2 : 0 }
}
