internal import OCISpec

extension PlanBuilder {
    /// Times of `linux.resources.cpu` in microseconds; 0 means unset throughout.
    mutating func addCPU(_ cpu: Resources.CPU) throws(CgroupError) {
        if let idle = cpu.idle {
            let pointer = Self.pointer("cpu/idle")
            guard idle == 0 || idle == 1 else { throw .refused(pointer: pointer, reason: "expected 0 or 1, found \(idle)") }
            if idle == 1, let shares = cpu.shares, shares != 0 {
                throw .refused(pointer: pointer, reason: "an idle cgroup has no shares, yet 'shares' is \(shares)")
            }
        }
        for (field, value) in [("period", cpu.period), ("burst", cpu.burst), ("shares", cpu.shares)] {
            guard let value, value > UInt64(Int64.max) else { continue }
            throw .refused(pointer: Self.pointer("cpu/" + field), reason: "\(value) is more than the kernel can count")
        }
        let isSet = cpu.shares ?? 0 != 0 || cpu.quota ?? 0 != 0 || cpu.period ?? 0 != 0 || cpu.burst != nil || cpu.idle != nil
        let isRealtime = cpu.realtimeRuntime ?? 0 != 0 || cpu.realtimePeriod ?? 0 != 0
        guard isSet || isRealtime else { return }
        let pointer = Self.pointer(Self.firstField(of: cpu))
        switch try version(of: .cpu, pointer: pointer) {
        case .v1: try add(writesOnV1(cpu), to: .cpu, pointer: pointer)
        case .v2:
            if isRealtime {
                let field = cpu.realtimeRuntime ?? 0 != 0 ? "realtimeRuntime" : "realtimePeriod"
                throw .refused(pointer: Self.pointer("cpu/" + field), reason: "cgroup v2 has no real-time bandwidth")
            }
            try add(writesOnV2(cpu), to: .cpu, pointer: pointer)
        }
    }

    private func writesOnV1(_ cpu: Resources.CPU) -> [Plan.Write] {
        var writes: [Plan.Write] = []
        func write(_ file: String, _ value: String, _ field: String, _ ifMissing: Plan.IfMissing = .fail) {
            writes.append(.init("cpu." + file, value, pointer: Self.pointer("cpu/" + field), ifMissing: ifMissing))
        }
        if let shares = cpu.shares, shares != 0 { write("shares", String(shares), "shares") }
        // Order: a new cgroup has no quota, so that any period is valid now; the burst may not exceed the quota, so it comes after.
        if let period = cpu.period, period != 0 { write("cfs_period_us", String(period), "period") }
        if let quota = cpu.quota, quota != 0 { write("cfs_quota_us", String(max(quota, -1)), "quota") }
        if let burst = cpu.burst { write("cfs_burst_us", String(burst), "burst", burst == 0 ? .ignore : .fail) }
        // Order: the runtime is a share of the period, so it comes after.
        if let period = cpu.realtimePeriod, period != 0 { write("rt_period_us", String(period), "realtimePeriod") }
        if let runtime = cpu.realtimeRuntime, runtime != 0 { write("rt_runtime_us", String(runtime), "realtimeRuntime") }
        if let idle = cpu.idle { write("idle", String(idle), "idle", idle == 0 ? .ignore : .fail) }
        return writes
    }

    private func writesOnV2(_ cpu: Resources.CPU) -> [Plan.Write] {
        var writes: [Plan.Write] = []
        func write(_ file: String, _ value: String, _ field: String, _ ifMissing: Plan.IfMissing = .fail) {
            writes.append(.init("cpu." + file, value, pointer: Self.pointer("cpu/" + field), ifMissing: ifMissing))
        }
        if let shares = cpu.shares, shares != 0 { write("weight", String(CPUWeight(shares: shares).value), "shares") }
        if cpu.quota ?? 0 != 0 || cpu.period ?? 0 != 0 {
            let quota = cpu.quota ?? 0
            let period = cpu.period ?? 0
            let value = "\(quota > 0 ? String(quota) : "max") \(period == 0 ? 100_000 : period)"
            write("max", value, quota != 0 ? "quota" : "period")
        }
        // Order: after cpu.max, which it may not exceed.
        if let burst = cpu.burst { write("max.burst", String(burst), "burst", burst == 0 ? .ignore : .fail) }
        if let idle = cpu.idle { write("idle", String(idle), "idle", idle == 0 ? .ignore : .fail) }
        return writes
    }

    /// For the error that the whole controller is missing.
    private static func firstField(of cpu: Resources.CPU) -> String {
        if cpu.shares ?? 0 != 0 { return "cpu/shares" }
        if cpu.quota ?? 0 != 0 { return "cpu/quota" }
        if cpu.period ?? 0 != 0 { return "cpu/period" }
        return "cpu"
    }
}
