/// One mounted tree of cgroups.
public struct Hierarchy: Hashable, Sendable {
    /// `cgroup` and `cgroup2` of `mount(8)`.
    public enum Version: Int, Hashable, Sendable {
        case v1 = 1
        case v2 = 2
    }

    public let version: Version
    /// v1: what is attached to this tree. v2: what the cgroup at its mount can give to those below.
    public let controllers: [Controller]
    /// Without a slash at the end.
    public let mountPoint: String
    /// The caller's own cgroup, below the mount.
    public let own: CgroupPath
    /// Whether the caller may make cgroups at the mount.
    public let isWritable: Bool

    public init(
        version: Version, controllers: [Controller], mountPoint: String, own: CgroupPath = .root, isWritable: Bool = true
    ) {
        self.version = version
        self.controllers = controllers
        self.mountPoint = mountPoint
        self.own = own
        self.isWritable = isWritable
    }

    /// The host's path of a cgroup.
    public func directory(of path: CgroupPath) -> String { mountPoint + path.string }
}
