import Testing

/// What a test needs of the machine; each skip says why.
enum Requirement {
    static let root = ConditionTrait.enabled("needs root") { Machine.isRoot }
    static let rootfs = ConditionTrait.enabled("no root file system at HULL_ROOTFS or rootfs/out/rootfs") {
        Machine.exists(Machine.rootfs + "/bin/busybox")
    }
    static let hull = ConditionTrait.enabled("no hull-runtime in HULL_BIN or .build/hull/bin") { Runtime.hull.isPresent }
    static let subject = ConditionTrait.enabled("no hull-runtime in HULL_BIN or .build/hull/bin") { Runtime.subject.isPresent }
    static let unifiedCgroups = ConditionTrait.enabled("needs root and pure cgroup v2") {
        Machine.isRoot && Machine.hasUnifiedCgroups
    }
    static let memory = ConditionTrait.enabled("needs root and a memory controller") { Machine.isRoot && Need.memory.isMet }
    static let disk = ConditionTrait.enabled("the tests' files lie in memory, where no store is durable") { Machine.worksOnDisk }
    static let crun = ConditionTrait.enabled("crun is not installed") { Runtime.crun.isPresent }
    static let runc = ConditionTrait.enabled("runc is not installed") { Runtime.runc.isPresent }
}

extension ConditionTrait {
    static func enabled(_ reason: String, if condition: @Sendable @escaping () -> Bool) -> ConditionTrait {
        .enabled(Comment(rawValue: reason)) { condition() }
    }
}

/// A feature of the machine that single cases need; named in the skip that the suite prints.
enum Need: String, Sendable {
    case exitOfStrangers, mqueue, timeNamespace, userNamespace, cpu, cpuset, memory, pids, blkio, blockWeight, devices, swap,
        legacyCgroups,
        unifiedCgroups, terminal

    var isMet: Bool {
        switch self {
        case .exitOfStrangers: Machine.release >= (6, 15)
        case .mqueue: Machine.hasFileSystem("mqueue")
        case .timeNamespace: Machine.hostNamespaces["time"] != nil
        case .userNamespace: Machine.hostNamespaces["user"] != nil
        case .cpu, .cpuset, .memory, .pids, .blkio, .devices: Machine.controllers.contains(rawValue)
        case .blockWeight: Machine.hasBlockWeight
        case .swap: Machine.exists("/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes") || Machine.hasUnifiedCgroups
        case .legacyCgroups: !Machine.hasUnifiedCgroups
        case .unifiedCgroups: Machine.hasUnifiedCgroups
        case .terminal: Machine.exists("/dev/ptmx")
        }
    }
}
