internal import OCISpec

extension PlanBuilder {
    /// `linux.resources.memory`, in bytes: -1 is no limit, 0 is unset.
    mutating func addMemory(_ memory: Resources.Memory?) throws(CgroupError) {
        guard let memory else { return addOOMGroup() }
        for (field, value) in [
            ("limit", memory.limit), ("reservation", memory.reservation), ("swap", memory.swap), ("kernelTCP", memory.kernelTCP),
        ] {
            guard let value, value < -1 else { continue }
            throw .refused(pointer: Self.pointer("memory/" + field), reason: "\(value) is below -1, which is no limit")
        }
        if let swappiness = memory.swappiness, swappiness > 100 {
            throw .refused(pointer: Self.pointer("memory/swappiness"), reason: "\(swappiness) is more than 100")
        }
        if memory.kernel ?? 0 != 0 {
            warn("memory/kernel", "kernels since 5.16 count and limit kernel memory with the rest; ignored")
        }
        if memory.useHierarchy == false { warn("memory/useHierarchy", "kernels since 5.11 always count in a hierarchy; ignored") }
        guard let field = Self.firstField(of: memory) else { return addOOMGroup() }
        let pointer = Self.pointer("memory/" + field)
        switch try version(of: .memory, pointer: pointer) {
        case .v1: try add(writesOnV1(memory), to: .memory, pointer: pointer)
        case .v2:
            try add(writesOnV2(memory), to: .memory, pointer: pointer)
            addOOMGroup()
        }
    }

    /// Where the kernel kills for want of memory it kills the whole container: what would be left of it is seldom able to work.
    private mutating func addOOMGroup() {
        guard let unified = plan.unified, unified.wanted.contains(.memory) || unified.required.contains(.memory) else { return }
        plan.unified?.writes.append(.init("memory.oom.group", "1", pointer: "", ifMissing: .ignore))
    }

    private func writesOnV1(_ memory: Resources.Memory) throws(CgroupError) -> [Plan.Write] {
        var writes: [Plan.Write] = []
        func write(_ file: String, _ value: String, _ field: String, _ ifMissing: Plan.IfMissing = .fail) {
            writes.append(.init("memory." + file, value, pointer: Self.pointer("memory/" + field), ifMissing: ifMissing))
        }
        let swap = try SwapLimit(memory)
        if let limit = memory.limit, limit != 0 { write("limit_in_bytes", String(limit), "limit") }
        // Order: in a new cgroup both are unlimited, and memory with swap may never be below memory alone, so it comes second.
        switch swap {
        case .unset: break
        case .unlimited: write("memsw.limit_in_bytes", "-1", "swap", .ignore)
        case .bytes(let extra, let total):
            guard memory.limit ?? -1 > 0 else {
                throw .refused(pointer: Self.pointer("memory/swap"), reason: "cgroup v1 needs a limit of memory with one of swap")
            }
            write("memsw.limit_in_bytes", String(total), "swap", extra == 0 ? .ignore : .fail)
        }
        if let reservation = memory.reservation, reservation != 0 {
            write("soft_limit_in_bytes", String(reservation), "reservation")
        }
        if let limit = memory.kernelTCP, limit != 0 { write("kmem.tcp.limit_in_bytes", String(limit), "kernelTCP") }
        if let swappiness = memory.swappiness { write("swappiness", String(swappiness), "swappiness") }
        if memory.disableOOMKiller == true { write("oom_control", "1", "disableOOMKiller") }
        return writes
    }

    private mutating func writesOnV2(_ memory: Resources.Memory) throws(CgroupError) -> [Plan.Write] {
        var writes: [Plan.Write] = []
        func write(_ file: String, _ value: String, _ field: String, _ ifMissing: Plan.IfMissing = .fail) {
            writes.append(.init("memory." + file, value, pointer: Self.pointer("memory/" + field), ifMissing: ifMissing))
        }
        // Order: swap before memory, so that there is no moment with the one limit and without the other.
        switch try SwapLimit(memory) {
        case .unset: break
        case .unlimited: write("swap.max", "max", "swap", .ignore)
        case .bytes(let extra, _): write("swap.max", String(extra), "swap", extra == 0 ? .ignore : .fail)
        }
        if let limit = memory.limit, limit != 0 { write("max", limit == -1 ? "max" : String(limit), "limit") }
        if let reservation = memory.reservation, reservation != 0 {
            write("low", reservation == -1 ? "max" : String(reservation), "reservation")
        }
        if memory.kernelTCP ?? 0 != 0 { warn("memory/kernelTCP", "cgroup v2 counts it with the rest; ignored") }
        if memory.swappiness != nil { warn("memory/swappiness", "cgroup v2 has none; ignored") }
        if memory.disableOOMKiller == true { warn("memory/disableOOMKiller", "cgroup v2 cannot; ignored") }
        return writes
    }

    /// The first field that needs the controller; nil where none does.
    private static func firstField(of memory: Resources.Memory) -> String? {
        if memory.limit ?? 0 != 0 { return "limit" }
        if memory.swap ?? 0 != 0 { return "swap" }
        if memory.reservation ?? 0 != 0 { return "reservation" }
        if memory.kernelTCP ?? 0 != 0 { return "kernelTCP" }
        if memory.swappiness != nil { return "swappiness" }
        return memory.disableOOMKiller == true ? "disableOOMKiller" : nil
    }
}

/// What `memory.swap`, the sum of memory and swap in the specification, leaves for swap alone.
enum SwapLimit: Equatable {
    case unset
    case unlimited
    /// Swap alone, and the sum.
    case bytes(extra: Int64, total: Int64)

    /// Throws `refused` where sum and limit contradict each other.
    init(_ memory: Resources.Memory) throws(CgroupError) {
        let pointer = PlanBuilder.pointer("memory/swap")
        let limit = memory.limit ?? 0
        switch memory.swap ?? 0 {
        case 0: self = limit == -1 ? .unlimited : .unset
        case -1: self = .unlimited
        case let total:
            if limit == 0 { throw .refused(pointer: pointer, reason: "a limit of swap needs a limit of memory") }
            if limit > total {
                throw .refused(
                    pointer: pointer, reason: "memory and swap together, \(total), are below the memory limit \(limit)")
            }
            self = .bytes(extra: limit == -1 ? total : total - limit, total: total)
        }
    }
}
