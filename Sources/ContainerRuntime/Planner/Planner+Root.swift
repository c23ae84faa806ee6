import Cgroups
import InitProtocol
import LinuxTypes
import OCISpec

extension Planner {
    mutating func planRoot() throws(RuntimeError) {
        // Refused also where nothing is mounted that could have it.
        _ = try labelled([], of: "tmpfs")
        var root = RootPlan(path: plan.birth.rootfs)
        if hasMountNamespace {
            root.change = options.noPivot ? .move : .pivot
        } else {
            try refuseMountsOnTheHost()
            root.change = .chroot
        }
        if let propagation = linux.rootfsPropagation {
            // Only a copy that is itself shared can share what is bound from it.
            if propagation.kind == .shared { root.hostPropagation = .shared }
            root.propagation = propagation.kind
            root.propagationIsRecursive = propagation.isRecursive
        }
        root.isReadOnly = configuration.root?.readonly ?? false
        for (index, mount) in configuration.mounts.enumerated() {
            try planMount(mount, "/mounts/\(index)", &root)
        }
        if hasMountNamespace { try planDevices(&root) }
        root.maskedPaths = try Self.paths(linux.maskedPaths, "/linux/maskedPaths")
        root.readonlyPaths = try Self.paths(linux.readonlyPaths, "/linux/readonlyPaths")
        for index in root.maskedPaths.indices { plan.origins[.init(.mask, index)] = "/linux/maskedPaths/\(index)" }
        for index in root.readonlyPaths.indices { plan.origins[.init(.readonlyPath, index)] = "/linux/readonlyPaths/\(index)" }
        plan.`init`.root = root
    }

    /// Without a mount namespace every mount would be the host's own and outlive the container.
    private func refuseMountsOnTheHost() throws(RuntimeError) {
        let needs = "needs a mount namespace, it would change the host's mounts otherwise"
        if !configuration.mounts.isEmpty { throw .refused("/mounts", needs) }
        if configuration.root?.readonly == true { throw .refused("/root/readonly", needs) }
        if !linux.maskedPaths.isEmpty { throw .refused("/linux/maskedPaths", needs) }
        if !linux.readonlyPaths.isEmpty { throw .refused("/linux/readonlyPaths", needs) }
        if linux.rootfsPropagation != nil { throw .refused("/linux/rootfsPropagation", needs) }
    }

    private static func paths(_ list: [String], _ pointer: String) throws(RuntimeError) -> [ContainerPath] {
        var paths: [ContainerPath] = []
        for (index, text) in list.enumerated() {
            guard let path = ContainerPath(text), text.utf8.first == UInt8(ascii: "/") else {
                throw .refused("\(pointer)/\(index)", "'\(text)' is not an absolute path")
            }
            paths.append(path)
        }
        return paths
    }

    private mutating func planMount(_ mount: Mount, _ pointer: String, _ root: inout RootPlan) throws(RuntimeError) {
        let options = MountOptions(mount.options)
        if let unsupported = options.unsupported {
            throw .refused(pointer + "/options", "'\(unsupported)' is not supported yet")
        }
        if options.copiesUp, options.isBind || options.isRemount || mount.type != "tmpfs" {
            throw .refused(pointer + "/options", "'tmpcopyup' is for a new tmpfs")
        }
        guard let destination = ContainerPath(mount.destination) else {
            throw .refused(pointer + "/destination", "has a NUL byte")
        }
        // It would lie over the root that the container is already in, and nobody would see it.
        if !options.isRemount, destination.normalized == "/" {
            throw .refused(pointer + "/destination", "is the root itself, which /root/path names")
        }
        let first = root.mounts.count
        if options.isBind || mount.type == "bind" {
            if let maps = try ownerMaps(mount, options, pointer) { plan.ownerMaps[first] = maps }
            root.mounts.append(try bind(mount, destination, options, pointer))
        } else if options.mapsOwners || !mount.uidMappings.isEmpty {
            throw .refused(
                pointer + "/uidMappings", "are for a bind: what is mounted new belongs to the container's user namespace")
        } else if options.isRemount {
            guard options.data.isEmpty, options.superblock.isEmpty else {
                throw .refused(
                    pointer + "/options",
                    "a remount changes the mount, not its file system: '\((options.data + options.superblock)[0])'")
            }
            root.mounts.append(attributes(MountPlan(destination: destination, source: .existing), options))
        } else if mount.type == "cgroup" || mount.type == "cgroup2" {
            planCgroupMount(mount, destination, options, &root)
        } else {
            root.mounts.append(try fileSystem(mount, destination, options, pointer))
        }
        for index in first..<root.mounts.count { plan.origins[.init(.mount, index)] = pointer }
    }

