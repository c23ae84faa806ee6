import OCISpec
import Testing

@testable import Cgroups

/// The plan of some resources on a host.
private func plan(_ layout: Layout, _ resources: Resources) throws(CgroupError) -> Plan {
    try Plan(layout: layout, cgroupsPath: "/t", id: "t", resources: resources)
}

/// Expects a refusal that names a field below /linux/resources/.
private func expectRefusal(
    _ field: String, _ layout: Layout, _ resources: Resources, sourceLocation: SourceLocation = #_sourceLocation
) {
    do {
        _ = try plan(layout, resources)
        Issue.record("accepted, though \(field) cannot be honoured", sourceLocation: sourceLocation)
    } catch {
        guard case .refused("/linux/resources/" + field, let reason) = error else {
            Issue.record("\(error)", sourceLocation: sourceLocation)
            return
        }
        #expect(!reason.isEmpty, sourceLocation: sourceLocation)
    }
}

@Suite struct CPUTests {
    @Test(
        arguments: [
            (1, 1), (2, 1), (3, 2), (10, 4), (50, 10), (64, 12), (100, 17), (102, 17), (128, 21), (204, 29), (256, 35), (409, 49),
            (500, 58),
            (512, 59), (768, 80), (819, 84), (1000, 99), (1023, 100), (1024, 100), (1025, 101), (1536, 138), (2000, 170),
            (2048, 174),
            (3072, 240), (4096, 303), (8192, 532), (10000, 627), (16384, 942), (32768, 1681), (65536, 3023), (100_000, 4340),
            (131_072, 5478),
            (200_000, 7899), (262_143, 10000), (262_144, 10000), (300_000, 10000),
        ] as [(UInt64, UInt64)])
    func sharesBecomeWeight(shares: UInt64, weight: UInt64) {
        #expect(CPUWeight(shares: shares).value == weight)
    }

    @Test func weightNeverFallsAsSharesRise() {
        var last: UInt64 = 0
        for shares in stride(from: UInt64(1), through: 262_144, by: 7) {
            let weight = CPUWeight(shares: shares).value
            #expect(weight >= last)
            last = weight
        }
    }

    @Test func everyFieldIsWrittenOnV1InTheOrderThatTheKernelNeeds() throws {
        let cpu = Resources.CPU(
            shares: 512, quota: 20000, burst: 1000, period: 50000, realtimeRuntime: 9, realtimePeriod: 90, cpus: "0-1", mems: "0")
        #expect(
            Set(try plan(Hosts.hybrid, .init(cpu: cpu)).settings) == [
                "cpuset.cpus = 0-1", "cpuset.mems = 0", "cpu.shares = 512", "cpu.cfs_period_us = 50000",
                "cpu.cfs_quota_us = 20000",
                "cpu.cfs_burst_us = 1000", "cpu.rt_period_us = 90", "cpu.rt_runtime_us = 9",
            ])
        let order = try plan(Hosts.hybrid, .init(cpu: cpu)).settings.filter { $0.contains("cfs") }.map { $0.prefix(11) }
        #expect(order == ["cpu.cfs_per", "cpu.cfs_quo", "cpu.cfs_bur"])
    }

    @Test func everyFieldIsWrittenOnV2() throws {
        let cpu = Resources.CPU(shares: 512, quota: 20000, burst: 1000, period: 50000, cpus: "0-1", mems: "0")
        let plan = try plan(Hosts.unified, .init(cpu: cpu))
        #expect(
            plan.settings == [
                "cpuset.cpus = 0-1", "cpuset.mems = 0", "cpu.weight = 59", "cpu.max = 20000 50000", "cpu.max.burst = 1000",
            ])
        #expect(plan.unified?.required == [.cpuset, .cpu])
        #expect(plan.unified?.wanted == [.memory, .pids, .io])
        #expect(plan.pointers[2] == "/linux/resources/cpu/shares")
    }

    @Test func noQuotaIsMax() throws {
        #expect(try plan(Hosts.unified, .init(cpu: .init(quota: -1))).settings == ["cpu.max = max 100000"])
        #expect(try plan(Hosts.unified, .init(cpu: .init(period: 50000))).settings == ["cpu.max = max 50000"])
        #expect(try plan(Hosts.hybrid, .init(cpu: .init(quota: -7))).settings == ["cpu.cfs_quota_us = -1"])
        #expect(try plan(Hosts.hybrid, .init(cpu: .init(shares: 0, quota: 0, period: 0))).settings.isEmpty)
    }

    @Test func idleExcludesShares() throws {
        expectRefusal("cpu/idle", Hosts.hybrid, .init(cpu: .init(shares: 10, idle: 1)))
        expectRefusal("cpu/idle", Hosts.unified, .init(cpu: .init(idle: 2)))
        #expect(try plan(Hosts.unified, .init(cpu: .init(idle: 1))).settings == ["cpu.idle = 1"])
        #expect(
            try plan(Hosts.unified, .init(cpu: .init(shares: 1024, idle: 0))).settings == ["cpu.weight = 100", "cpu.idle = 0"])
    }

    @Test func whatIsTooLargeOrMissingIsRefused() {
        expectRefusal("cpu/period", Hosts.hybrid, .init(cpu: .init(period: .max)))
        expectRefusal("cpu/shares", Hosts.unified, .init(cpu: .init(shares: 1 << 63)))
        expectRefusal("cpu/realtimeRuntime", Hosts.unified, .init(cpu: .init(realtimeRuntime: 1)))
        expectRefusal("cpu/quota", Hosts.delegated, .init(cpu: .init(quota: 1000)))
        expectRefusal("cpu/cpus", Hosts.legacy, .init(cpu: .init(cpus: "0")))
        expectRefusal("cpu/mems", Hosts.hybrid, .init(cpu: .init(mems: "0\n1")))
    }
}

