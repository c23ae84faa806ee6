import Cgroups

/// Bounds, in milliseconds, for what the kernel should do at once: what is not done by then is reported as left.
enum Deadline {
    static let kill = 10_000
    static let remove = 10_000
}

extension Location {
    /// The paths of the v1 `tasks` files, in the order of `Cgroup.taskDescriptors`.
    var taskPaths: [String] { directories.filter { $0.version == 1 }.map { $0.fullPath + "/tasks" } }
}

extension Plan {
    /// The same, before they are made.
    var taskPaths: [String] { legacy.map { $0.directory + "/tasks" } }
}
