internal import OCISpec

extension PlanBuilder {
    /// `cpus` and `mems` of `linux.resources.cpu` → `cpuset.cpus`, `cpuset.mems`, the same files on both versions. What is not given on v1 is
    /// taken over from the cgroup above when the directory is made: see `Cgroup.inheritCPUSet`.
    mutating func addCPUSet(_ cpu: Resources.CPU) throws(CgroupError) {
        for (field, value) in [("cpus", cpu.cpus), ("mems", cpu.mems)] {
            guard let value, !value.isEmpty else { continue }
            let pointer = Self.pointer("cpu/" + field)
            guard value.utf8.allSatisfy({ "0123456789,-:/".utf8.contains($0) }) else {
                throw .refused(pointer: pointer, reason: "expected a list as '0-3,7', found '\(value)'")
            }
            try add([.init("cpuset." + field, value, pointer: pointer)], to: .cpuset, pointer: pointer)
        }
    }
}
