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
