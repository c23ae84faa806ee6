public import OCISpec

extension Plan {
    /// The plan for a container. `cgroupsPath` is as the configuration has it, nil or empty where it has none; `id` then names the cgroup.
    /// Throws `refused` for what this host cannot honour, `noHierarchy` where it has no cgroups.
    public init(
        layout: Layout, cgroupsPath: String?, id: String, resources: Resources?
    ) throws(CgroupError) {
        var builder = PlanBuilder(layout: layout, plan: try Plan(layout: layout, cgroupsPath: cgroupsPath, id: id))
        try builder.add(resources ?? Resources())
        self = builder.plan
    }
}

/// Fills a plan whose places are known with what each controller is to be told. One file per controller extends it.
struct PlanBuilder {
    let layout: Layout
    var plan: Plan

    /// The JSON pointer of a field of `linux.resources`.
    static func pointer(_ field: String) -> String { "/linux/resources/" + field }

    /// Whether a name of the configuration is one word of a line that is written to a file of a cgroup.
    static func isWord(_ name: String) -> Bool { !name.isEmpty && name.utf8.allSatisfy { (0x21...0x7e).contains($0) } }

    mutating func add(_ resources: Resources) throws(CgroupError) {
        wantFigures()
        // Order: cpuset first; on v1 nothing can enter a cgroup without processors and memory nodes.
        if let cpu = resources.cpu { try addCPUSet(cpu) }
        if let cpu = resources.cpu { try addCPU(cpu) }
        try addMemory(resources.memory)
        if let pids = resources.pids { try addPids(pids) }
        if let blockIO = resources.blockIO { try addBlockIO(blockIO) }
        try addHugePages(resources.hugepageLimits)
        try addRDMA(resources.rdma)
        if let network = resources.network { try addNetwork(network) }
        try addDevices(resources.devices)
        // Order: last, so that a file named by hand has the last word.
        try addUnified(resources.unified)
    }

    /// On v2 the figures that people ask for come with the controllers; enabling these few costs one write per host.
    private mutating func wantFigures() {
        guard let unified = plan.unified else { return }
        plan.unified?.wanted = [.cpu, .memory, .pids, .io].filter(unified.hierarchy.controllers.contains)
    }

    /// Adds writes to the cgroup that has a controller; `refused` where the host has it nowhere. On v2 it is marked as required.
    mutating func add(
        _ writes: [Plan.Write], to controller: Controller, pointer: @autoclosure () -> String
    ) throws(CgroupError) {
        if writes.isEmpty { return }
        if let index = plan.legacy.firstIndex(where: { $0.hierarchy.controllers.contains(controller) }) {
            plan.legacy[index].writes += writes
            return
        }
        let name: Controller = controller == .blkio ? .io : controller
        guard plan.unified?.hierarchy.controllers.contains(name) == true else {
            throw .refused(pointer: pointer(), reason: "this host has no cgroup controller '\(controller)'")
        }
        require(name)
        plan.unified?.writes += writes
    }

    mutating func require(_ controller: Controller) {
        plan.unified?.wanted.removeAll { $0 == controller }
        if plan.unified?.required.contains(controller) == false { plan.unified?.required.append(controller) }
    }

    /// Which version's files a controller has here; `refused` where the host has it nowhere.
    func version(of controller: Controller, pointer: @autoclosure () -> String) throws(CgroupError) -> Hierarchy.Version {
        guard let hierarchy = layout.hierarchy(with: controller) else {
            throw .refused(pointer: pointer(), reason: "this host has no cgroup controller '\(controller)'")
        }
        return hierarchy.version
    }

    mutating func warn(_ field: String, _ reason: String) {
        plan.warnings.append("\(Self.pointer(field)): \(reason)")
    }
}
