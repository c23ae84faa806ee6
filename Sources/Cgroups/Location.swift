/// Where the cgroups of a container are, as plain words that outlive the process which made them: enough to find them again, to know that they
/// are the same ones, and to remove what was made and nothing else.
public struct Location: Hashable, Sendable {
    /// One cgroup in one hierarchy.
    public struct Directory: Hashable, Sendable {
        /// 1 or 2.
        public var version: Int
        /// v1: as `/proc/self/cgroup` has them, joined by commas. Empty for v2.
        public var controllers: String
        public var mountPoint: String
        /// Below the mount point, with a slash in front.
        public var path: String
        /// How many names at the end of the path are directories that we made: 0 for a cgroup that was there, 2 for one whose parent is ours too.
        public var made: Int
        /// The inode of the directory, by which the kernel tells one cgroup from a later one of the same name; 0 where it is not known.
        public var id: UInt64

        public init(version: Int, controllers: String, mountPoint: String, path: String, made: Int, id: UInt64) {
            self.version = version
            self.controllers = controllers
            self.mountPoint = mountPoint
            self.path = path
            self.made = made
            self.id = id
        }

        /// The host's path.
        public var fullPath: String { mountPoint + path }

        /// Whether a v1 hierarchy has a controller.
        func has(_ controller: Controller) -> Bool {
            controllers.split(separator: ",").contains { $0 == controller.rawValue }
        }
    }

    public var directories: [Directory]

    public init(directories: [Directory] = []) { self.directories = directories }

    /// The part of it in the v2 tree.
    public var unified: Location { Location(directories: directories.filter { $0.version == 2 }) }
    /// The part of it in v1 hierarchies.
    public var legacy: Location { Location(directories: directories.filter { $0.version == 1 }) }

    /// The path in the v2 tree, else in the first of the others, as `state` shows it.
    public var path: String? { (directories.first { $0.version == 2 } ?? directories.first)?.path }

    /// The host's path of the file whose `oom_kill` counts kills for want of memory, `memory.oom_control` of v1 or `memory.events.local` of v2, which is
    /// missing where that tree does not count memory; nil without a hierarchy that could.
    public var memoryEventsPath: String? {
        if let legacy = directories.first(where: { $0.version == 1 && $0.has(.memory) }) {
            return legacy.fullPath + "/memory.oom_control"
        }
        return directories.first { $0.version == 2 }.map { $0.fullPath + "/memory.events.local" }
    }

    /// The files to which a process writes `0` to enter: `tasks` of v1, `cgroup.procs` of v2.
    public var doors: [String] { directories.map { $0.fullPath + ($0.version == 2 ? "/cgroup.procs" : "/tasks") } }
}
