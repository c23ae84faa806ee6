/// Storage that a pod's containers can mount.
public struct Volume: Equatable, Sendable {
    /// A DNS label, unique in its pod.
    public var name: String
    public var source: VolumeSource

    public init(name: String, source: VolumeSource) {
        self.name = name
        self.source = source
    }
}

/// Where a volume's files are; a volume that names none is an `emptyDir` on the disk.
public enum VolumeSource: Equatable, Sendable {
    case emptyDir(EmptyDirVolume)
    case hostPath(HostPathVolume)
    case projected(ProjectedVolume)
    case claim(ClaimVolume)
    case image(ImageVolume)

    /// Whether containers may only read it, whatever their mounts say.
    public var isReadOnly: Bool {
        switch self {
        case .emptyDir, .hostPath: false
        case .projected, .image: true
        case .claim(let claim): claim.isReadOnly
        }
    }
}
