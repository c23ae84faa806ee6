import OCISpec

/// What a blob is, as a descriptor says: image specification, media-types.md, and Docker's names for the same (image manifest version 2, schema 2).
public struct MediaType: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    public var description: String { rawValue }

    public static let index = MediaType(rawValue: "application/vnd.oci.image.index.v1+json")
    public static let manifest = MediaType(rawValue: "application/vnd.oci.image.manifest.v1+json")
    public static let configuration = MediaType(rawValue: "application/vnd.oci.image.config.v1+json")
    public static let layer = MediaType(rawValue: "application/vnd.oci.image.layer.v1.tar")
    public static let gzipLayer = MediaType(rawValue: "application/vnd.oci.image.layer.v1.tar+gzip")
    public static let zstdLayer = MediaType(rawValue: "application/vnd.oci.image.layer.v1.tar+zstd")
    public static let empty = MediaType(rawValue: "application/vnd.oci.empty.v1+json")
    public static let dockerIndex = MediaType(rawValue: "application/vnd.docker.distribution.manifest.list.v2+json")
    public static let dockerManifest = MediaType(rawValue: "application/vnd.docker.distribution.manifest.v2+json")
    public static let dockerConfiguration = MediaType(rawValue: "application/vnd.docker.container.image.v1+json")
    public static let dockerLayer = MediaType(rawValue: "application/vnd.docker.image.rootfs.diff.tar")

    /// What cosign says that it signed: a layer that is no file system.
    public static let simpleSigning = MediaType(rawValue: "application/vnd.dev.cosign.simplesigning.v1+json")

    /// How a layer's tar is packed.
    public enum Compression: String, Hashable, Sendable {
        case none
        case gzip
        case zstd
    }

    /// What this module knows to do with a blob.
    public enum Kind: Hashable, Sendable {
        case index
        case manifest
        case configuration
        case layer(Compression)
        /// The two bytes `{}` that stand where an artifact has nothing.
        case empty
    }

    /// nil for a type that is none of an image's: stored as it is, never run.
    public var kind: Kind? {
        switch self {
        case .index, .dockerIndex: return .index
        case .manifest, .dockerManifest: return .manifest
        case .configuration, .dockerConfiguration: return .configuration
        case .empty: return .empty
        default: return Self.compression(of: rawValue).map { .layer($0) }
        }
    }

    private static func compression(of name: String) -> Compression? {
        for (tar, joint) in layers {
            switch name {
            case tar: return Compression.none
            case tar + joint + "gzip": return .gzip
            case tar + joint + "zstd": return .zstd
            default: continue
            }
        }
        return nil
    }

    /// The name of the tar, and what stands before its compression. Layers that must not be distributed are read as any other.
    private static let layers = [
        ("application/vnd.oci.image.layer.v1.tar", "+"),
        ("application/vnd.oci.image.layer.nondistributable.v1.tar", "+"),
        ("application/vnd.docker.image.rootfs.diff.tar", "."),
        ("application/vnd.docker.image.rootfs.foreign.diff.tar", "."),
    ]

    /// The type of a layer with this compression, as we write it.
    public static func layer(_ compression: Compression) -> MediaType {
        switch compression {
        case .none: .layer
        case .gzip: .gzipLayer
        case .zstd: .zstdLayer
        }
    }
}
