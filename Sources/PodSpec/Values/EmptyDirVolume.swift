/// A directory that is made with the pod and removed with it.
public struct EmptyDirVolume: Equatable, Sendable {
    public var medium: StorageMedium
    /// In bytes, rounded up; nil where only the medium limits it. Zero counts as nil, as in Kubernetes.
    public var sizeLimit: Quantity?

    public init(medium: StorageMedium = .disk, sizeLimit: Quantity? = nil) {
        self.medium = medium
        self.sizeLimit = sizeLimit
    }
}

/// What keeps the files of an `emptyDir`.
public enum StorageMedium: String, FieldChoice {
    case disk = ""
    /// A tmpfs.
    case memory = "Memory"

    public static let noun = "medium"
}
