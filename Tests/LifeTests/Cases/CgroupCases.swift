/// Limits are read from outside, in the container's cgroup.
let cgroupCases: [Case] = [
    Case("cgroup-path") { $0["linux", "cgroupsPath"] = "/$ID" },
    Case("cgroup-path-nested", script: "$RT run $ID; code=$?; " + removeParents + "exit $code") {
        $0["linux", "cgroupsPath"] = "/$ID-parent/inner/$ID"
        $0.removeNamespace("cgroup")
    },
    Case("cgroup-path-seen") { $0.removeNamespace("cgroup") },
    Case("cgroup-path-absent") {
        $0["linux", "cgroupsPath"] = nil
        $0.removeNamespace("cgroup")
    },
    limits("cpu", ["cpu.shares", "cpu.cfs_quota_us", "cpu.cfs_period_us", "cpu.max"], needs: .cpu) {
        $0["linux", "resources", "cpu"] = ["shares": 512, "quota": 50000, "period": 200_000]
    },
    limits("cpu-shares-only", ["cpu.shares"], needs: .legacyCgroups) { $0["linux", "resources", "cpu"] = ["shares": 2048] },
    // Apart from the others, since docs/differences.md excuses the number.
    limits("cpu-weight", ["cpu.weight"], needs: .unifiedCgroups) { $0["linux", "resources", "cpu"] = ["shares": 2048] },
    limits("cpu-quota-only", ["cpu.cfs_quota_us", "cpu.max"], needs: .cpu) { $0["linux", "resources", "cpu"] = ["quota": 30000] },
    limits("cpu-no-quota", ["cpu.cfs_quota_us", "cpu.max"], needs: .cpu) {
        $0["linux", "resources", "cpu"] = ["quota": -1, "period": 50000]
    },
    limits("cpuset", ["cpuset.cpus", "cpuset.mems"], needs: .cpuset) {
        $0["linux", "resources", "cpu"] = ["cpus": "0", "mems": "0"]
    },
    limits("memory", ["memory.limit_in_bytes", "memory.soft_limit_in_bytes", "memory.max", "memory.low"], needs: .memory) {
        $0["linux", "resources", "memory"] = ["limit": 67_108_864, "reservation": 33_554_432]
    },
    limits(
        "memory-swap", ["memory.limit_in_bytes", "memory.memsw.limit_in_bytes", "memory.max", "memory.swap.max"], needs: .swap
    ) {
        $0["linux", "resources", "memory"] = ["limit": 67_108_864, "swap": 134_217_728]
    },
    limits("memory-unlimited", ["memory.limit_in_bytes", "memory.max"], needs: .memory) {
        $0["linux", "resources", "memory"] = ["limit": -1]
    },
    limits("memory-swappiness", ["memory.swappiness"], needs: .legacyCgroups) {
        $0["linux", "resources", "memory"] = ["swappiness": 10]
    },
    limits("memory-no-oom-killer", ["memory.oom_control"], needs: .legacyCgroups) {
        $0["linux", "resources", "memory"] = ["disableOOMKiller": true, "limit": 67_108_864]
    },
    limits("pids", ["pids.max"], needs: .pids) { $0["linux", "resources", "pids"] = ["limit": 33] },
    limits("pids-unlimited", ["pids.max"], needs: .pids) { $0["linux", "resources", "pids"] = ["limit": -1] },
    limits("block-weight", ["blkio.bfq.weight", "blkio.weight", "io.bfq.weight", "io.weight"], needs: .blockWeight) {
        $0["linux", "resources", "blockIO"] = ["weight": 200]
    },
    limits(
        "block-throttle",
        [
            "blkio.throttle.read_bps_device", "blkio.throttle.write_bps_device", "blkio.throttle.read_iops_device",
            "blkio.throttle.write_iops_device", "io.max",
        ], needs: .blkio
    ) {
        // The disk that the work directory lies on is not the same everywhere: a loop device is.
        let rate: JSONValue = [["major": 7, "minor": 0, "rate": 1_048_576]]
        $0["linux", "resources", "blockIO"] = [
            "throttleReadBpsDevice": rate, "throttleWriteBpsDevice": rate, "throttleReadIOPSDevice": rate,
            "throttleWriteIOPSDevice": rate,
        ]
    },
    limits("unified", ["memory.high", "pids.max"], needs: .unifiedCgroups) {
        $0["linux", "resources", "unified"] = ["memory.high": "104857600", "pids.max": "44"]
    },
    Case("cgroup-pids-effect", needs: [.pids]) {
        $0["linux", "resources", "pids"] = ["limit": 1]
        $0["process", "args"] = ["sh", "-c", "(true) 2>/dev/null; echo $?"]
    },
    Case("cgroup-memory-effect", needs: [.memory]) {
        $0["linux", "resources", "memory"] = ["limit": 20_000_000, "swap": 20_000_000]
        // The container's first process: whether others outlive it is not the same everywhere, see docs/differences.md.
        $0["process", "args"] = ["sh", "-c", "echo runs; exec dd if=/dev/zero of=/dev/null bs=64M count=1"]
    },
    Case("cgroup-memory-too-small", needs: [.memory]) { $0["linux", "resources", "memory"] = ["limit": -5] },
    Case("cgroup-escaping-path") { $0["linux", "cgroupsPath"] = "/../../$ID" },
]

private let removeParents = "find /sys/fs/cgroup -depth -type d -path \"*$ID-parent*\" -exec rmdir {} \\; ;"

/// A running container's cgroup files; on v2 one directory, on v1 each in its controller's.
private func limits(_ name: String, _ files: [String], needs: Need, change: @escaping @Sendable (inout JSONValue) -> Void) -> Case
{
    let show = files.map { file in
        "for f in /sys/fs/cgroup/$ID/\(file) /sys/fs/cgroup/\(file.prefix { $0 != "." })/$ID/\(file); do [ -e $f ] && sed \"s/^/\(file) /\" $f; done"
    }
    return Case("cgroup-\(name)", script: detached + show.joined(separator: "\n") + "\n$RT exec $ID /probe", needs: [needs]) {
        change(&$0)
        $0.waits()
    }
}
