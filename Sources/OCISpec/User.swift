public import StrictTree

/// Who the process is, `process.user`; ids are those of the container's user namespace.
public struct User: SpecValue {
    public var uid: UInt32
    public var gid: UInt32
    /// At most 0o777; nil leaves the choice to the runtime.
    public var umask: UInt32?
    public var additionalGids: [UInt32]

    public init(uid: UInt32 = 0, gid: UInt32 = 0, umask: UInt32? = nil, additionalGids: [UInt32] = []) {
        self.uid = uid
        self.gid = gid
        self.umask = umask
        self.additionalGids = additionalGids
    }
}

extension User {
    public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        uid = try fields.identifier("uid") ?? 0
        gid = try fields.identifier("gid") ?? 0
        umask = try fields.optional("umask")?.integer(in: 0...0o777)
        if let groups = fields.optional("additionalGids") {
            additionalGids = try groups.array.map { group throws(TreeError) in try group.identifier }
        } else {
            additionalGids = []
        }
        if let username = fields.optional("username") { warnings.add("is for Windows, ignored", at: username) }
        warnings.addUnknown(of: fields)
    }

    public func writeMembers(to json: inout JSONWriter) {
        json.member("uid", uid)
        json.member("gid", gid)
        json.member("umask", umask)
        guard !additionalGids.isEmpty else { return }
        json.array("additionalGids") { json in
            for group in additionalGids { json.element(group) }
        }
    }
}
