internal import Cgroups
internal import LinuxKernel
internal import LinuxTypes
public import PodRecords

/// The cgroup of a pod's keeper and its workers.
public enum KeeperCgroup {
    static func plan(_ uid: PodUID) throws(CgroupError) -> Plan {
        try Plan.ofHost(at: PodPlaces.keeperCgroup(of: uid))
    }

    /// Ways into it.
    struct Entrance: ~Copyable {
        /// The directory of the v2 tree; none where there is no such tree.
        let directory: DescriptorList
        /// The `tasks` files of v1: who is to enter writes `0` to each.
        let tasks: DescriptorList

        var unified: FileDescriptor? { directory.descriptors.first }
    }

    /// It is made where it is not there. nil where it was taken away meanwhile.
    static func entrance(_ uid: PodUID) throws(PodError) -> Entrance? {
        var directory = DescriptorList()
        var tasks = DescriptorList()
        var isGone = false
        try grouping { () throws(CgroupError) in
            let plan = try plan(uid)
            var present = try plan.present()
            if present.directories.isEmpty {
                // A directory costs the kernel 50 µs, and there may be a dozen hierarchies.
                var cgroup = Cgroup(plan.leavingOut(except: [.memory, .cpu, .pids, .freezer]))
                do throws(CgroupError) { try cgroup.create() } catch {
                    guard isRace(error) else { throw error }
                    isGone = true
                    return
                }
                present = try plan.present()
            }
            do throws(KernelError) {
                for place in present.unified.directories {
                    directory.append(
                        try FileDescriptor.workingDirectory.open(place.fullPath, [.readOnly, .directory, .noFollow]))
                }
                for door in present.legacy.doors {
                    tasks.append(try FileDescriptor.workingDirectory.open(door, [.writeOnly, .noFollow]))
                }
            } catch {
                guard error.errno == .ENOENT else { throw .kernel(error, doing: "open the keeper's cgroup") }
                isGone = true
            }
        }
        if isGone { return nil }
        return Entrance(directory: directory, tasks: tasks)
    }

    /// Whether another keeper is the reason: one on its way out, who takes away what was there a moment ago, or one that has come first.
    private static func isRace(_ error: CgroupError) -> Bool {
        switch error {
        case .kernel(let cause, _): cause.errno == .ENOENT || cause.errno == .ENODEV
        case .unusable: true
        default: false
        }
    }

    /// Removes it, if the keeper was killed. One that is on its way out takes it away itself, and is not waited for, unless it cannot leave: in a container
    /// whose own cgroup of v2 gives controllers on, no process may be at the top of what it sees.
    public static func removeIfEmpty(_ uid: PodUID) throws(PodError) {
        try grouping { () throws(CgroupError) in
            let present = try plan(uid).present()
            var cgroup = try Cgroup(reopening: present)
            let top = present.unified.directories.first?.mountPoint
            do throws(CgroupError) { try cgroup.remove(milliseconds: top.map(isRoot) ?? true ? 0 : 1000) } catch {
                // In use.
            }
        }
    }

    /// Whether a v2 cgroup is the machine's own root, which alone has no `cgroup.events`.
    private static func isRoot(_ directory: String) -> Bool {
        do throws(KernelError) {
            _ = try FileDescriptor.workingDirectory.status(of: directory + "/cgroup.events")
            return false
        } catch { return true }
    }

    /// Removes those in which nobody is: of keepers that were killed after the last record of their pods had gone. A keeper that is just being started
    /// may lose its own, and is started again.
    static func removeEmpty() throws(PodError) {
        for uid in try PodCgroups.uids(with: PodPlaces.keeperCgroup(of:)) {
            do throws(CgroupError) {
                var cgroup = try PodCgroups.cgroup(at: PodPlaces.keeperCgroup(of: uid))
                try cgroup.remove(milliseconds: 0)
            } catch {
                // In use, as most are.
            }
        }
    }
}
