public import StrictTree

/// That a pod is frozen. It holds for one boot.
public struct FrozenRecord: Hashable, Sendable {
    public var bootID: String
    /// Nanoseconds since 1970.
    public var since: Int64

    public init(bootID: String, since: Int64) {
        self.bootID = bootID
        self.since = since
    }

    /// One JSON object.
    public var json: [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("boot", bootID)
            json.member("since", since)
        }
        return json.bytes
    }

    public init(json bytes: [UInt8]) throws(TreeError) {
        var fields = try Fields(Document(json: bytes).root)
        bootID = try fields.required("boot").string
        since = try fields.required("since").integer
    }
}
