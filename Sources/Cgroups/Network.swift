internal import OCISpec

extension PlanBuilder {
    /// `linux.resources.network`: controllers that only v1 has; a v2 host marks packets by eBPF or nftables.
    mutating func addNetwork(_ network: Resources.Network) throws(CgroupError) {
        if let classID = network.classID {
            let pointer = Self.pointer("network/classID")
            try add([.init("net_cls.classid", String(classID), pointer: pointer)], to: .netCls, pointer: pointer)
        }
        for (index, priority) in network.priorities.enumerated() {
            let pointer = Self.pointer("network/priorities/\(index)")
            guard Self.isWord(priority.name) else {
                throw .refused(pointer: pointer + "/name", reason: "is no name of an interface")
            }
            let write = Plan.Write("net_prio.ifpriomap", "\(priority.name) \(priority.priority)", pointer: pointer)
            try add([write], to: .netPrio, pointer: pointer)
        }
    }
}
