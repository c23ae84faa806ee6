internal import Cgroups
internal import LinuxKernel
internal import LinuxTypes
internal import PodRecords

/// Cgroups of pods and keepers by the names they have, whoever made them.
enum PodCgroups {
    /// Pods that have one, or whose keepers have.
    static func names() throws(PodError) -> [PodUID] {
        try uids(with: PodPlaces.cgroup(of:)).union(uids(with: PodPlaces.keeperCgroup(of:))).sorted { $0.string < $1.string }
    }

    /// Whose cgroup of one kind is there in any hierarchy: of one that was removed in part, while a process was on its way out, the rest is in some alone.
    static func uids(with path: (PodUID) -> String) throws(PodError) -> Set<PodUID> {
        guard let any = PodUID("any") else { return [] }
        let plan = try grouping { () throws(CgroupError) in try Cgroups.Plan.ofHost(at: path(any)) }
        var uids: Set<PodUID> = []
        for directory in (plan.legacy + [plan.unified].compactMap { $0 }).map(\.directory) {
            uids.formUnion(directoryNames(String(directory.dropLast(any.string.count + 1))).compactMap(PodUID.init))
        }
        return uids
    }

    /// Those of a path that are there, as the host names them.
    static func present(at path: String) throws(PodError) -> [String] {
        try grouping { () throws(CgroupError) in
            try Cgroups.Plan.ofHost(at: path).present().directories.map { $0.mountPoint + $0.path }
        }
    }

    /// What is there of a path's cgroups; empty, and so `isGone`, where nothing is.
    static func cgroup(at path: String) throws(CgroupError) -> Cgroup {
        try Cgroup(reopening: Cgroups.Plan.ofHost(at: path).present())
    }

    /// Names of cgroups right below it, in whichever hierarchy.
    static func below(_ path: String) throws(PodError) -> [String] {
        var names: Set<String> = []
        for directory in try present(at: path) {
            for name in directoryNames(directory) {
                do throws(KernelError) {
                    if try FileDescriptor.workingDirectory.status(of: directory + "/" + name).type == .directory {
                        names.insert(name)
                    }
                } catch { continue }
            }
        }
        return names.sorted()
    }

    /// In it and below.
    static func processes(at path: String) throws(PodError) -> [Int32] {
        try grouping { () throws(CgroupError) in try cgroup(at: path).processes() }
    }

    static func isFrozen(_ path: String) throws(PodError) -> Bool {
        try grouping { () throws(CgroupError) in try cgroup(at: path).isFrozen() }
    }
}
