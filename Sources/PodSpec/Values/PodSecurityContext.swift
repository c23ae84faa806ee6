/// What holds for all containers of a pod, and for its namespaces.
public struct PodSecurityContext: Equatable, Sendable {
    public var runAsUser: UInt32?
    public var runAsGroup: UInt32?
    public var runAsNonRoot: Bool?
    /// Beside the groups that the image's `/etc/group` gives the user.
    public var supplementalGroups: [UInt32] = []
    /// Whether the image's `/etc/group` gives none.
    public var hasStrictGroups = false
    /// Whose the volumes are, and a group of every container; nil leaves both alone.
    public var fsGroup: UInt32?
    /// Whether a volume whose directory is the group's already is left alone.
    public var changesOwnersOnMismatchOnly = false
    public var seccompProfile: SeccompProfile?
    /// Of containers that say nothing of it, both of these.
    public var appArmorProfile: AppArmorProfile?
    public var seLinuxOptions: SELinuxOptions?
    /// Unique by name.
    public var sysctls: [Sysctl] = []

    public init() {}
}
