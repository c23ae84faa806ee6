import OCISpec
public import StrictTree

/// Reads the documents of an image within limits, and as what their descriptors say they are and nothing else.
public enum ImageDocument {
    /// An index in a blob that was described as one.
    public static func index(_ bytes: [UInt8], limits: ImageLimits = ImageLimits()) throws(TreeError) -> ImageIndex {
        let root = try Document(json: bytes, limits: limits.tree).root
        try limit(root, "manifests", to: limits.manifests)
        return try Decoded<ImageIndex>(from: root).value
    }

    public static func manifest(_ bytes: [UInt8], limits: ImageLimits = ImageLimits()) throws(TreeError) -> ImageManifest {
        let root = try Document(json: bytes, limits: limits.tree).root
        try limit(root, "layers", to: limits.layers)
        return try Decoded<ImageManifest>(from: root).value
    }

    public static func configuration(
        _ bytes: [UInt8], limits: ImageLimits = ImageLimits()
    ) throws(TreeError) -> ImageConfiguration {
        let root = try Document(json: bytes, limits: limits.tree).root
        try limit(root, "history", to: limits.history)
        return try Decoded<ImageConfiguration>(from: root).value
    }

    /// The file `oci-layout`: its version is one that this module reads.
    public static func checkLayout(_ bytes: [UInt8], limits: ImageLimits = ImageLimits()) throws(TreeError) {
        var fields = try Fields(try Document(json: bytes, limits: limits.tree).root)
        let version = try fields.required("imageLayoutVersion")
        let text = try version.string
        guard text == "1.0.0" || text.hasPrefix("1.") else {
            throw version.failure("expected a layout of version 1, found '\(text)'")
        }
    }

    /// What `oci-layout` holds.
    public static let layout = Array("{\"imageLayoutVersion\":\"1.0.0\"}".utf8)

    /// The file `manifest.json` of what `docker save` writes.
    public static func dockerArchive(
        _ bytes: [UInt8], limits: ImageLimits = ImageLimits()
    ) throws(TreeError) -> [DockerArchiveEntry] {
        let root = try Document(json: bytes, limits: limits.tree).root
        let elements = try root.array
        guard elements.count <= limits.manifests else {
            throw root.failure("\(elements.count) images, more than \(limits.manifests)")
        }
        var entries: [DockerArchiveEntry] = []
        for element in elements {
            try limit(element, "Layers", to: limits.layers)
            entries.append(try Decoded<DockerArchiveEntry>(from: element).value)
        }
        return entries
    }

    private static func limit(_ root: Value, _ name: String, to count: Int) throws(TreeError) {
        guard let list = try root.member(name), !list.isNull else { return }
        let found = try list.array.count
        guard found <= count else { throw list.failure("\(found) entries, more than \(count)") }
    }

    /// Refuses a document that is something else than what its descriptor says, or that could be read as two things: whoever checks the one would
    /// not see the other (CVE-2021-41190).
    static func check(_ fields: inout Fields, is kind: MediaType.Kind) throws(TreeError) -> MediaType? {
        let version = try fields.required("schemaVersion")
        guard try version.integer == 2 else { throw version.failure("expected schema version 2, found \(try version.integer)") }
        let foreign: [StaticString] = kind == .index ? ["config", "layers", "fsLayers"] : ["manifests", "fsLayers"]
        for name in foreign {
            if let value = fields.optional(name) {
                throw value.failure("'\(name)' in a document that is described as \(kind == .index ? "an index" : "a manifest")")
            }
        }
        guard let named = fields.optional("mediaType") else { return nil }
        let mediaType = MediaType(rawValue: try named.string)
        guard mediaType.kind == kind else {
            throw named.failure("'\(mediaType)' in a document that is described as \(kind == .index ? "an index" : "a manifest")")
        }
        return mediaType
    }
}
