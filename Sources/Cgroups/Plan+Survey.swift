internal import LinuxKernel
internal import LinuxTypes

extension Plan {
    /// What `create` is going to make, to be recorded before it does: a directory counts as made where it does not exist now. The ids are not
    /// known yet, hence 0. For recovery after a crash in between; the live `Cgroup`'s own location replaces it.
    public func survey() throws(CgroupError) -> Location {
        var directories: [Location.Directory] = []
        for group in groups {
            var existing = group.path
            while !existing.isRoot, !(try Self.exists(group.hierarchy.directory(of: existing))) { existing = existing.parent }
            let made = group.path.names.count - existing.names.count
            directories.append(
                Location.Directory(
                    version: group.hierarchy.version.rawValue,
                    controllers: group.hierarchy.version == .v2
                        ? "" : group.hierarchy.controllers.map(\.rawValue).joined(by: ","),
                    mountPoint: group.hierarchy.mountPoint, path: group.path.string,
                    made: made == 0 ? 0 : max(made, group.ownParents), id: 0))
        }
        return Location(directories: directories)
    }

    /// The plan for a cgroup of this path on this machine, without any limit.
    public static func ofHost(at cgroupsPath: String) throws(CgroupError) -> Plan {
        let name = cgroupsPath.split(separator: "/").last.map(String.init) ?? cgroupsPath
        return try Plan(layout: try Layout.ofHost(), cgroupsPath: cgroupsPath, id: name, resources: nil)
    }

    /// The same without the hierarchies of v1 in which the caller is at the top and that have none of these controllers: who stays at the top there holds
    /// nobody's cgroup, and is in nobody's way.
    public func leavingOut(except controllers: [Controller]) -> Plan {
        var plan = self
        plan.legacy = legacy.filter { group in
            !group.hierarchy.own.isRoot || group.hierarchy.controllers.contains { controllers.contains($0) }
        }
        return plan
    }

    /// Where cgroups of these names are now, all of them taken to be ours: for a name that nobody else can have, as one with a uid in it. The ones above go
    /// with the last that is in them.
    public func present() throws(CgroupError) -> Location {
        var directories: [Location.Directory] = []
        for group in groups {
            let path = group.directory
            let inode = try naming("look for cgroup '\(path)'") { () throws(KernelError) -> UInt64? in
                do throws(KernelError) { return try FileDescriptor.workingDirectory.status(of: path).inode } catch {
                    if error.isGone { return nil }
                    throw error
                }
            }
            guard let inode else { continue }
            let version = group.hierarchy.version
            directories.append(
                Location.Directory(
                    version: version.rawValue,
                    controllers: version == .v2 ? "" : group.hierarchy.controllers.map(\.rawValue).joined(by: ","),
                    mountPoint: group.hierarchy.mountPoint, path: group.path.string, made: group.path.names.count, id: inode))
        }
        return Location(directories: directories)
    }

    private static func exists(_ path: String) throws(CgroupError) -> Bool {
        try naming("look for cgroup '\(path)'") { () throws(KernelError) in
            do throws(KernelError) {
                _ = try FileDescriptor.workingDirectory.status(of: path)
                return true
            } catch let error where error.isGone {
                return false
            }
        }
    }
}