@Suite struct MemoryTests {
    private let mib: Int64 = 1 << 20

    @Test(
        arguments: [
            (-1, 0, "max"), (-1, -1, "max"), (64, -1, "max"), (0, -1, "max"), (64, 0, nil), (0, 0, nil), (-1, 64, "64"),
            (64, 64, "0"),
            (64, 100, "36"),
        ] as [(Int64, Int64, String?)])
    func theSwapTableHolds(limit: Int64, swap: Int64, expected: String?) throws {
        let plan = try plan(Hosts.unified, .init(memory: .init(limit: limit, swap: swap)))
        #expect(plan.unified?.writes.first { $0.file == "memory.swap.max" }?.value == expected)
        let isHarmless = expected == "max" || expected == "0"
        if expected != nil {
            #expect((plan.unified?.writes.first { $0.file == "memory.swap.max" }?.ifMissing == .ignore) == isHarmless)
        }
    }

    @Test(arguments: [(0, 64), (64, 32), (-1, -2), (64, -2)] as [(Int64, Int64)])
    func contradictionsOfSwapAreRefused(limit: Int64, swap: Int64) {
        expectRefusal("memory/swap", Hosts.unified, .init(memory: .init(limit: limit, swap: swap)))
        expectRefusal("memory/swap", Hosts.hybrid, .init(memory: .init(limit: limit, swap: swap)))
    }

    @Test func v1LimitsMemoryBeforeMemoryWithSwap() throws {
        let memory = Resources.Memory(
            limit: mib, reservation: 4096, swap: 2 * mib, kernelTCP: 8192, swappiness: 60, disableOOMKiller: true)
        #expect(
            try plan(Hosts.hybrid, .init(memory: memory)).settings == [
                "memory.limit_in_bytes = 1048576", "memory.memsw.limit_in_bytes = 2097152", "memory.soft_limit_in_bytes = 4096",
                "memory.kmem.tcp.limit_in_bytes = 8192", "memory.swappiness = 60", "memory.oom_control = 1",
            ])
        expectRefusal("memory/swap", Hosts.hybrid, .init(memory: .init(limit: -1, swap: mib)))
    }

    @Test func v2WritesWhatItHasAndWarnsOfTheRest() throws {
        let memory = Resources.Memory(
            limit: mib, reservation: -1, kernel: 5, kernelTCP: 6, swappiness: 10, disableOOMKiller: true, useHierarchy: false)
        let plan = try plan(Hosts.unified, .init(memory: memory))
        #expect(plan.settings == ["memory.max = 1048576", "memory.low = max"])
        #expect(
            plan.warnings.map { $0.prefix { $0 != ":" } } == [
                "/linux/resources/memory/kernel", "/linux/resources/memory/useHierarchy", "/linux/resources/memory/kernelTCP",
                "/linux/resources/memory/swappiness", "/linux/resources/memory/disableOOMKiller",
            ])
    }

    @Test func aKillForWantOfMemoryTakesTheWholeGroupOnV2() throws {
        for memory in [nil, Resources.Memory(limit: mib)] {
            let writes = try plan(Hosts.unified, .init(memory: memory)).unified?.writes
            #expect(writes?.contains { $0.file == "memory.oom.group" && $0.value == "1" } == true)
        }
        #expect(try plan(Hosts.hybrid, .init()).unified?.writes.isEmpty == true)
    }

    @Test func aLimitGoesToTheTreeThatHasTheController() throws {
        let plan = try plan(Hosts.mixed, .init(memory: .init(limit: mib), pids: .init(limit: 3)))
        #expect(plan.unified?.writes.map(\.file) == ["memory.max", "memory.oom.group"])
        #expect(plan.unified?.required == [.memory])
        #expect(plan.legacy.first { $0.hierarchy.controllers == [.pids] }?.writes.map(\.value) == ["3"])
    }

    @Test func numbersBelowNoLimitAreRefused() {
        expectRefusal("memory/limit", Hosts.unified, .init(memory: .init(limit: -2)))
        expectRefusal("memory/limit", Hosts.hybrid, .init(memory: .init(limit: .min)))
        expectRefusal("memory/reservation", Hosts.hybrid, .init(memory: .init(reservation: -2)))
        expectRefusal("memory/swappiness", Hosts.hybrid, .init(memory: .init(swappiness: 101)))
    }
}

