internal import LinuxKernel
internal import LinuxTypes

/// A directory of the host that is a mount of its own, with whose mounts nobody shares anything: pins of namespaces must not be copied into other mount
/// namespaces, where they would keep alive what was taken away here.
enum PrivateMount {
    /// Makes it one where it is not.
    static func ensure(at path: HostPath, lockIn runRoot: HostPath) throws(PodError) {
        if try isMount(path) { return }
        // Two workers at once would put one mount over the other.
        try PlaceLock.hold(runRoot.appending("pods.lock")) { () throws(PodError) in
            if try isMount(path) { return }
            try during("cannot make '\(path)' a mount of its own") { () throws(KernelError) in
                let place = try FileDescriptor.workingDirectory.open(path.string, [.pathOnly, .directory, .noFollow])
                let mount = try DetachedMount.cloning(place.descriptor, subject: path.string)
                try mount.attach(to: place.descriptor, subject: path.string)
                // Order: after it is attached, by which it has taken on what the mount above shares. Nothing is mounted below it yet.
                try mount.descriptor.setMountAttributes(set: [], propagation: .isPrivate, subject: path.string)
            }
        }
    }

    private static func isMount(_ path: HostPath) throws(PodError) -> Bool {
        try during("cannot look at '\(path)'") { () throws(KernelError) in
            let here = try FileDescriptor.workingDirectory.open(path.string, [.pathOnly, .directory, .noFollow])
            let above = try FileDescriptor.workingDirectory.open(path.string + "/..", [.pathOnly, .directory])
            return try here.descriptor.mountID() != above.descriptor.mountID()
        }
    }
}
