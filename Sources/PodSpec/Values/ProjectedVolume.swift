/// A directory of files that are made of documents and of the pod itself: `configMap`, `secret`, `downwardAPI` and `projected` alike. Containers only read it.
public struct ProjectedVolume: Equatable, Sendable {
    /// What makes the files; where two make one of the same path, the later one does.
    public var sources: [VolumeProjection]
    /// Permissions of files that have none of their own.
    public var defaultMode: UInt32

    public init(_ sources: [VolumeProjection], defaultMode: UInt32 = 0o644) {
        self.sources = sources
        self.defaultMode = defaultMode
    }

    /// Whether what is in it must not reach a disk.
    public var hasSecrets: Bool {
        sources.contains { source in
            guard case .document(let document) = source else { return false }
            return document.kind == .secret
        }
    }
}

/// What makes files of a volume.
public enum VolumeProjection: Equatable, Sendable {
    case document(DocumentProjection)
    case pod([PodFile])
}

/// Files of a ConfigMap or Secret of the pod's namespace.
public struct DocumentProjection: Equatable, Sendable {
    public var kind: ConfigDocument.Kind
    public var name: String
    /// Which keys under which paths; nil means each under its own name.
    public var items: [Item]?
    /// Whether there are no files where there is no such document, or key.
    public var isOptional: Bool
    /// Where it stands in the manifest, as `spec.volumes[0].projected.sources[1].secret`.
    public var place: String

    public struct Item: Equatable, Sendable {
        public var key: String
        /// Relative, without `..`.
        public var path: String
        public var mode: UInt32?
    }
}

/// A file that says something of the pod.
public struct PodFile: Equatable, Sendable {
    /// Relative, without `..`.
    public var path: String
    public var mode: UInt32?
    public var content: Content

    public enum Content: Equatable, Sendable {
        case field(PodField)
        case resource(ResourceField)
    }
}

/// A volume with a name of its own, that outlives the pod.
public struct ClaimVolume: Equatable, Sendable {
    /// Of the PersistentVolumeClaim, in the pod's namespace.
    public var claimName: String
    public var isReadOnly: Bool
}

/// The files of an image, to read.
public struct ImageVolume: Equatable, Sendable {
    public var reference: String
    public var pullPolicy: PullPolicy
}
