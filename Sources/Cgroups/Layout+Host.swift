internal import LinuxKernel
internal import LinuxTypes

extension Layout {
    /// The layout of this host as the caller sees it. The usual mount points are tried first and proved by their file system type:
    /// `/proc/self/mountinfo`, long on a host with many mounts, is read only where a controller that we set is mounted elsewhere.
    public static func ofHost() throws(CgroupError) -> Layout {
        do throws(KernelError) {
            let memberships = Membership.parse(try readText("/proc/self/cgroup", limit: 1 << 16))
            if let layout = try guess(memberships) { return layout }
            let mounts = CgroupMount.parse(try readText("/proc/self/mountinfo", limit: 1 << 24))
            let unifiedMount = Layout(memberships: memberships, mounts: mounts, unifiedControllers: []).unified?.mountPoint
            return Layout(
                memberships: memberships, mounts: mounts,
                unifiedControllers: try unifiedMount.map { point throws(KernelError) in try availableControllers(at: point) }
                    ?? [],
                isWritable: { FileDescriptor.workingDirectory.mayWrite($0) })
        } catch {
            throw .kernel(error, doing: "find the cgroups of this host")
        }
    }

    /// The layout by the usual mount points, or nil where they do not explain what the caller is a member of.
    private static func guess(_ memberships: [Membership]) throws(KernelError) -> Layout? {
        let top = usualMountPoint
        var unified: Hierarchy?
        var legacy: [Hierarchy] = []
        let isPure = type(of: top) == .cgroup2
        for membership in memberships {
            if membership.isUnified {
                let point = isPure ? top : top + "/unified"
                guard isPure || type(of: point) == .cgroup2 else { continue }
                guard let own = try visible(membership, below: point) else { return nil }
                unified = Hierarchy(
                    version: .v2, controllers: try availableControllers(at: point), mountPoint: point, own: own,
                    isWritable: FileDescriptor.workingDirectory.mayWrite(point))
            } else {
                guard let point = usualPlace(of: membership.controllers, below: top) else {
                    if isPure || !membership.controllers.contains(where: settable.contains) { continue }
                    return nil
                }
                guard let own = try visible(membership, below: point) else { return nil }
                legacy.append(Hierarchy(version: .v1, controllers: membership.controllers, mountPoint: point, own: own))
            }
        }
        return unified == nil && legacy.isEmpty ? nil : Layout(unified: unified, legacy: legacy)
    }

    /// Controllers without which a limit could not be set: for these it is worth reading `mountinfo`.
    private static let settable: [Controller] = [.cpu, .cpuset, .memory, .pids, .blkio, .devices, .freezer]

    /// `cpu,cpuacct` or, where there is a link only, `cpu`; `name=systemd` is `systemd`.
    private static func usualPlace(of controllers: [Controller], below top: String) -> String? {
        guard let first = controllers.first else { return nil }
        let joined = controllers.map(\.rawValue).joined(by: ",")
        let name = first.isName ? String(first.rawValue.dropFirst(5)) : joined
        let point = top + "/" + name
        if type(of: point) == .cgroup1 { return point }
        guard controllers.count > 1, type(of: top + "/" + first.rawValue) == .cgroup1 else { return nil }
        return top + "/" + first.rawValue
    }

    /// Where the caller is below a mount of the whole tree. nil where its directory is not to be seen there: the mount shows a part only.
    private static func visible(_ membership: Membership, below point: String) throws(KernelError) -> CgroupPath? {
        if membership.path == "/" { return .root }
        guard let path = membership.path(belowMountRoot: "/") else { return nil }
        do throws(KernelError) {
            _ = try FileDescriptor.workingDirectory.status(of: point + path.string)
            return path
        } catch let error where error.errno == .ENOENT {
            return nil
        }
    }

    /// nil for a path that is not there.
    private static func type(of path: String) -> FileSystemType? {
        do throws(KernelError) { return try FileDescriptor.fileSystemType(ofPath: path) } catch { return nil }
    }

    /// `cgroup.controllers` at the mount of the v2 tree.
    private static func availableControllers(at point: String) throws(KernelError) -> [Controller] {
        try readText(point + "/cgroup.controllers", limit: 4096).split(separator: " ").map { Controller(rawValue: String($0)) }
    }
}
