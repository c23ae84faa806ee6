public import Digests
public import OCISpec
public import StrictTree

/// What points to a blob: its type, digest and size. Image specification, descriptor.md.
public struct Descriptor: SpecValue {
    public var mediaType: MediaType
    public var digest: Digest
    /// Bytes; never negative.
    public var size: Int64
    public var annotations: OrderedMap<String>
    /// In an index: what the manifest is for.
    public var platform: Platform?
    public var artifactType: String?

    public init(
        mediaType: MediaType, digest: Digest, size: Int64, annotations: OrderedMap<String> = [:], platform: Platform? = nil,
        artifactType: String? = nil
    ) {
        self.mediaType = mediaType
        self.digest = digest
        self.size = size
        self.annotations = annotations
        self.platform = platform
        self.artifactType = artifactType
    }
}

extension Descriptor {
    public init(from value: Value, noting warnings: inout Warnings) throws(TreeError) {
        var fields = try Fields(value)
        let mediaType = try fields.required("mediaType")
        self.mediaType = MediaType(rawValue: try mediaType.string)
        guard Self.isTypeName(self.mediaType.rawValue) else {
            throw mediaType.failure("'\(self.mediaType)' is no media type")
        }
        digest = try fields.required("digest").digest
        size = try fields.required("size").integer(in: 0...Int64.max)
        annotations = try fields.stringMap("annotations")
        platform = try fields.object("platform", &warnings)
        artifactType = try fields.string("artifactType")
        // Inline content and other places to fetch it from: the blob itself is read, and checked.
    }

    public func writeMembers(to json: inout JSONWriter) {
        json.member("mediaType", mediaType.rawValue)
        json.member("digest", digest.description)
        json.member("size", size)
        json.map("annotations", annotations)
        json.member("platform", platform)
        json.member("artifactType", artifactType)
    }

    /// RFC 6838: `type/subtype` of letters, digits and a few signs, each at most 127 long.
    private static func isTypeName(_ name: String) -> Bool {
        let parts = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return parts.count == 2
            && parts.allSatisfy { part in (1...127).contains(part.count) && part.allSatisfy { Self.typeSigns.contains($0) } }
    }

    private static let typeSigns = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$&-^_.+".utf8)
}

extension Value {
    /// A digest that can be checked.
    package var digest: Digest {
        get throws(TreeError) {
            let text = try string
            do throws(DigestError) { return try Digest(text) } catch { throw failure("\(error)") }
        }
    }
}
