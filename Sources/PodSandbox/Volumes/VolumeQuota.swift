internal import ImageLayers
internal import ImageStore
internal import Journal
internal import LinuxKernel
internal import LinuxTypes
internal import PodSpec

/// Sizes of volumes on the disk: projects of the file system, where it has quotas of them.
enum VolumeQuota {
    /// Holds a named volume to its size. One that has files before it has a size is left as it is: those would not be counted.
    static func holdNamed(
        _ directory: FileDescriptor, to size: Quantity, _ name: String, _ namespace: String, _ journal: Journal
    ) throws(PodError) {
        let what = "volume '\(namespace)/\(name)'"
        try imaging("cannot limit \(what) to \(size)") { () throws(ImageError) in
            guard try DirectoryQuota.isPossible(in: directory) else { return }
            let isHeld = try DirectoryQuota.of(directory) != nil
            if !isHeld {
                do throws(KernelError) {
                    guard try directory.directoryEntries().isEmpty else { return }
                } catch { throw .kernel(error) }
            }
            try DirectoryQuota.hold(directory, to: UInt64(clamping: size.value), for: owner(name, namespace), in: journal)
        }
    }

    /// What the record of a project calls a named volume.
    static func owner(_ name: String, _ namespace: String) -> String { "volumes/\(namespace)/\(name)" }

    /// Empties a volume that is held to a size, and gives its project back. Any other is left alone: who removes it does that.
    ///
    /// Order: the project before the directory, whose mark is what tells which one it was.
    static func release(
        _ directory: FileDescriptor, from owner: String, in journal: Journal, _ what: String
    ) throws(PodError) {
        guard
            let quota = try imaging(
                "cannot read the quota of \(what)", { () throws(ImageError) in try DirectoryQuota.of(directory) })
        else { return }
        do throws(LayerError) { try LayerRemoval.removeContents(of: directory) } catch {
            throw PodError(.failed, "cannot empty \(what): \(error)")
        }
        try imaging("cannot give back the quota of \(what)") { () throws(ImageError) in
            try quota.release(from: owner, on: directory, in: journal)
        }
    }
}
