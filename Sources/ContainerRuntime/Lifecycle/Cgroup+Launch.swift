import Cgroups
import InitProtocol

/// Bounds, in milliseconds, for what the kernel should do at once: what is not done by then is reported as left.
enum Deadline {
    static let kill = 10_000
    static let remove = 10_000
}

extension Cgroup {
    /// The `tasks` files as a plan speaks of them, when they follow that many other descriptors.
    func tasksPlan(firstIndex: Int) -> [CgroupTasks] {
        let paths = location.directories.filter { $0.version == 1 }.map { $0.fullPath + "/tasks" }
        return zip(taskDescriptors.indices, paths).map { index, path in
            CgroupTasks(descriptor: UInt32(firstIndex + index), subject: path)
        }
    }
}
