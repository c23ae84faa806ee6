internal import LinuxKernel
internal import LinuxTypes

/// Gives a volume to a group, as `fsGroup` asks: all that is in it belongs to the group, which may read and write, and what is made in its directories does
/// so too (setgid). No link is followed, and nothing of another file system is touched: who wrote into the volume before must not choose what is changed.
struct VolumeOwnership {
    let group: UInt32
    /// A volume whose directory is the group's already stays as it is.
    let onMismatchOnly: Bool

    /// Levels of directories that it goes down.
    private static let depthLimit = 256

    func apply(to path: String) throws(KernelError) {
        let root = try FileDescriptor.workingDirectory.open(path, [.readOnly, .directory, .noFollow])
        let status = try root.descriptor.status()
        let wanted = status.permissions | 0o2770
        if onMismatchOnly, status.gid == group, status.permissions == wanted { return }
        try changeContents(of: root.descriptor, status.device, depth: 0)
        // Order: last. A volume that was left half-done does not look as if it were done.
        try root.descriptor.changeOwner(uid: nil, gid: group, subject: path)
        try root.descriptor.changePermissions(wanted, subject: path)
    }

    private func changeContents(of directory: FileDescriptor, _ device: UInt64, depth: Int) throws(KernelError) {
        guard depth < Self.depthLimit else {
            throw KernelError(call: "fchownat", errno: .ELOOP, subject: "more than \(Self.depthLimit) levels of directories")
        }
        var stream = try DirectoryStream(directory)
        while let (name, _) = try stream.next() {
            // One handle for all: where a pod that runs has the volume too, a name may stand for something else from one call to the next, and the bits of a
            // program of root's must not come to one that somebody else put there.
            let entry: OwnedDescriptor
            do throws(KernelError) { entry = try directory.open(name, .pathOnly) } catch let error where error.errno == .ENOENT {
                continue
            }
            let status = try entry.descriptor.status()
            guard status.device == device else { continue }
            try entry.descriptor.changeOwner(uid: nil, gid: group, subject: "\(name)")
            switch status.type {
            case .directory:
                let below = try entry.descriptor.open(".", [.readOnly, .directory])
                _ = consume entry
                try changeContents(of: below.descriptor, device, depth: depth + 1)
                try below.descriptor.changePermissions(status.permissions | 0o2770)
            case .symbolicLink: continue
            default: try entry.descriptor.changePermissionsOfHandle(status.permissions | 0o660, subject: "\(name)")
            }
        }
    }
}
