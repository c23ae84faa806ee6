public import StrictTree

extension Document {
    /// Reads YAML as Kubernetes' tools do, or JSON where the text begins with `{` or `[`: the documents that are not empty, in order.
    ///
    /// YAML is UTF-8 with or without a byte order mark. Plain scalars are typed by YAML 1.1 as far as `ResolvedScalar` says; keys are strings or
    /// decimal integers, and unique; aliases and merge keys (`<<`) are expanded. The limits hold for all documents together and for what they are
    /// once expanded. JSON is one document, strict as that of `init(json:)`; `{a: b}` alone is therefore none.
    public static func documents(yaml bytes: consuming [UInt8], limits: Limits = Limits()) throws(TreeError) -> [Document] {
        if let first = bytes.first(where: { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }),
            first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
        {
            return [try Document(json: bytes, limits: limits).indexed]
        }
        return try Document.several(bytes, limits: limits) { source, limits throws(TreeError) in
            var stream = try YAMLStream(source, limits: limits)
            return try stream.documents()
        }
    }
}
