public import StrictTree

/// The container's root file system.
public struct Root: SpecValue {
    /// Absolute, or relative to the bundle.
    public var path: String
    public var readonly: Bool

    public init(path: String, readonly: Bool = false) {
        self.path = path
        self.readonly = readonly
    }
}

extension Root {
    public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        let path = try fields.required("path")
        self.path = try path.string
        guard !self.path.isEmpty else { throw path.failure("the path is empty") }
        readonly = try fields.bool("readonly") ?? false
        warnings.addUnknown(of: fields)
    }

    public func writeMembers(to json: inout JSONWriter) {
        json.member("path", path)
        json.flag("readonly", readonly)
    }
}
