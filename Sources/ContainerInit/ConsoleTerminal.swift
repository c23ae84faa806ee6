import InitProtocol
import LinuxKernel
import LinuxTypes

extension ContainerInit {
    /// A new pty of the container's own devpts: the slave becomes the standard streams and the controlling terminal, the master goes to the parent.
    ///
    /// Order: after the mounts, since devpts is one; after the session is started, which gets the terminal; before the user changes.
    static func openTerminal(_ setup: inout Setup) throws(InitFailure) {
        guard let plan = setup.plan.process.terminal else { return }
        let master = try during(.terminal) { () throws(KernelError) in try openMaster(setup) }
        let slave = try during(.terminal) { () throws(KernelError) in try master.descriptor.openTerminalPeer() }
        try during(.terminal) { () throws(KernelError) in
            try slave.descriptor.changeOwner(uid: setup.plan.process.uid, gid: nil, subject: "the terminal")
            if plan.rows != 0 || plan.columns != 0 {
                try slave.descriptor.setTerminalSize(TerminalSize(rows: plan.rows, columns: plan.columns))
            }
        }
        if plan.bindsConsole, setup.plan.root != nil {
            try during(.console) { () throws(KernelError) in try bindConsole(slave.descriptor, setup) }
        }
        try setup.channel.send(.terminal, .terminal, descriptors: [master.descriptor])
        try during(.terminal) { () throws(KernelError) in
            try slave.descriptor.makeControllingTerminal()
            for stream in [FileDescriptor.standardInput, .standardOutput, .standardError] {
                try slave.descriptor.duplicate(onto: stream)
            }
        }
    }

    private static func openMaster(_ setup: borrowing Setup) throws(KernelError) -> OwnedDescriptor {
        let path = ContainerPath("/dev/pts/ptmx")
        guard let path else { throw KernelError(call: "openat2", errno: .EINVAL, subject: "/dev/pts/ptmx") }
        // By handle first: what is opened must be the pty multiplexer of a devpts, not a file or device that stands in its place.
        let handle = try setup.root.open(path, .pathOnly, followLast: false)
        guard try handle.descriptor.fileSystemType() == .devpts else {
            throw KernelError(call: "fstatfs", errno: .ENODEV, subject: "/dev/pts/ptmx is not on a devpts")
        }
        return try setup.root.open(path, [.readWrite, .noControllingTerminal], followLast: false)
    }

    private static func bindConsole(_ slave: FileDescriptor, _ setup: borrowing Setup) throws(KernelError) {
        guard let path = ContainerPath("/dev/console") else { return }
        // Never through a link: the container's own /dev/console must be what is covered.
        let parent = try setup.root.parent(of: path)
        let flags: OpenFlags = [.create, .exclusive, .noFollow, .writeOnly, .noControllingTerminal]
        do throws(KernelError) {
            _ = try parent.directory.descriptor.open(parent.name, flags, permissions: 0o600)
        } catch let error where error.errno == .EEXIST {}
        let target = try setup.root.open(path, .pathOnly, followLast: false)
        if try target.descriptor.status().type == .symbolicLink {
            throw KernelError(call: "openat2", errno: .ELOOP, subject: "/dev/console")
        }
        let mount = try DetachedMount.cloning(slave, subject: "the terminal")
        try mount.attach(to: target.descriptor, subject: "/dev/console")
    }
}
