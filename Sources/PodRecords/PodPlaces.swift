public import Journal
public import LinuxTypes

/// Where the files of pods lie.
public struct PodPlaces: Hashable, Sendable {
    /// What outlives the boot: journal, images, logs, volumes.
    public let root: HostPath
    /// What dies with the boot: sockets, locks, pins.
    public let runRoot: HostPath

    /// The run root where somebody names it, so that the journal's own files go there too.
    public let namedRunRoot: HostPath?

    /// nil stands for the default.
    public init(root: HostPath? = nil, runRoot: HostPath? = nil) {
        self.root = root ?? Self.path(StoreLocation.defaultRoot)
        self.runRoot = runRoot ?? Self.path(StoreLocation.defaultRunRoot)
        namedRunRoot = runRoot
    }

    private static func path(_ text: String) -> HostPath {
        guard let path = HostPath(text) else { preconditionFailure("a path that is written here is one") }
        return path
    }

    /// The journal of all that is recorded of pods, images and addresses.
    public var journal: StoreLocation { StoreLocation(root: root, runRoot: namedRunRoot) }

    /// Volumes and logs of one pod.
    public func directory(_ uid: PodUID) -> HostPath { root.appending("pods/\(uid)") }

    /// The directory of a container's logs, one file for each attempt.
    public func logs(of container: String, _ uid: PodUID) -> HostPath { directory(uid).appending("logs/\(container)") }

    /// Volumes on the disk.
    public func volumes(_ uid: PodUID) -> HostPath { directory(uid).appending("volumes") }

    /// Lock, socket and streams of one pod.
    public func runDirectory(_ uid: PodUID) -> HostPath { runRoot.appending("pods/\(uid)") }

    /// Where the pod's own file system in memory is mounted, in its mount namespace only: pins, roots, files that its containers see.
    public func sandbox(_ uid: PodUID) -> HostPath { runDirectory(uid).appending("sandbox") }

    /// The pod's mount namespace, the one mount that it has on the host.
    public func mountNamespace(_ uid: PodUID) -> HostPath { runDirectory(uid).appending("mnt") }

    /// The pod's cgroup, below the root of each hierarchy; each attempt to run a container has one below it, named by its id.
    public static func cgroup(of uid: PodUID) -> String { "/hull/pods/\(uid)" }

    /// The cgroup of the pod's keeper and of its workers.
    public static func keeperCgroup(of uid: PodUID) -> String { "/hull/keepers/\(uid)" }

    // Names in the run directory.
    public static let lock = "lock"
    public static let socket = "keeper.sock"
    public static let streams = "io"
}
