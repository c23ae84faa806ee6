// Hosts as their procfs describes them, for tests without a kernel of that kind.

@testable import Cgroups

enum Hosts {
    static let hybridMembership = """
        10:hugetlb:/
        9:name=systemd:/
        8:pids:/
        7:blkio:/
        6:freezer:/
        5:devices:/
        4:memory:/process_api/290d
        3:cpuset:/
        2:cpuacct:/
        1:cpu:/
        0::/
        """

    static let hybridMounts = """
        31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
        32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu
        33 31 0:30 / /sys/fs/cgroup/cpuacct rw,relatime - cgroup cgroup rw,cpuacct
        34 31 0:31 / /sys/fs/cgroup/cpuset rw,relatime - cgroup cgroup rw,cpuset
        35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
        36 31 0:33 / /sys/fs/cgroup/devices rw,relatime - cgroup cgroup rw,devices
        37 31 0:34 / /sys/fs/cgroup/freezer rw,relatime - cgroup cgroup rw,freezer
        38 31 0:35 / /sys/fs/cgroup/blkio rw,relatime - cgroup cgroup rw,blkio
        39 31 0:36 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids
        40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd
        41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
        """

    /// systemd's v1: controllers mounted together, in an order of their own, and a session's cgroup for the caller.
    static let legacyMembership = """
        6:net_cls,net_prio:/
        5:memory:/user.slice
        4:cpu,cpuacct:/user.slice
        3:devices:/user.slice
        1:name=systemd:/user.slice/user-0.slice/session-1.scope
        """

    static let legacyMounts = """
        25 19 0:22 / /sys/fs/cgroup ro,nosuid,nodev,noexec shared:9 - tmpfs tmpfs ro,mode=755
        26 25 0:23 / /sys/fs/cgroup/systemd rw,nosuid shared:10 - cgroup cgroup rw,xattr,name=systemd
        27 25 0:24 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:12 - cgroup cgroup rw,cpu,cpuacct
        28 25 0:25 / /sys/fs/cgroup/memory rw,nosuid shared:13 - cgroup cgroup rw,memory
        29 25 0:26 / /sys/fs/cgroup/net_cls,net_prio rw,nosuid shared:14 - cgroup cgroup rw,net_cls,net_prio
        30 25 0:27 / /odd\\040place/devices rw,nosuid shared:15 - cgroup cgroup rw,devices
        """

    static let unifiedMounts = "31 23 0:28 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate"

    static func layout(
        _ memberships: String, _ mounts: String, controllers: [Controller] = [], isWritable: Bool = true
    ) -> Layout {
        Layout(
            memberships: Membership.parse(memberships), mounts: CgroupMount.parse(mounts), unifiedControllers: controllers,
            isWritable: { _ in isWritable })
    }

    static let hybrid = layout(hybridMembership, hybridMounts)
    static let legacy = layout(legacyMembership, legacyMounts)
    static let unified = layout(
        "0::/user.slice/session-3.scope", unifiedMounts, controllers: [.cpuset, .cpu, .io, .memory, .pids])
    /// A hybrid that has its memory on v2.
    static let mixed = layout(
        hybridMembership.replacing("4:memory:/process_api/290d\n", with: ""), hybridMounts, controllers: [.memory])
    /// A v2 host whose root the caller may not write.
    static let delegated = layout(
        "0::/user.slice/u.service/own", unifiedMounts, controllers: [.memory, .pids], isWritable: false)
}

extension Plan {
    /// `file = value` of every write but those of the devices controller and the group kill, in order.
    var settings: [String] {
        groups.flatMap(\.writes)
            .filter { !$0.file.hasPrefix("devices.") && $0.file != "memory.oom.group" }
            .map { "\($0.file) = \($0.value)" }
    }

    /// The pointers of the same writes.
    var pointers: [String] {
        groups.flatMap(\.writes).filter { !$0.file.hasPrefix("devices.") && $0.file != "memory.oom.group" }.map(\.pointer)
    }
}
