internal import LinuxKernel
internal import LinuxTypes
internal import PodRecords
internal import PodSpec

/// Volumes that are made of documents and of the pod, each on a file system in memory of its own, which goes with the sandbox.
extension PodWorker {
    func mountProjected(_ name: String, _ volume: ProjectedVolume, _ pod: Pod) throws(PodError) {
        try during("cannot make volume '\(name)'") { () throws(KernelError) in
            let parent = try FileDescriptor.workingDirectory.open(
                places.sandbox(uid).appending("volumes").string, [.readOnly, .directory, .noFollow])
            try parent.descriptor.makeDirectory(name, permissions: 0o755)
            let place = try parent.descriptor.open(name, [.pathOnly, .directory, .noFollow])
            let mount = try Self.memory(forSecrets: volume.hasSecrets, pod.seLinuxFileLabel)
            try mount.attach(to: place.descriptor, subject: name)
        }
        try writeProjected(name, volume, pod)
    }

    /// What is in memory may be written to swap, unless the kernel can be told not to (`noswap`, Linux 6.4).
    private static func memory(forSecrets isSecret: Bool, _ label: String?) throws(KernelError) -> DetachedMount {
        if isSecret {
            do throws(KernelError) {
                let context = try FileSystemContext("tmpfs")
                try context.set("mode", to: "0755")
                if let label { try context.set("context", to: label) }
                try context.set("noswap")
                return try context.mount(attributes: [.noSetuid, .noDevices])
            } catch {
                guard error.errno == .EINVAL || error.errno == .EPERM else { throw error }
            }
        }
        let context = try FileSystemContext("tmpfs")
        try context.set("mode", to: "0755")
        if let label { try context.set("context", to: label) }
        return try context.mount(attributes: [.noSetuid, .noDevices])
    }

    /// Puts in the volume what its sources say now.
    func writeProjected(_ name: String, _ volume: ProjectedVolume, _ pod: Pod) throws(PodError) {
        let payload = try VolumePayload(
            volume, of: name, in: pod,
            downward: { () throws(PodError) in try self.downward(pod) },
            document: { kind, document throws(PodError) in try self.document(kind, document, for: pod) })
        let directory = try during("cannot open volume '\(name)'") { () throws(KernelError) in
            try FileDescriptor.workingDirectory.open(
                places.sandbox(uid).appending("volumes/\(name)").string, [.readOnly, .directory, .noFollow])
        }
        let group = pod.spec.securityContext.fsGroup
        if let group {
            try during("cannot give volume '\(name)' to group \(group)") { () throws(KernelError) in
                try directory.descriptor.changeOwner(uid: nil, gid: group)
                try directory.descriptor.changePermissions(0o2755)
            }
        }
        try AtomicDirectory(owning: directory, group: group).replace(with: payload)
    }

    /// Gives a volume to the pod's `fsGroup`, where it has one. Those that are made of documents are its already.
    func takeOver(_ volume: Volume, _ pod: Pod) throws(PodError) {
        let context = pod.spec.securityContext
        guard let group = context.fsGroup else { return }
        switch volume.source {
        case .hostPath, .image, .projected: return
        case .claim(let claim) where claim.isReadOnly: return
        case .emptyDir, .claim: break
        }
        try during("cannot give volume '\(volume.name)' to group \(group)") { () throws(KernelError) in
            try VolumeOwnership(group: group, onMismatchOnly: context.changesOwnersOnMismatchOnly)
                .apply(to: place(of: volume, in: pod).string)
        }
    }
}
