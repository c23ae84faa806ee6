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
public enum StorageMedium: Hashable, Sendable {
    case disk
    /// A tmpfs.
    case memory
    /// A hugetlbfs, with pages of so many bytes; nil for those that the pod's containers have, of one size.
    case hugePages(UInt64?)
}
