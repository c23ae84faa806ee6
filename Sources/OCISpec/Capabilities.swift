public import StrictTree

/// The five capability sets by name, `capabilities(7)`. Names that the kernel lacks are warnings of whoever applies them.
public struct Capabilities: SpecValue {
    public var bounding: [String]
    public var effective: [String]
    public var inheritable: [String]
    public var permitted: [String]
    public var ambient: [String]

    public init(
        bounding: [String] = [], effective: [String] = [], inheritable: [String] = [], permitted: [String] = [],
        ambient: [String] = []
    ) {
        self.bounding = bounding
        self.effective = effective
        self.inheritable = inheritable
        self.permitted = permitted
        self.ambient = ambient
    }
}

extension Capabilities {
    public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        bounding = try fields.strings("bounding")
        effective = try fields.strings("effective")
        inheritable = try fields.strings("inheritable")
        permitted = try fields.strings("permitted")
        ambient = try fields.strings("ambient")
        warnings.addUnknown(of: fields)
    }

    public func writeMembers(to json: inout JSONWriter) {
        json.list("bounding", bounding)
        json.list("effective", effective)
        json.list("inheritable", inheritable)
        json.list("permitted", permitted)
        json.list("ambient", ambient)
    }
}
