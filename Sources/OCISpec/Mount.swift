public import StrictTree

/// One entry of `mounts`.
public struct Mount: SpecValue {
    /// A path in the container; a relative one counts from its root.
    public var destination: String
    public var type: String?
    public var source: String?
    /// Flags, propagation and data of the file system, as written.
    public var options: [String]
    /// Both or neither of the mappings are given.
    public var uidMappings: [IDMapping]
    public var gidMappings: [IDMapping]

    public init(
        destination: String, type: String? = nil, source: String? = nil, options: [String] = [], uidMappings: [IDMapping] = [],
        gidMappings: [IDMapping] = []
    ) {
        self.destination = destination
        self.type = type
        self.source = source
        self.options = options
        self.uidMappings = uidMappings
        self.gidMappings = gidMappings
    }
}

extension Mount {
    public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        let destination = try fields.required("destination")
        self.destination = try destination.string
        guard !self.destination.isEmpty else { throw destination.failure("the destination is empty") }
        type = try fields.string("type")
        source = try fields.string("source")
        options = try fields.strings("options")
        uidMappings = try fields.list("uidMappings", &warnings)
        gidMappings = try fields.list("gidMappings", &warnings)
        guard uidMappings.isEmpty == gidMappings.isEmpty else {
            throw value.failure("'uidMappings' and 'gidMappings' go together, one of them is missing")
        }
        warnings.addUnknown(of: fields)
    }

    public func writeMembers(to json: inout JSONWriter) {
        json.member("destination", destination)
        json.member("type", type)
        json.member("source", source)
        json.list("options", options)
        json.list("uidMappings", uidMappings)
        json.list("gidMappings", gidMappings)
    }
}