@Suite struct OtherControllerTests {
    @Test(arguments: [(-1, "max"), (0, "1"), (1, "1"), (Int64.max, "9223372036854775807")] as [(Int64, String)])
    func pidsAreLimited(limit: Int64, value: String) throws {
        for layout in [Hosts.hybrid, Hosts.unified] {
            #expect(try plan(layout, .init(pids: .init(limit: limit))).settings == ["pids.max = \(value)"])
        }
    }

    @Test func pidsBelowNoLimitAndWithoutControllerAreRefused() {
        expectRefusal("pids/limit", Hosts.hybrid, .init(pids: .init(limit: -2)))
        expectRefusal("pids/limit", Hosts.legacy, .init(pids: .init(limit: 1)))
    }

    private let io = Resources.BlockIO(
        weight: 500, weightDevice: [.init(major: 8, minor: 0, weight: 10)],
        throttleReadBpsDevice: [.init(major: 8, minor: 0, rate: 1000)],
        throttleWriteBpsDevice: [.init(major: 8, minor: 16, rate: 0)],
        throttleReadIOPSDevice: [.init(major: 8, minor: 0, rate: 5)],
        throttleWriteIOPSDevice: [.init(major: 8, minor: 0, rate: 6)])

    @Test func blockIOIsWrittenOnV1() throws {
        let plan = try plan(Hosts.hybrid, .init(blockIO: io))
        #expect(
            plan.settings == [
                "blkio.weight = 500", "blkio.weight_device = 8:0 10", "blkio.throttle.read_bps_device = 8:0 1000",
                "blkio.throttle.write_bps_device = 8:16 0", "blkio.throttle.read_iops_device = 8:0 5",
                "blkio.throttle.write_iops_device = 8:0 6",
            ])
        #expect(plan.pointers[3] == "/linux/resources/blockIO/throttleWriteBpsDevice/0")
        let weight = plan.legacy.flatMap(\.writes).first { $0.file == "blkio.weight" }
        #expect(weight?.ifMissing == .write(file: "blkio.bfq.weight", value: "500"))
    }

    @Test func blockIOIsWrittenOnV2() throws {
        let plan = try plan(Hosts.unified, .init(blockIO: io))
        #expect(
            plan.settings == [
                "io.bfq.weight = 500", "io.bfq.weight = 8:0 10", "io.max = 8:0 rbps=1000", "io.max = 8:16 wbps=max",
                "io.max = 8:0 riops=5", "io.max = 8:0 wiops=6",
            ])
        let fallbacks = plan.unified?.writes.filter { $0.file == "io.bfq.weight" }.map(\.ifMissing)
        #expect(fallbacks == [.write(file: "io.weight", value: "4950"), .write(file: "io.weight", value: "8:0 1")])
    }

    @Test func weightsOutOfRangeAndLeafWeightsOnV2AreRefused() {
        expectRefusal("blockIO/weight", Hosts.hybrid, .init(blockIO: .init(weight: 9)))
        expectRefusal("blockIO/weight", Hosts.unified, .init(blockIO: .init(weight: 1001)))
        expectRefusal("blockIO/leafWeight", Hosts.unified, .init(blockIO: .init(leafWeight: 100)))
        expectRefusal(
            "blockIO/weightDevice/1/leafWeight", Hosts.unified,
            .init(
                blockIO: .init(weightDevice: [.init(major: 1, minor: 1, weight: 10), .init(major: 1, minor: 2, leafWeight: 10)])))
    }

    @Test func unifiedFilesComeLastAndAsTheyAre() throws {
        let plan = try plan(
            Hosts.unified, .init(memory: .init(limit: 5), unified: ["memory.max": "7", "cgroup.max.depth": "3"]))
        #expect(plan.settings == ["memory.max = 5", "memory.max = 7", "cgroup.max.depth = 3"])
        #expect(plan.pointers.last == "/linux/resources/unified/cgroup.max.depth")
    }

    @Test func unifiedFilesThatCannotBeHonouredAreRefused() {
        expectRefusal("unified/memory.high", Hosts.hybrid, .init(unified: ["memory.high": "1"]))
        expectRefusal("unified/memory.high", Hosts.legacy, .init(unified: ["memory.high": "1"]))
        for file in ["nodot", ".x", "x.", "cgroup.procs", "cgroup.kill", "misc.max", "a b.c", "memory.max\n"] {
            expectRefusal("unified/" + file, Hosts.unified, .init(unified: [file: "1"]))
        }
        expectRefusal("unified/..~1memory.max", Hosts.unified, .init(unified: ["../memory.max": "1"]))
    }
}

