internal import LinuxTypes
internal import OCISpec
internal import PodSpec

extension ContainerLowering {
    /// The usual file systems, the pod's own files, then the manifest's volumes: outer ones before those inside them.
    func mounts() throws(PodError) -> [Mount] {
        var mounts = Self.fileSystems(privileged: container.securityContext.privileged)
        mounts.append(bind(facts.sandbox.appending("shm"), "/dev/shm", ["nosuid", "nodev", "noexec"]))
        let wanted = Set(container.volumeMounts.map(\.mountPath.normalized))
        for name in ["hosts", "hostname", "resolv.conf"] where !wanted.contains("/etc/" + name) {
            mounts.append(
                bind(
                    facts.sandbox.appending("etc/" + name), "/etc/" + name,
                    container.securityContext.readOnlyRootFilesystem ? ["ro"] : []))
        }
        mounts.append(bind(facts.terminationMessage, container.terminationMessagePath.string, []))
        mounts += try volumes()
        // By depth, and among equals in this order, so that no volume hides what lies below it: the index makes the sort stable.
        return mounts.enumerated().sorted { (Self.depth($0.element), $0.offset) < (Self.depth($1.element), $1.offset) }.map(
            \.element)
    }

    private func volumes() throws(PodError) -> [Mount] {
        var mounts: [Mount] = []
        for (ordinal, mount) in container.volumeMounts.enumerated() {
            guard let source = facts.parts[ordinal] ?? facts.volumes[mount.name] else {
                throw PodError(
                    .invalid, "container '\(container.name)': the pod has no volume '\(mount.name)'",
                    hint: "name it in spec.volumes")
            }
            let isReadOnly = mount.readOnly || facts.readOnlyVolumes.contains(mount.name)
            var options = (isReadOnly ? ["ro"] : []) + (mount.isRecursivelyReadOnly ? ["rro"] : [])
            if pod.spec.tuning.noExecVolumes.contains(mount.name) { options += ["noexec", "nosuid", "nodev"] }
            var bound = bind(source, mount.mountPath.string, options, recursive: true, passing: mount.propagation)
            if facts.users != nil, facts.mappedVolumes.contains(mount.name) {
                (bound.uidMappings, bound.gidMappings) = ([], [])
                bound.options.removeAll { $0 == "ridmap" }
            }
            mounts.append(bound)
        }
        return mounts
    }

    private static func depth(_ mount: Mount) -> Int {
        guard let path = ContainerPath(mount.destination)?.normalized else { return 0 }
        return path.utf8.split(separator: UInt8(ascii: "/")).count
    }

    private func bind(
        _ source: HostPath, _ destination: String, _ options: [String], recursive: Bool = false, passing: MountPassing = .none
    ) -> Mount {
        let propagation =
            switch passing {
            case .none: "rprivate"
            case .hostToContainer: "rslave"
            case .bidirectional: "rshared"
            }
        let mappings = facts.users?.mappings ?? []
        let mapping = mappings.isEmpty || !recursive ? [] : ["ridmap"]
        return Mount(
            destination: destination, type: "bind", source: source.string,
            options: [recursive ? "rbind" : "bind", propagation] + options + mapping, uidMappings: mappings, gidMappings: mappings
        )
    }

    private static func fileSystems(privileged: Bool) -> [Mount] {
        let quiet = ["nosuid", "noexec", "nodev"]
        let access = privileged ? "rw" : "ro"
        return [
            Mount(destination: "/proc", type: "proc", source: "proc", options: quiet),
            Mount(
                destination: "/dev", type: "tmpfs", source: "tmpfs",
                options: ["nosuid", "strictatime", "mode=755", "size=65536k"]),
            Mount(
                destination: "/dev/pts", type: "devpts", source: "devpts",
                options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]),
            Mount(destination: "/dev/mqueue", type: "mqueue", source: "mqueue", options: quiet),
            Mount(destination: "/sys", type: "sysfs", source: "sysfs", options: quiet + [access]),
            Mount(destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: quiet + ["relatime", access]),
        ]
    }
}
