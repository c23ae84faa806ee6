internal import LinuxKernel
internal import LinuxTypes
internal import PodRecords

extension PodWorker {
    /// The one mount that the pod has on the host.
    func pinMounts() throws(PodError) {
        try during("cannot keep the pod's mount namespace") { () throws(KernelError) in
            let own = try FileDescriptor.workingDirectory.open("/proc/self/ns/mnt", .readOnly)
            try hostMounts.descriptor.enterNamespace(.mount, subject: "the host's")
            isInside = false
            let place = try FileDescriptor.workingDirectory.open(places.mountNamespace(uid).string, [.pathOnly, .noFollow])
            try DetachedMount.cloning(.workingDirectory, "/proc/self/fd/\(own.number)").attach(
                to: place.descriptor, subject: "the pod's mount namespace")
            try own.descriptor.enterNamespace(.mount, subject: "the pod's")
            isInside = true
        }
    }
}
