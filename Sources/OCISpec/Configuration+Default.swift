import LinuxTypes

extension Configuration {
    /// What `spec` writes: a shell with the usual mounts, few capabilities and a read-only root, as users of runc expect it.
    ///
    /// - Parameters:
    ///   - rootless: maps the container's root to `uid` and `gid`, keeps the host's network, and asks for no devices rule.
    ///   - unifiedCgroups: the host has cgroup v2 alone, where a cgroup namespace is the rule.
    public static func `default`(
        rootless: Bool = false, uid: UInt32 = 0, gid: UInt32 = 0, unifiedCgroups: Bool = false
    ) -> Configuration {
        Configuration(
            process: defaultProcess, root: Root(path: "rootfs", readonly: true), hostname: "hull",
            mounts: defaultMounts(rootless: rootless),
            linux: Linux(
                namespaces: defaultNamespaces(rootless: rootless, unifiedCgroups: unifiedCgroups),
                uidMappings: rootless ? [IDMapping(containerID: 0, hostID: uid, size: 1)] : [],
                gidMappings: rootless ? [IDMapping(containerID: 0, hostID: gid, size: 1)] : [],
                resources: rootless ? nil : Resources(devices: [.init(allow: false, access: .all)]),
                maskedPaths: defaultMaskedPaths, readonlyPaths: defaultReadonlyPaths))
    }

    private static var defaultProcess: Process {
        // Inheritable and ambient stay empty: they would survive a change to another user.
        let names = ["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"]
        return Process(
            terminal: true, args: ["sh"],
            env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"], cwd: "/",
            capabilities: Capabilities(bounding: names, effective: names, permitted: names),
            rlimits: [ResourceLimit(type: .nofile, soft: 1024, hard: 1024)], noNewPrivileges: true)
    }

    private static func defaultNamespaces(rootless: Bool, unifiedCgroups: Bool) -> [Namespace] {
        var kinds: [NamespaceKind] = [.pid, .network, .ipc, .uts, .mount]
        if rootless {
            kinds.removeAll { $0 == .network }
            kinds.append(.user)
        }
        if unifiedCgroups { kinds.append(.cgroup) }
        return kinds.map { Namespace(type: $0) }
    }

    private static func defaultMounts(rootless: Bool) -> [Mount] {
        let quiet = ["nosuid", "noexec", "nodev"]
        // Group 5 (tty) is not mapped in a rootless container.
        let terminals = ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"] + (rootless ? [] : ["gid=5"])
        // A new sysfs needs a network namespace of one's own.
        let sys =
            rootless
            ? Mount(destination: "/sys", type: "none", source: "/sys", options: ["rbind"] + quiet + ["ro"])
            : Mount(destination: "/sys", type: "sysfs", source: "sysfs", options: quiet + ["ro"])
        return [
            Mount(destination: "/proc", type: "proc", source: "proc"),
            Mount(
                destination: "/dev", type: "tmpfs", source: "tmpfs",
                options: ["nosuid", "strictatime", "mode=755", "size=65536k"]),
            Mount(destination: "/dev/pts", type: "devpts", source: "devpts", options: terminals),
            Mount(destination: "/dev/shm", type: "tmpfs", source: "shm", options: quiet + ["mode=1777", "size=65536k"]),
            Mount(destination: "/dev/mqueue", type: "mqueue", source: "mqueue", options: quiet),
            sys,
            Mount(destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: quiet + ["relatime", "ro"]),
        ]
    }

    private static let defaultMaskedPaths = [
        "/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats",
        "/proc/sched_debug", "/sys/firmware", "/proc/scsi",
    ]

    private static let defaultReadonlyPaths = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]
}