    private func bind(
        _ mount: Mount, _ destination: ContainerPath, _ options: MountOptions, _ pointer: String
    ) throws(RuntimeError) -> MountPlan {
        guard let text = mount.source, let source = Self.resolve(text, in: bundle) else {
            throw .refused(pointer + "/source", "is missing, and a bind needs one")
        }
        if let data = (options.data + options.superblock).first {
            throw .refused(pointer + "/options", "'\(data)' means nothing for a bind")
        }
        let bind = BindPlan(path: source, isRecursive: options.isRecursive)
        return attributes(MountPlan(destination: destination, source: .bind(bind)), options)
    }

    /// Mappings of the mount itself, or with an option alone those of the container's user namespace.
    private func ownerMaps(_ mount: Mount, _ options: MountOptions, _ pointer: String) throws(RuntimeError) -> OwnerMaps? {
        guard options.mapsOwners || !mount.uidMappings.isEmpty else { return nil }
        guard linux.namespace(.mount)?.path == nil else {
            throw .refused(pointer, "to map owners needs a mount namespace of the container's own")
        }
        guard !mount.uidMappings.isEmpty else {
            guard hasUserNamespace else { throw .refused(pointer + "/options", "'idmap' needs mappings, or a user namespace") }
            return OwnerMaps(maps: nil, isRecursive: options.mapsOwnersBelow)
        }
        let maps = UserMaps(
            uids: try BirthPlan.map(mount.uidMappings, pointer + "/uidMappings"),
            gids: try BirthPlan.map(mount.gidMappings, pointer + "/gidMappings"))
        return OwnerMaps(maps: maps, isRecursive: options.mapsOwnersBelow)
    }

    private func attributes(_ mount: MountPlan, _ options: MountOptions) -> MountPlan {
        var copy = mount
        copy.set = options.set
        copy.clear = options.clearOnBind
        copy.setBelow = options.setBelow
        copy.clearBelow = options.clearBelow
        copy.propagation = options.propagation
        return copy
    }

    private func fileSystem(
        _ mount: Mount, _ destination: ContainerPath, _ options: MountOptions, _ pointer: String
    ) throws(RuntimeError) -> MountPlan {
        guard let type = mount.type, !type.isEmpty else {
            throw .refused(pointer + "/type", "is missing, and this is no bind")
        }
        if type == "sysfs", cannotMountSysfs { return hostSysfs(destination, options) }
        let source = mount.source.flatMap { $0.isEmpty ? nil : $0 } ?? type
        var parameters = try labelled(options.superblock + options.data, of: type)
        // What is copied into is made read-only afterwards, and only the mount.
        if options.set.contains(.readOnly), !options.copiesUp { parameters.append("ro") }
        let plan = FileSystemPlan(type: type, source: source, parameters: parameters, copiesUp: options.copiesUp)
        var copy = attributes(MountPlan(destination: destination, source: .filesystem(plan)), options)
        copy.clear = []
        return copy
    }

    /// A new sysfs shows a network namespace, and only who owns that may mount it.
    private var cannotMountSysfs: Bool {
        guard linux.namespace(.user) != nil else { return false }
        guard let network = linux.namespace(.network) else { return true }
        return network.path != nil && !facts.joinedUserOwnsNetwork
    }

    private func hostSysfs(_ destination: ContainerPath, _ options: MountOptions) -> MountPlan {
        guard let sys = HostPath("/sys") else { return MountPlan(destination: destination, source: .existing) }
        return attributes(MountPlan(destination: destination, source: .bind(BindPlan(path: sys, isRecursive: true))), options)
    }
}
