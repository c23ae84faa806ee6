public import LinuxTypes

/// A volume of the pod at a place in a container.
public struct VolumeMount: Equatable, Sendable {
    /// The volume's.
    public var name: String
    /// Unique in its container.
    public var mountPath: ContainerPath
    public var readOnly: Bool
    /// Whether mounts below it are read-only, too.
    public var isRecursivelyReadOnly = false
    public var propagation: MountPassing = .none
    /// Which part of the volume; nil for all of it.
    public var part: Part?

    public init(name: String, mountPath: ContainerPath, readOnly: Bool = false) {
        self.name = name
        self.mountPath = mountPath
        self.readOnly = readOnly
    }

    /// A path below a volume's directory.
    public enum Part: Equatable, Sendable {
        /// Relative, without `..`.
        case path(String)
        /// The same, once `$(VAR)` is replaced by variables of the container.
        case expression(String)
    }
}

/// Whether mounts that are made in a volume later are seen on the other side.
public enum MountPassing: String, FieldChoice {
    case none = "None"
    /// The machine's are seen in the container.
    case hostToContainer = "HostToContainer"
    /// And the container's on the machine.
    case bidirectional = "Bidirectional"

    public static let noun = "propagation of mounts"
}
