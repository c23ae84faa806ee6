import Cgroups
import LinuxKernel
import LinuxTypes
import PodRecords

/// The keeper's own cgroup. Nobody can remove one from inside, and nobody else may be there when the pod ends by itself.
enum OwnCgroup {
    /// Leaves a process behind that goes to the root of each hierarchy, where all may be, and takes the cgroup away as soon as this process has ended.
    /// Where that cannot be the cgroup stays, for whoever removes the pod. `milliseconds` is how long others in it are waited for.
    ///
    /// A process that moves itself in the v2 tree waits for one grace period of the kernel, some 15 ms; one that is born where it belongs does not.
    static func leave(_ uid: PodUID, milliseconds: Int) {
        let path = PodPlaces.keeperCgroup(of: uid)
        do throws(CgroupError) {
            let present = try Plan.ofHost(at: path).present()
            let unified = present.unified.directories.first.flatMap { Self.openRoot(of: $0, above: path) }
            guard fork(into: consume unified) else { return }
            for directory in present.legacy.directories { enterRoot(of: directory, above: path) }
            var cgroup = try Cgroup(reopening: present)
            try cgroup.remove(milliseconds: milliseconds)
        } catch {
            // Somebody else has come, or has taken it away.
        }
    }

    /// Whether the caller is the child.
    private static func fork(into cgroup: consuming OwnedDescriptor?) -> Bool {
        do throws(KernelError) {
            let side: ForkSide
            switch consume cgroup {
            case .some(let root): side = try forkIntoNamespaces([], asSibling: false, cgroup: root.descriptor)
            case .none: side = try forkIntoNamespaces([], asSibling: false)
            }
            guard case .child = side else { return false }
            // Order: clients take the end of these for the end of the keeper.
            try FileDescriptor.closeAll(from: 3)
            return true
        } catch { return false }
    }

    /// As HIERARCHY for HIERARCHY/hull/keepers/UID.
    private static func root(of directory: Location.Directory, above path: String) -> String? {
        guard directory.fullPath.hasSuffix(path) else { return nil }
        return String(directory.fullPath.dropLast(path.utf8.count))
    }

    private static func openRoot(of directory: Location.Directory, above path: String) -> OwnedDescriptor? {
        guard let root = root(of: directory, above: path) else { return nil }
        do throws(KernelError) { return try FileDescriptor.workingDirectory.open(root, [.readOnly, .directory]) } catch {
            return nil
        }
    }

    private static func enterRoot(of directory: Location.Directory, above path: String) {
        guard let root = root(of: directory, above: path) else { return }
        do throws(KernelError) {
            let file = try FileDescriptor.workingDirectory.open(root + "/tasks", [.writeOnly, .noFollow])
            try file.descriptor.writeOnce("0", subject: root)
        } catch {
            // It stays there, and the cgroup with it.
        }
    }
}
