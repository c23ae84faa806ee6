import InitProtocol
import LinuxKernel
import LinuxTypes

extension ContainerInit {
    /// Cuts the copy of the host's mounts off from the host's, and mounts the container's root on itself: `pivot_root(2)` wants a mount.
    static func mountRoot(_ setup: inout Setup) throws(InitFailure) {
        guard let plan = setup.plan.root else { return }
        if plan.change == .chroot {
            setup.root = try during(.rootfs) { () throws(KernelError) in
                RootDirectory(owning: try FileDescriptor.workingDirectory.open(plan.path.string, [.pathOnly, .directory]))
            }
            return
        }
        try during(.propagation) { () throws(KernelError) in
            try setup.root.descriptor.setMountAttributes(
                set: [], propagation: plan.hostPropagation, recursive: true, subject: "/")
            if plan.hostPropagation == .shared { try makeParentPrivate(of: plan.path) }
        }
        if let number = plan.descriptor {
            let sent = try setup.descriptor(number, .rootfs)
            let hostRoot = setup.root.descriptor
            setup.root = try during(.rootfs) { () throws(KernelError) in
                // Over `/`, a place that everybody reaches; paths of the host still begin below it.
                let mount = DetachedMount(owning: try sent.duplicate().release())
                try mount.setAttributes(set: [], propagation: .isPrivate, subject: plan.path.string)
                try mount.attach(to: hostRoot, subject: plan.path.string)
                return RootDirectory(owning: mount.release())
            }
            return
        }
        setup.root = try during(.rootfs) { () throws(KernelError) in
            let place = try FileDescriptor.workingDirectory.open(plan.path.string, [.pathOnly, .directory])
            let mount = try DetachedMount.cloning(place.descriptor, recursive: true, subject: plan.path.string)
            // pivot_root refuses a shared new root; what the container's root is to be in the end, `finishRoot` sets.
            try mount.setAttributes(set: [], propagation: .isPrivate, subject: plan.path.string)
            try mount.attach(to: place.descriptor, subject: plan.path.string)
            return RootDirectory(owning: mount.release())
        }
    }

    /// pivot_root refuses a new root whose parent mount is shared, too.
    private static func makeParentPrivate(of path: HostPath) throws(KernelError) {
        let place = try FileDescriptor.workingDirectory.open(path.string, [.pathOnly, .directory])
        let proc = try ProcFS()
        let table = try proc.open("\(try proc.selfPID())/mountinfo", .readOnly)
        let text = try table.descriptor.readToEnd(limit: 1 << 24, subject: "/proc/self/mountinfo")
        guard let point = MountTable(text).mountPoint(ofID: try place.descriptor.mountID()) else { return }
        let parent = try FileDescriptor.workingDirectory.open(point, [.pathOnly])
        try parent.descriptor.setMountAttributes(set: [], propagation: .isPrivate, subject: point)
    }

    /// Makes the container's root `/` and lets go of the host's tree.
    ///
    /// Order: after everything that needs a path of the host; before masks, which the container's own paths name.
    static func changeRoot(_ setup: inout Setup) throws(InitFailure) {
        guard let plan = setup.plan.root else { return }
        setup.root = try during(.pivot) { () throws(KernelError) in
            let hostRoot = try FileDescriptor.workingDirectory.open("/", [.pathOnly, .directory])
            try setup.root.descriptor.makeWorkingDirectory(subject: plan.path.string)
            switch plan.change {
            case .pivot:
                try pivotRootToWorkingDirectory()
                try hostRoot.descriptor.makeWorkingDirectory(subject: "the host's root")
                // Nothing that happens to this tree from now on may reach the host's.
                try hostRoot.descriptor.setMountAttributes(
                    set: [], propagation: .slave, recursive: true, subject: "the host's root")
                try detachWorkingDirectory()
                try setup.root.descriptor.makeWorkingDirectory(subject: "/")
                try changeRootToWorkingDirectory()
            case .move:
                try moveWorkingDirectoryMount(onto: hostRoot.descriptor)
                try changeRootToWorkingDirectory()
            case .chroot:
                try changeRootToWorkingDirectory()
            }
            try changeDirectory("/")
            return try RootDirectory.current()
        }
    }

    /// Order: last of all mount steps: until here the root must be writable, for the places of mounts are made in it.
    static func finishRoot(_ setup: inout Setup) throws(InitFailure) {
        guard let plan = setup.plan.root, plan.change != .chroot else { return }
        if plan.isReadOnly {
            try during(.rootReadOnly) { () throws(KernelError) in
                try setup.root.descriptor.setMountAttributes(set: .readOnly, subject: "/")
            }
        }
        if let propagation = plan.propagation {
            try during(.rootPropagation) { () throws(KernelError) in
                try setup.root.descriptor.setMountAttributes(
                    set: [], propagation: propagation, recursive: plan.propagationIsRecursive, subject: "/")
            }
        }
    }
}
