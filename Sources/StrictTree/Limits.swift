/// How much of a document from outside is read before it is refused.
public struct Limits: Hashable, Sendable {
    /// Bytes of the text; at most 1 GiB, since the tree stores 32-bit offsets.
    public var maxBytes: Int { didSet { maxBytes = Swift.min(maxBytes, Self.addressable) } }
    /// Arrays and objects inside each other.
    public var maxDepth: Int
    /// Values and keys together; each takes 16 bytes of memory.
    public var maxNodes: Int

    /// The defaults are far above what any configuration needs and far below what would hurt.
    public init(maxBytes: Int = 16 << 20, maxDepth: Int = 128, maxNodes: Int = 1 << 20) {
        self.maxBytes = Swift.min(maxBytes, Self.addressable)
        self.maxDepth = maxDepth
        self.maxNodes = maxNodes
    }

    private static let addressable = 1 << 30
}
