public import LinuxTypes
public import StrictTree

/// One entry of `linux.namespaces`.
public struct Namespace: SpecValue {
    public var type: NamespaceKind
    /// The namespace to join, absolute; nil makes a new one.
    public var path: String?

    public init(type: NamespaceKind, path: String? = nil) {
        self.type = type
        self.path = path
    }
}

extension Namespace {
    public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        let type = try fields.required("type")
        let name = try type.string
        guard let kind = NamespaceKind(specName: name) else {
            throw type.failure(
                "unknown namespace type '\(name)'\(Suggestion.hint(for: name, in: NamespaceKind.allCases.map(\.specName)))")
        }
        self.type = kind
        path = try fields.absolutePath("path")
        warnings.addUnknown(of: fields)
    }

    public func writeMembers(to json: inout JSONWriter) {
        json.member("type", type.specName)
        json.member("path", path)
    }
}
