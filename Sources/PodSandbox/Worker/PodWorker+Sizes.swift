internal import ImageStore
internal import Journal
internal import LinuxKernel
internal import LinuxTypes
internal import PodRecords
internal import PodSpec

/// Sizes of the pod's own volumes on the disk.
extension PodWorker {
    /// Holds a volume on the disk to its size. Where the file system cannot, `run` has said so.
    func hold(_ directory: FileDescriptor, to size: Quantity, _ owner: String, _ what: String) throws(PodError) {
        let journal: Journal = try journaling("cannot open the journal") { () throws(JournalError) in try self.journal() }
        try imaging("cannot limit \(what) to \(size)") { () throws(ImageError) in
            guard try DirectoryQuota.isPossible(in: directory) else { return }
            try DirectoryQuota.hold(directory, to: UInt64(clamping: size.value), for: owner, in: journal)
        }
    }

    /// Gives the projects back to which volumes of the pod are held, emptied before, so that nobody else's files are counted with what is left of them.
    func releaseVolumes() throws(PodError) {
        let path = places.volumes(uid).string
        let names: [String]
        do throws(KernelError) {
            let volumes = try FileDescriptor.workingDirectory.open(path, [.readOnly, .directory, .noFollow])
            names = try volumes.descriptor.directoryEntries()
        } catch {
            if error.errno == .ENOENT { return }
            throw PodError(error, "cannot open '\(path)'")
        }
        for name in names {
            let volume = try during("cannot open volume '\(name)'") { () throws(KernelError) in
                try FileDescriptor.workingDirectory.open("\(path)/\(name)", [.readOnly, .directory, .noFollow])
            }
            try release(volume.descriptor, "pods/\(uid)/volumes/\(name)", "volume '\(name)'")
        }
    }

    private func release(_ directory: FileDescriptor, _ owner: String, _ what: String) throws(PodError) {
        let journal: Journal = try journaling("cannot open the journal") { () throws(JournalError) in try self.journal() }
        try VolumeQuota.release(directory, from: owner, in: journal, what)
    }
}
