import Cgroups
import LinuxKernel
import LinuxTypes
import PodRecords

/// Workers of a keeper that was killed. They would go on with what they were given, beside those of the keeper that comes after: one makes a container's root
/// while the other looks what there is of it.
enum Orphans {
    /// Kills them, and waits until they are gone; one that the kernel holds on to is not waited for.
    ///
    /// Order: after the lock of the pod, so that nobody else has workers; before the first job of ours.
    static func end(_ uid: PodUID) {
        for _ in 0..<200 {
            let orphans: [Int32]
            do throws(CgroupError) {
                orphans = try find(Cgroup(reopening: Plan.ofHost(at: PodPlaces.keeperCgroup(of: uid)).present()).processes())
            } catch {
                // Whoever made us made it; where it cannot be read nobody is found.
                return
            }
            if orphans.isEmpty { return }
            for pid in orphans {
                do throws(KernelError) { try kill(pid: pid, .kill) } catch {
                    // It has ended.
                }
            }
            pause(milliseconds: 10)
        }
    }

    /// Those of a cgroup whose parents are not in it. A keeper's is whoever started it: another one that wants the pod, too, and will be told that it is taken.
    private static func find(_ pids: [Int32]) -> [Int32] {
        pids.filter { pid in
            do throws(KernelError) {
                guard pid != currentPID(), let status = try ProcessStatus(pid: pid) else { return false }
                return !pids.contains(status.parent) && status.name != "hull-keeper"
            } catch { return false }
        }
    }
}
