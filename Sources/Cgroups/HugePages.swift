internal import OCISpec

extension PlanBuilder {
    /// `linux.resources.hugepageLimits`, in bytes for each size of page: a limit of what is in use and, where the kernel (5.7) has it, of what is
    /// reserved, without which a reservation in time would get around the first.
    mutating func addHugePages(_ limits: [Resources.HugepageLimit]) throws(CgroupError) {
        for (index, limit) in limits.enumerated() {
            let pointer = Self.pointer("hugepageLimits/\(index)/limit")
            let file = try version(of: .hugetlb, pointer: pointer) == .v1 ? "limit_in_bytes" : "max"
            let value = String(limit.limit)
            try add(
                [
                    .init("hugetlb.\(limit.pageSize).\(file)", value, pointer: pointer),
                    .init("hugetlb.\(limit.pageSize).rsvd.\(file)", value, pointer: pointer, ifMissing: .ignore),
                ], to: .hugetlb, pointer: pointer)
        }
    }
}
