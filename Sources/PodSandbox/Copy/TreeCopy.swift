internal import LinuxKernel
internal import LinuxTypes

/// Copies a file, or a directory with all below it, from one open directory to another. Each name is opened in the directory that holds it, and no link is
/// followed, on either side: whoever changes one of them meanwhile gets a failure or a copy of what he put there, and nothing else.
struct TreeCopy {
    /// Whose the copies are; nil leaves them to the caller.
    let owner: UInt32?
    /// Told of what is left out.
    let warn: (String) -> Void
    /// Told of bytes that are copied.
    let advance: (Int) -> Void

    /// Directories within directories; each holds two descriptors.
    private static let deepest = 200

    /// With nil what is in a directory goes into `target` itself.
    func copy(_ source: FileDescriptor, to target: FileDescriptor, as name: FileName?) throws(KernelError) {
        let status = try source.status()
        guard status.type == .directory else {
            guard status.type == .regular, let name else {
                throw KernelError(call: "open", errno: .EINVAL, subject: "it is neither a file nor a directory")
            }
            return try copyFile(source, status, to: target, as: name)
        }
        guard let name else { return try copyEntries(of: source, to: target, path: "", depth: 0) }
        try copyDirectory(source, status, to: target, as: name, path: "\(name)", depth: 0)
    }

    private func copyEntries(
        of source: FileDescriptor, to target: FileDescriptor, path: String, depth: Int
    ) throws(KernelError) {
        guard depth < Self.deepest else { throw KernelError(call: "open", errno: .ELOOP, subject: "\(path) is too deep") }
        var entries = try DirectoryStream(source)
        while let (name, _) = try entries.next() {
            let full = path.isEmpty ? "\(name)" : "\(path)/\(name)"
            // Asked anew: what a directory says of its entries may be nothing, or old.
            let status: FileStatus
            do throws(KernelError) { status = try source.status(of: name) } catch {
                if error.errno == .ENOENT { continue }
                throw error
            }
            switch status.type {
            case .directory:
                let below = try source.open(name, [.readOnly, .directory, .noFollow])
                try copyDirectory(below.descriptor, status, to: target, as: name, path: full, depth: depth + 1)
            case .regular:
                let handle = try source.open(name, [.pathOnly, .noFollow])
                // What was a file a moment ago may be something else.
                guard try handle.descriptor.status().type == .regular else {
                    warn("'\(full)' is left out: it changes while it is copied")
                    continue
                }
                let file = try Self.reopen(handle.descriptor)
                try copyFile(file.descriptor, status, to: target, as: name)
            case .symbolicLink:
                let destination = try source.readLink(name)
                try removeFile(name, from: target)
                try target.makeSymbolicLink(name, to: destination)
                if let owner { try target.changeOwner(of: name, uid: owner, gid: owner) }
            case .fifo, .socket, .characterDevice, .blockDevice, nil:
                warn("'\(full)' is left out: it is neither a file, nor a directory, nor a link")
            }
        }
    }

    /// Opens for reading what a handle is on, and nothing that has come to its name since: to open a device or a FIFO would do things.
    static func reopen(_ handle: FileDescriptor) throws(KernelError) -> OwnedDescriptor {
        try FileDescriptor.workingDirectory.open("/proc/self/fd/\(handle.number)", [.readOnly, .nonblocking])
    }

    private func copyDirectory(
        _ source: FileDescriptor, _ status: FileStatus, to target: FileDescriptor, as name: FileName, path: String, depth: Int
    ) throws(KernelError) {
        do throws(KernelError) { try target.makeDirectory(name, permissions: 0o700) } catch {
            if error.errno != .EEXIST { throw error }
        }
        let copy = try target.open(name, [.readOnly, .directory, .noFollow])
        try copyEntries(of: source, to: copy.descriptor, path: path, depth: depth)
        try finish(copy.descriptor, status, "\(name)")
    }

    private func copyFile(
        _ source: FileDescriptor, _ status: FileStatus, to target: FileDescriptor, as name: FileName
    ) throws(KernelError) {
        let copy = try openCopy(name, in: target)
        while true {
            let chunk = try source.readSome(256 << 10)
            if chunk.isEmpty { break }
            try copy.descriptor.writeAll(chunk, subject: "\(name)")
            advance(chunk.count)
        }
        try finish(copy.descriptor, status, "\(name)")
    }

    /// A new file, or the one that is there, emptied: it may be mounted, and then none can take its place. A link is replaced.
    private func openCopy(_ name: FileName, in target: FileDescriptor) throws(KernelError) -> OwnedDescriptor {
        do throws(KernelError) {
            return try target.open(name, [.writeOnly, .create, .exclusive, .noFollow], permissions: 0o600)
        } catch {
            if error.errno != .EEXIST { throw error }
        }
        guard try target.status(of: name).type == .regular else {
            try removeFile(name, from: target)
            return try target.open(name, [.writeOnly, .create, .exclusive, .noFollow], permissions: 0o600)
        }
        let file = try target.open(name, [.writeOnly, .truncate, .noFollow, .nonblocking])
        guard try file.descriptor.status().type == .regular else {
            throw KernelError(call: "open", errno: .EINVAL, subject: "\(name) changes while it is written")
        }
        return file
    }

    private func removeFile(_ name: FileName, from directory: FileDescriptor) throws(KernelError) {
        do throws(KernelError) { try directory.unlink(name) } catch {
            if error.errno != .ENOENT { throw error }
        }
    }

    /// Order: the owner before the permissions, which a change of owner may take away, and the time last. Set-id bits do not cross.
    private func finish(_ copy: FileDescriptor, _ status: FileStatus, _ subject: String) throws(KernelError) {
        if let owner { try copy.changeOwner(uid: owner, gid: owner, subject: subject) }
        try copy.changePermissions(status.permissions & 0o1777, subject: subject)
        try copy.changeTimes(to: status.modified, subject: subject)
    }
}
