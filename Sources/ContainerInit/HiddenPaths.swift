import InitProtocol
import LinuxKernel
import LinuxTypes

extension ContainerInit {
    /// Covers paths of the container: files with its null device, directories with one empty read-only tmpfs that all of them share.
    static func maskPaths(_ setup: inout Setup) throws(InitFailure) {
        guard let plan = setup.plan.root, !plan.maskedPaths.isEmpty else { return }
        var cover = Cover()
        for (index, path) in plan.maskedPaths.enumerated() {
            try during(.mask, index) { () throws(KernelError) in
                guard let target = try setup.root.handle(path) else { return }
                if try target.descriptor.status().type == .directory {
                    try cover.hideDirectory(target.descriptor, path)
                } else {
                    try cover.hideFile(target.descriptor, path, setup)
                }
            }
        }
    }

    /// Binds paths onto themselves and makes the copy read-only, keeping what else the mount forbids.
    static func protectPaths(_ setup: inout Setup) throws(InitFailure) {
        guard let plan = setup.plan.root else { return }
        for (index, path) in plan.readonlyPaths.enumerated() {
            try during(.readonlyPath, index) { () throws(KernelError) in
                guard let target = try setup.root.handle(path) else { return }
                let mount = try DetachedMount.cloning(target.descriptor, recursive: true, subject: path.string)
                try mount.setAttributes(set: .readOnly, recursive: true, subject: path.string)
                try mount.attach(to: target.descriptor, subject: path.string)
            }
        }
    }
}

/// What lies over masked paths, made when first needed.
private struct Cover: ~Copyable {
    private var directory: OwnedDescriptor?
    private var device: OwnedDescriptor?

    /// The first directory gets the tmpfs itself, the others copies of it: before Linux 6.15 only what is attached can be copied.
    mutating func hideDirectory(_ target: FileDescriptor, _ path: ContainerPath) throws(KernelError) {
        if directory != nil { return try Self.attachCopy(of: directory, to: target, path) }
        let context = try FileSystemContext("tmpfs")
        try context.set("source", to: "tmpfs")
        try context.set("ro")
        try context.set("size", to: "0k")
        let mount = try context.mount(attributes: .readOnly)
        try mount.attach(to: target, subject: path.string)
        directory = mount.release()
    }

    mutating func hideFile(
        _ target: FileDescriptor, _ path: ContainerPath, _ setup: borrowing Setup
    ) throws(KernelError) {
        if device == nil { device = try Self.openNullDevice(setup) }
        try Self.attachCopy(of: device, to: target, path)
    }

    /// The container's own `/dev/null`, proved by number and type on the handle that is then used: a link, a file or another device in its
    /// place would turn a mask into a window (CVE-2025-31133).
    private static func openNullDevice(_ setup: borrowing Setup) throws(KernelError) -> OwnedDescriptor {
        guard let path = ContainerPath("/dev/null") else {
            throw KernelError(call: "openat2", errno: .EINVAL, subject: "/dev/null")
        }
        let handle = try setup.root.open(path, .pathOnly, followLast: false)
        let status = try handle.descriptor.status()
        guard status.type == .characterDevice, status.deviceNumber == DeviceNumber(major: 1, minor: 3) else {
            throw KernelError(call: "fstat", errno: .ENODEV, subject: "/dev/null of the container is not the null device")
        }
        return handle
    }

    private static func attachCopy(
        of source: borrowing OwnedDescriptor?, to target: FileDescriptor, _ path: ContainerPath
    ) throws(KernelError) {
        switch source {
        case .some(let source):
            let copy = try DetachedMount.cloning(source.descriptor, subject: "a cover")
            try copy.attach(to: target, subject: path.string)
        case .none: throw KernelError(call: "open_tree", errno: .EBADF, subject: "a cover")
        }
    }
}