@Suite struct RareControllerTests {
    static let rich = Hosts.layout("0::/", Hosts.unifiedMounts, controllers: [.hugetlb, .rdma, .pids])

    @Test func hugePagesAreLimitedInUseAndInReserve() throws {
        let resources = Resources(hugepageLimits: [.init(pageSize: "2MB", limit: 4_194_304), .init(pageSize: "1GB", limit: 0)])
        let unified = try plan(Self.rich, resources)
        #expect(
            unified.settings == [
                "hugetlb.2MB.max = 4194304", "hugetlb.2MB.rsvd.max = 4194304", "hugetlb.1GB.max = 0", "hugetlb.1GB.rsvd.max = 0",
            ])
        #expect(unified.pointers.last == "/linux/resources/hugepageLimits/1/limit")
        let mounts = Hosts.hybridMounts + "\n42 31 0:39 / /sys/fs/cgroup/hugetlb rw,relatime - cgroup cgroup rw,hugetlb"
        let legacy = try plan(Hosts.layout(Hosts.hybridMembership, mounts), resources)
        #expect(legacy.settings.first == "hugetlb.2MB.limit_in_bytes = 4194304")
        #expect(legacy.settings.last == "hugetlb.1GB.rsvd.limit_in_bytes = 0")
        expectRefusal("hugepageLimits/0/limit", Hosts.unified, resources)
    }

    @Test func remoteMemoryIsAWriteADevice() throws {
        let resources = Resources(rdma: ["mlx5_1": .init(hcaHandles: 3), "mlx4_0": .init(hcaHandles: 2, hcaObjects: 2000)])
        #expect(
            try plan(Self.rich, resources).settings == [
                "rdma.max = mlx5_1 hca_handle=3", "rdma.max = mlx4_0 hca_handle=2 hca_object=2000",
            ])
        expectRefusal("rdma/mlx5_1", Hosts.unified, resources)
        expectRefusal("rdma/a b", Self.rich, .init(rdma: ["a b": .init(hcaHandles: 1)]))
    }

    @Test func packetsAreMarkedOnVersion1Alone() throws {
        let priorities = [Resources.InterfacePriority(name: "lo", priority: 1), .init(name: "eth0", priority: 7)]
        let resources = Resources(network: .init(classID: 0x10_0001, priorities: priorities))
        #expect(
            try plan(Hosts.legacy, resources).settings == [
                "net_cls.classid = 1048577", "net_prio.ifpriomap = lo 1", "net_prio.ifpriomap = eth0 7",
            ])
        expectRefusal("network/classID", Hosts.unified, resources)
        expectRefusal("network/priorities/0", Hosts.hybrid, .init(network: .init(priorities: priorities)))
        let odd = Resources(network: .init(priorities: [.init(name: "lo 9\neth0", priority: 1)]))
        expectRefusal("network/priorities/0/name", Hosts.legacy, odd)
    }

    @Test func emptyResourcesAskForNothing() throws {
        #expect(try plan(Hosts.hybrid, .init(memory: .init(), cpu: .init(), blockIO: .init(), network: .init())).settings.isEmpty)
    }
}
