internal import OCISpec

extension PlanBuilder {
    /// `linux.resources.pids` → `pids.max`, the same file on both versions.
    mutating func addPids(_ pids: Resources.Pids) throws(CgroupError) {
        let pointer = Self.pointer("pids/limit")
        guard pids.limit >= -1 else { throw .refused(pointer: pointer, reason: "\(pids.limit) is below -1, which is no limit") }
        // A limit of 0 would stop the container's own first process; the specification allows 0, and runc takes it as 1.
        let value = pids.limit == -1 ? "max" : String(max(pids.limit, 1))
        try add([.init("pids.max", value, pointer: pointer)], to: .pids, pointer: pointer)
    }
}
