import LinuxKernel
import LinuxTypes

extension ContainerInit {
    /// Copies all below one directory into another, empty one: files of every type with owner and mode. Hard links become files of their own;
    /// times and extended attributes stay behind. Both directories are handles from `O_PATH`.
    ///
    /// The source is the image's: it is walked by handles, no link in it is followed, no FIFO holds us up.
    static func copyTree(from source: FileDescriptor, to target: FileDescriptor) throws(KernelError) {
        let mask = setFileCreationMask(0)
        do throws(KernelError) {
            try copyEntries(from: source, to: target)
        } catch {
            setFileCreationMask(mask)
            throw error
        }
        setFileCreationMask(mask)
    }

    private static func copyEntries(from source: FileDescriptor, to target: FileDescriptor) throws(KernelError) {
        let directory = try source.open(".", [.readOnly, .directory])
        for name in try directory.descriptor.directoryEntries() {
            let status = try directory.descriptor.status(of: name)
            switch status.type {
            case .directory: try copyDirectory(name, status, from: directory.descriptor, to: target)
            case .regular: try copyFile(name, status, from: directory.descriptor, to: target)
            case .symbolicLink:
                try target.makeSymbolicLink(name, to: try directory.descriptor.readLink(name))
                try target.changeOwner(of: name, uid: status.uid, gid: status.gid)
            case .fifo, .socket, .characterDevice, .blockDevice:
                guard let type = status.type else { continue }
                try target.makeNode(name, type: type, permissions: status.permissions, device: status.deviceNumber)
                try target.changeOwner(of: name, uid: status.uid, gid: status.gid)
            case nil: continue
            }
        }
    }

    private static func copyDirectory(
        _ name: String, _ status: FileStatus, from source: FileDescriptor, to target: FileDescriptor
    ) throws(KernelError) {
        let below = try source.open(name, [.pathOnly, .directory, .noFollow])
        try target.makeDirectory(name, permissions: 0o700)
        let copy = try target.open(name, [.readOnly, .directory, .noFollow])
        try copyEntries(from: below.descriptor, to: copy.descriptor)
        try finish(copy.descriptor, status, name)
    }

    private static func copyFile(
        _ name: String, _ status: FileStatus, from source: FileDescriptor, to target: FileDescriptor
    ) throws(KernelError) {
        let file = try source.open(name, [.readOnly, .noFollow, .nonblocking])
        guard try file.descriptor.status().type == .regular else {
            throw KernelError(call: "open", errno: .ELOOP, subject: "\(name) changes while it is copied")
        }
        let copy = try target.open(name, [.writeOnly, .create, .exclusive, .noFollow], permissions: 0o600)
        while true {
            let chunk = try file.descriptor.readSome(1 << 16)
            if chunk.isEmpty { break }
            try copy.descriptor.writeAll(chunk, subject: name)
        }
        try finish(copy.descriptor, status, name)
    }

    /// Order: the owner first, which takes set-id bits away.
    private static func finish(_ copy: FileDescriptor, _ status: FileStatus, _ name: String) throws(KernelError) {
        if status.uid != 0 || status.gid != 0 { try copy.changeOwner(uid: status.uid, gid: status.gid, subject: name) }
        try copy.changePermissions(status.permissions, subject: name)
    }
}
