public import StrictTree

extension Resources {
    /// `linux.resources.memory`, in bytes; -1 is no limit.
    public struct Memory: SpecValue {
        public var limit: Int64?
        public var reservation: Int64?
        /// Memory and swap together, as cgroup v1 counts.
        public var swap: Int64?
        public var kernel: Int64?
        public var kernelTCP: Int64?
        /// 0 … 100.
        public var swappiness: UInt64?
        public var disableOOMKiller: Bool?
        public var useHierarchy: Bool?
        /// Refuse a new limit below the present use.
        public var checkBeforeUpdate: Bool?

        public init(
            limit: Int64? = nil, reservation: Int64? = nil, swap: Int64? = nil, kernel: Int64? = nil, kernelTCP: Int64? = nil,
            swappiness: UInt64? = nil, disableOOMKiller: Bool? = nil, useHierarchy: Bool? = nil, checkBeforeUpdate: Bool? = nil
        ) {
            self.limit = limit
            self.reservation = reservation
            self.swap = swap
            self.kernel = kernel
            self.kernelTCP = kernelTCP
            self.swappiness = swappiness
            self.disableOOMKiller = disableOOMKiller
            self.useHierarchy = useHierarchy
            self.checkBeforeUpdate = checkBeforeUpdate
        }
    }

    /// `linux.resources.pids`.
    public struct Pids: SpecValue {
        /// -1 is no limit.
        public var limit: Int64

        public init(limit: Int64) {
            self.limit = limit
        }
    }

    /// One entry of `linux.resources.hugepageLimits`.
    public struct HugepageLimit: SpecValue {
        /// As `2MB`, `64KB`, `1GB`.
        public var pageSize: String
        /// Bytes.
        public var limit: UInt64

        public init(pageSize: String, limit: UInt64) {
            self.pageSize = pageSize
            self.limit = limit
        }
    }
}

extension Resources.Memory {
    public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        limit = try fields.int64("limit")
        reservation = try fields.int64("reservation")
        swap = try fields.int64("swap")
        kernel = try fields.int64("kernel")
        kernelTCP = try fields.int64("kernelTCP")
        swappiness = try fields.uint64("swappiness")
        disableOOMKiller = try fields.bool("disableOOMKiller")
        useHierarchy = try fields.bool("useHierarchy")
        checkBeforeUpdate = try fields.bool("checkBeforeUpdate")
        warnings.addUnknown(of: fields)
    }

    public func writeMembers(to json: inout JSONWriter) {
        json.member("limit", limit)
        json.member("reservation", reservation)
        json.member("swap", swap)
        json.member("kernel", kernel)
        json.member("kernelTCP", kernelTCP)
        json.member("swappiness", swappiness)
        json.member("disableOOMKiller", disableOOMKiller)
        json.member("useHierarchy", useHierarchy)
        json.member("checkBeforeUpdate", checkBeforeUpdate)
    }
}

extension Resources.Pids {
    public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        limit = try fields.required("limit").integer
        warnings.addUnknown(of: fields)
    }

    public func writeMembers(to json: inout JSONWriter) {
        json.member("limit", limit)
    }
}

extension Resources.HugepageLimit {
    public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        let size = try fields.required("pageSize")
        pageSize = try size.string
        guard Self.isPageSize(pageSize) else { throw size.failure("expected a page size as '2MB', found '\(pageSize)'") }
        limit = try fields.required("limit").unsigned
        warnings.addUnknown(of: fields)
    }

    /// `^[1-9][0-9]*[KMG]B$`.
    private static func isPageSize(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count >= 3, bytes[0] != UInt8(ascii: "0"), bytes.last == UInt8(ascii: "B") else { return false }
        guard "KMG".utf8.contains(bytes[bytes.count - 2]) else { return false }
        return bytes.dropLast(2).allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    public func writeMembers(to json: inout JSONWriter) {
        json.member("pageSize", pageSize)
        json.member("limit", limit)
    }
}
