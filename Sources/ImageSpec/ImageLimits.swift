public import StrictTree

/// How much of an image is read before it is refused: far above what any image needs.
public struct ImageLimits: Hashable, Sendable {
    /// Bytes of a manifest, an index or a configuration. Registries refuse manifests above 4 MiB.
    public var documentBytes = 4 << 20
    /// Layers of one image. overlayfs stacks 500 at most.
    public var layers = 500
    /// Entries of one index.
    public var manifests = 1000
    /// Indexes inside each other.
    public var indexDepth = 4
    /// Bytes of one blob.
    public var blobBytes: Int64 = 1 << 40
    /// Arrays and objects inside each other in one document.
    public var nesting = 32
    /// Entries of a configuration's history.
    public var history = 10_000

    public init() {}

    public var tree: Limits { Limits(maxBytes: documentBytes, maxDepth: nesting) }
}
