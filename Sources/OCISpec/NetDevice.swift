public import StrictTree

/// One entry of `linux.netDevices`: an interface of the host that moves into the container.
public struct NetDevice: SpecValue {
    /// Its name in the container; nil keeps the host's.
    public var name: String?

    public init(name: String? = nil) {
        self.name = name
    }
}

extension NetDevice {
    public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        name = try fields.string("name")
        warnings.addUnknown(of: fields)
    }

    public func writeMembers(to json: inout JSONWriter) {
        json.member("name", name)
    }
}
