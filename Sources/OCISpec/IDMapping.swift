public import StrictTree

/// One line of a user namespace's map, `user_namespaces(7)`.
public struct IDMapping: SpecValue, Hashable {
    public var containerID: UInt32
    public var hostID: UInt32
    /// At least 1.
    public var size: UInt32

    public init(containerID: UInt32, hostID: UInt32, size: UInt32) {
        self.containerID = containerID
        self.hostID = hostID
        self.size = size
    }
}

extension IDMapping {
    public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        containerID = try fields.required("containerID").identifier
        hostID = try fields.required("hostID").identifier
        size = try fields.required("size").integer(in: 1...UInt32.max)
        for (name, first) in [("containerID", containerID), ("hostID", hostID)]
        where UInt64(first) + UInt64(size) > UInt64(UInt32.max) {
            throw value.failure("the \(size) ids from \(name) \(first) reach beyond \(UInt32.max - 1)")
        }
        warnings.addUnknown(of: fields)
    }

    public func writeMembers(to json: inout JSONWriter) {
        json.member("containerID", containerID)
        json.member("hostID", hostID)
        json.member("size", size)
    }
}
