public import Digests
public import ImageSpec
import OCISpec
public import StrictTree

/// What a signature says: which image it is for, and under which name. The "simple signing" format of containers/image
/// (containers-signature(5)), with cosign's type.
///
/// ```
/// {"critical":{"identity":{"docker-reference":"registry.example/team/app"},
///              "image":{"docker-manifest-digest":"sha256:…"},
///              "type":"cosign container image signature"},
///  "optional":{}}
/// ```
public struct SignaturePayload: Hashable, Sendable {
    /// What the image was called when it was signed: domain and path.
    public var repository: String
    /// nil where the signature is for the repository, as cosign makes it.
    public var tag: String?
    /// Of the manifest, or of an index that names it.
    public var digest: Digest

    /// Names an image by the repository of its name.
    public init(repositoryOf name: ImageReference, digest: Digest) {
        repository = name.name
        self.digest = digest
    }

    /// The name that was signed.
    public var name: String { repository + (tag.map { ":" + $0 } ?? "") }

    static let type = "cosign container image signature"
    /// containers/image's own.
    static let atomicType = "atomic container signature"
    /// A payload is a few hundred bytes, and annotations that somebody signed along.
    public static let limit = 64 << 10

    /// Reads what was signed: strictly, since two readers of one text must not see two images.
    public init(json: [UInt8]) throws(TreeError) {
        let limits = Limits(maxBytes: Self.limit, maxDepth: 16, maxNodes: 4096)
        var root = try Fields(try Document(json: json, limits: limits).root)
        var critical = try Fields(try root.required("critical"))
        if let optional = root.optional("optional") { _ = try optional.members }
        try root.refuseUnknown()
        let type = try critical.required("type")
        let found = try type.string
        guard found == Self.type || found == Self.atomicType else {
            throw type.failure("expected '\(Self.type)', found '\(found)'")
        }
        var image = try Fields(try critical.required("image"))
        digest = try image.required("docker-manifest-digest").digest
        try image.refuseUnknown()
        var identity = try Fields(try critical.required("identity"))
        let name = try identity.required("docker-reference")
        let text = try name.string
        let reference: ImageReference
        do throws(ReferenceError) { reference = try ImageReference(text) } catch {
            throw name.failure("'\(text)' is no name of an image: \(error)")
        }
        repository = reference.name
        // Where none stands there, a name has the one that goes without saying: a signature does not say it.
        tag = Self.hasTag(text) ? reference.tag : nil
        if let stated = reference.digest, stated != digest {
            throw name.failure("it names \(stated), and the payload is for \(digest)")
        }
        try identity.refuseUnknown()
        try critical.refuseUnknown()
    }

    /// A colon behind the last slash; before it there may be a port.
    private static func hasTag(_ text: String) -> Bool {
        let bytes = Array(text.utf8.prefix { $0 != UInt8(ascii: "@") })
        return bytes[(bytes.lastIndex(of: UInt8(ascii: "/")) ?? 0)...].contains(UInt8(ascii: ":"))
    }

    /// The bytes to sign: always the same for the same image and name.
    public var json: [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.object("critical") { json in
                json.object("identity") { $0.member("docker-reference", name) }
                json.object("image") { $0.member("docker-manifest-digest", digest.description) }
                json.member("type", Self.type)
            }
            json.object("optional") { _ in }
        }
        return json.bytes
    }
}
