internal import LinuxKernel
internal import LinuxTypes
internal import OCISpec
internal import PodSpec
internal import SeccompFilter

extension ContainerLowering {
    /// Requests of cpu are weights, limits are limits; no device but the usual ones, unless the container is privileged.
    var resources: Resources {
        var resources = Self.limits(of: container, in: pod)
        resources.devices = [.init(allow: container.securityContext.privileged, access: .all)]
        let tuning = pod.spec.tuning.of(container.name)
        if let count = tuning.processes { resources.pids = Resources.Pids(limit: count) }
        // v1 always leaves alone who was not chosen.
        if tuning.endsTogether == false, facts.countsMemoryOnV2 { resources.unified["memory.oom.group"] = "0" }
        return resources
    }

    /// What can be changed while it runs.
    static func limits(of container: Container, in pod: Pod) -> Resources {
        var resources = limits(container.resources)
        if let swap = pod.spec.tuning.of(container.name).swap { allow(swap, in: &resources) }
        return resources
    }

    /// Of a container, or of a whole pod.
    static func limits(_ asked: ResourceRequirements) -> Resources {
        var resources = Resources()
        var cpu = Resources.CPU()
        // What asks for nothing comes after all that asks for something, as with the kubelet; the kernel's own default would be a whole core.
        cpu.shares = shares(asked.requests.cpu ?? Quantity(nano: 0))
        if let limit = asked.limits.cpu, limit.milliValue > 0 {
            cpu.period = 100_000
            // The kernel takes no quota below a millisecond.
            cpu.quota = Int64(clamping: max(1000, limit.milliValue * 100))
        }
        resources.cpu = cpu
        if let limit = asked.limits.memory, limit.value > 0 {
            var memory = Resources.Memory()
            memory.limit = Int64(clamping: limit.value)
            // No swap beside it, as with the kubelet.
            memory.swap = memory.limit
            resources.memory = memory
        }
        resources.hugepageLimits = asked.limits.hugePages.sorted { $0.key < $1.key }.map { size, limit in
            Resources.HugepageLimit(pageSize: pageSize(size), limit: UInt64(clamping: limit.value))
        }
        return resources
    }

    private static func allow(_ swap: ContainerTuning.Swap, in resources: inout Resources) {
        guard var memory = resources.memory, let limit = memory.limit else { return }
        switch swap {
        case .unlimited: memory.swap = -1
        case .bytes(let amount): memory.swap = Int64(clamping: Int128(limit) + amount.value)
        }
        resources.memory = memory
    }

    /// As the kernel's files are called: `2MB`, `1GB`.
    private static func pageSize(_ bytes: UInt64) -> String {
        for (unit, name) in [(UInt64(1) << 30, "GB"), (1 << 20, "MB")] where bytes >= unit { return "\(bytes / unit)\(name)" }
        return "\(bytes >> 10)KB"
    }

    /// Between 2 and 262,144, the kernel's bounds for v1, from which the engine makes weights of v2.
    private static func shares(_ request: Quantity) -> UInt64 {
        UInt64(clamping: min(max(request.milliValue * 1024 / 1000, 2), 262_144))
    }

    /// The default profile where nobody says anything.
    var seccomp: Seccomp? {
        let context = container.securityContext
        if context.privileged { return nil }
        switch context.seccompProfile ?? pod.spec.securityContext.seccompProfile ?? .runtimeDefault {
        case .unconfined: return nil
        case .localhost: return facts.localProfile
        case .runtimeDefault:
            guard let architecture = SeccompArchitecture.native else { return nil }
            return DefaultProfile.specification(capabilities: Self.set(capabilities.bounding), architecture: architecture)
        }
    }

    private static func set(_ names: [String]) -> CapabilitySet {
        names.compactMap(capabilityNumber).reduce(into: CapabilitySet()) { $0.insert(CapabilitySet(number: $1)) }
    }
}
