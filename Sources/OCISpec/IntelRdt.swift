public import StrictTree

/// `linux.intelRdt`: a group of resctrl, for cache and memory bandwidth.
public struct IntelRdt: SpecValue {
    /// nil takes the container's id; `/` is the default group.
    public var closID: String?
    /// Lines for `schemata`, after the two next.
    public var schemata: [String]
    public var l3CacheSchema: String?
    public var memBwSchema: String?
    public var enableMonitoring: Bool

    public init(
        closID: String? = nil, schemata: [String] = [], l3CacheSchema: String? = nil, memBwSchema: String? = nil,
        enableMonitoring: Bool = false
    ) {
        self.closID = closID
        self.schemata = schemata
        self.l3CacheSchema = l3CacheSchema
        self.memBwSchema = memBwSchema
        self.enableMonitoring = enableMonitoring
    }
}

extension IntelRdt {
    public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        closID = try fields.string("closID")
        if let closID, closID != "/", closID.isEmpty || closID == "." || closID == ".." || closID.utf8.contains(UInt8(ascii: "/"))
        {
            throw value.failure("'\(closID)' is no name of a resctrl group")
        }
        schemata = []
        if let lines = fields.optional("schemata") {
            schemata = try lines.array.map { line throws(TreeError) in try Self.line(line, prefix: "") }
        }
        l3CacheSchema = try fields.optional("l3CacheSchema").map { value throws(TreeError) in try Self.line(value, prefix: "L3:")
        }
        memBwSchema = try fields.optional("memBwSchema").map { value throws(TreeError) in try Self.line(value, prefix: "MB:") }
        enableMonitoring = try fields.bool("enableMonitoring") ?? false
        warnings.addUnknown(of: fields)
    }

    private static func line(_ value: Value, prefix: String) throws(TreeError) -> String {
        let line = try value.string
        guard line.hasPrefix(prefix), !line.utf8.contains(UInt8(ascii: "\n")) else {
            throw value.failure("expected one line\(prefix.isEmpty ? "" : " that begins with '\(prefix)'")")
        }
        return line
    }

    public func writeMembers(to json: inout JSONWriter) {
        json.member("closID", closID)
        json.list("schemata", schemata)
        json.member("l3CacheSchema", l3CacheSchema)
        json.member("memBwSchema", memBwSchema)
        json.flag("enableMonitoring", enableMonitoring)
    }
}
