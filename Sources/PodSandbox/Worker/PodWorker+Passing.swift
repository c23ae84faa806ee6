internal import LinuxKernel
internal import LinuxTypes
internal import PodRecords
internal import PodSpec

extension Pod {
    /// Whether mounts that a container makes in a volume are to be the machine's.
    func isPassedToHost(_ volume: String) -> Bool {
        spec.allContainers.contains { container in
            container.volumeMounts.contains { $0.name == volume && $0.propagation == .bidirectional }
        }
    }
}

extension PodWorker {
    /// Puts a copy of the machine's own mount in the pod's mount namespace, all others in which only receive: what is mounted in the one is in the other.
    func mountPassing(_ name: String, _ host: HostPathVolume) throws(PodError) {
        let path = host.path.string
        let act = "cannot mount volume '\(name)' so that it passes mounts to the machine"
        let inside = try during(act) { () throws(KernelError) in
            try FileDescriptor.workingDirectory.open("/proc/self/ns/mnt", .readOnly)
        }
        var isShared = false
        try during(act) { () throws(KernelError) in
            try hostMounts.descriptor.enterNamespace(.mount, subject: "the host's")
            let copied: DetachedMount
            do throws(KernelError) {
                let source = try FileDescriptor.workingDirectory.open(path, [.pathOnly])
                let table = try FileDescriptor.workingDirectory.open("/proc/self/mountinfo", .readOnly)
                let text = try table.descriptor.readToEnd(limit: 1 << 24, subject: "/proc/self/mountinfo")
                isShared = MountTable(text).isShared(id: try source.descriptor.mountID())
                copied = try DetachedMount.cloning(source.descriptor, recursive: true, subject: path)
            } catch {
                try inside.descriptor.enterNamespace(.mount, subject: "the pod's")
                throw error
            }
            try inside.descriptor.enterNamespace(.mount, subject: "the pod's")
            let parent = try FileDescriptor.workingDirectory.open(
                places.sandbox(uid).appending("volumes").string, [.readOnly, .directory, .noFollow])
            try parent.descriptor.makeDirectory(name, permissions: 0o755)
            let place = try parent.descriptor.open(name, [.pathOnly, .directory, .noFollow])
            try copied.attach(to: place.descriptor, subject: name)
        }
        guard isShared else {
            throw PodError(
                .invalid, "volume '\(name)': '\(path)' lies on a mount that the machine does not share, so it receives none",
                hint: "'mount --make-shared' on its mount point")
        }
    }
}
