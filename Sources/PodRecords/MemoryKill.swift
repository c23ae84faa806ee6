internal import StrictTree

/// What the kernel said of a container that ran out of memory. Bytes; what nobody tells is nil, or empty.
public struct MemoryKill: Hashable, Sendable {
    /// How many processes of the cgroup the kernel has killed.
    public var kills: UInt64
    /// Of the cgroup; nil for none.
    public var limit: UInt64?
    /// The most that was ever used.
    public var peak: UInt64?
    /// The last process that was killed.
    public var process = ""
    public var pid: Int32?

    public init(kills: UInt64, limit: UInt64? = nil, peak: UInt64? = nil, process: String = "", pid: Int32? = nil) {
        self.kills = kills
        self.limit = limit
        self.peak = peak
        self.process = process
        self.pid = pid
    }

    func write(to json: inout JSONWriter) {
        json.member("kills", kills)
        json.member("limit", limit)
        json.member("peak", peak)
        json.member("process", text: process)
        json.member("pid", pid)
    }

    init(_ value: Value) throws(TreeError) {
        var fields = try Fields(value)
        kills = try fields.uint64("kills") ?? 0
        limit = try fields.uint64("limit")
        peak = try fields.uint64("peak")
        process = try fields.string("process") ?? ""
        pid = try fields.optional("pid")?.integer(in: 1...Int32.max)
    }
}
