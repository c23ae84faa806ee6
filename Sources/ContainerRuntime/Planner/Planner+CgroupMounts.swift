import Cgroups
import InitProtocol
import LinuxTypes
import OCISpec

extension Planner {
    /// "Cgroup ownership" of the specification: on v2, with a cgroup namespace of its own and a writable mount of it, the container's user gets
    /// its cgroup, so that it can make others below.
    mutating func planCgroupOwner() {
        guard plan.birth.cgroup.legacy.isEmpty, plan.birth.createsCgroupNamespace, let user = configuration.process?.user.uid
        else {
            return
        }
        let isWritable = configuration.mounts.contains { mount in
            (mount.type == "cgroup" || mount.type == "cgroup2") && !MountOptions(mount.options).set.contains(.readOnly)
                && ContainerPath(mount.destination)?.normalized == "/sys/fs/cgroup"
        }
        guard isWritable else { return }
        let owner =
            hasUserNamespace ? linux.uidMappings.first { $0.contains(user) }.map { $0.hostID + (user - $0.containerID) } : user
        plan.cgroupOwner = owner == 0 ? nil : owner
    }

    /// `type: cgroup`: on v2 the tree itself, on v1 a tmpfs that holds one mount per hierarchy, as the host has them.
    mutating func planCgroupMount(
        _ mount: Mount, _ destination: ContainerPath, _ options: MountOptions, _ root: inout RootPlan
    ) {
        if plan.birth.cgroup.legacy.isEmpty {
            guard let unified = plan.birth.cgroup.unified else { return }
            root.mounts.append(hierarchyMount(unified, destination, options))
            return
        }
        let attributes = options.set
        let tmpfs = FileSystemPlan(type: "tmpfs", source: "tmpfs", parameters: ["mode=755"])
        root.mounts.append(
            MountPlan(destination: destination, source: .filesystem(tmpfs), set: attributes.subtracting(.readOnly)))
        // As everywhere else the unified part of a hybrid is not among them: it has no controllers to show.
        for group in plan.birth.cgroup.legacy {
            guard let name = group.hierarchy.mountPoint.split(separator: "/").last,
                let place = ContainerPath(destination.string + "/" + String(name))
            else { continue }
            root.mounts.append(hierarchyMount(group, place, options))
        }
        if !options.propagation.isEmpty {
            root.mounts.append(MountPlan(destination: destination, source: .existing, propagation: options.propagation))
        }
    }

    /// In a cgroup namespace of its own the container sees its cgroup as the root, by a new mount or by a bind of it.
    private func hierarchyMount(_ group: Plan.Group, _ place: ContainerPath, _ options: MountOptions) -> MountPlan {
        let isUnified = group.hierarchy.version == .v2
        let parameters = isUnified ? [] : group.hierarchy.controllers.map(\.rawValue)
        let named = parameters.contains { $0.hasPrefix("name=") } ? ["none"] : []
        // A hierarchy with a name is mounted from that name, whatever the host calls the source of its mount.
        if linux.namespace(.cgroup) != nil, isUnified || !named.isEmpty || !isShownByBinding {
            let source = FileSystemPlan(
                type: isUnified ? "cgroup2" : "cgroup",
                source: isUnified ? "cgroup2" : named.isEmpty ? "cgroup" : String(parameters[0].dropFirst("name=".utf8.count)),
                parameters: named + parameters)
            return MountPlan(destination: place, source: .filesystem(source), set: options.set, propagation: options.propagation)
        }
        let path = plan.birth.cgroup.legacy.isEmpty ? group.hierarchy.mountPoint : group.directory
        guard let directory = HostPath(path) else { return MountPlan(destination: place, source: .existing) }
        // In its own namespace it looks like the new mount that it stands for: what the host's has beside is taken off.
        let clear = plan.birth.createsCgroupNamespace ? Self.plainAttributes.subtracting(options.set) : []
        return MountPlan(
            destination: place, source: .bind(BindPlan(path: directory, isRecursive: false)), set: options.set, clear: clear,
            propagation: options.propagation)
    }

    private static let plainAttributes: MountAttributes = [.readOnly, .noSetuid, .noDevices, .noExecute]

    /// Whether a cgroup v1 is bound even where the container has a cgroup namespace of its own. A new mount there is a new super block of its kind;
    /// to make one the kernel looks at all that exist, which a thousand containers feel, and making and ending ten of them takes a start
    /// longer than binding. But by a bind who has `CAP_SYS_ADMIN` reaches the host's super block: `mount -o remount,ro` would stop everybody's cgroups.
    private var isShownByBinding: Bool {
        plan.birth.createsCgroupNamespace && !hasUserNamespace && !plan.`init`.process.capabilities.bounding.contains(.sysAdmin)
    }
}

extension IDMapping {
    /// Whether an id inside the namespace has one outside.
    fileprivate func contains(_ id: UInt32) -> Bool { id >= containerID && id - containerID < size }
}
