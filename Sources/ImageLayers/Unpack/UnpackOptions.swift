public import Digests

/// How a layer becomes a directory.
public struct UnpackOptions: Hashable, Sendable {
    public var limits = LayerLimits()
    public var overlay = OverlayForm.trusted
    public var devices = DeviceNodes.make
    /// For the bytes as they come; nil where they are known.
    public var digest: DigestAlgorithm? = .sha256
    /// For the uncompressed archive.
    public var diffID = DigestAlgorithm.sha256

    public init() {}

    /// What to do with entries that are device nodes.
    public enum DeviceNodes: Hashable, Sendable {
        /// Make them; that needs `CAP_MKNOD` outside of any user namespace.
        case make
        /// Leave them out and count them: for user namespaces, where nobody could open them. A container's own devices come from its
        /// configuration, not from its image.
        case leaveOut
    }
}

/// In which extended attributes overlayfs looks for its marks.
public enum OverlayForm: Hashable, Sendable {
    /// `trusted.overlay.*`, for whoever has `CAP_SYS_ADMIN` in the first user namespace.
    case trusted
    /// `user.overlay.*`, for mounts with the option `userxattr`.
    case user

    private var prefix: String { self == .trusted ? "trusted.overlay." : "user.overlay." }

    /// `y`: nothing of lower layers is seen below this directory. `x`: there are whiteouts in the form of attributes in it (Linux 6.7).
    var opaque: [UInt8] { Array((prefix + "opaque").utf8) }
    /// On an empty file: a whiteout.
    var whiteout: [UInt8] { Array((prefix + "whiteout").utf8) }
}

/// What came of an archive.
public struct UnpackedLayer: Hashable, Sendable {
    public let stream: StreamSummary
    /// Entries of the archive.
    public let entries: UInt64
    /// Bytes of all files, holes included.
    public let fileBytes: UInt64
    /// Whether the layer hides all below it. overlayfs does not look at the mark of a layer's root: whoever stacks leaves the lower layers out.
    public let isRootOpaque: Bool
    /// Directories that no entry names, made for what lies in them. They are root's, 0755, and overlayfs shows these attributes even where a lower
    /// layer has others.
    public let impliedDirectories: UInt64
    /// What the archive has and the layer has not, and how often: names of extended attributes, `character device`, `block device`.
    public let omitted: [String: UInt64]
}
