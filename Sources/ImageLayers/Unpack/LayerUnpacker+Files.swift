import LinuxKernel
import LinuxTypes

extension LayerUnpacker {
    func unpackFile(
        _ entry: ArchiveEntry, size: UInt64, _ name: FileName, in parent: FileDescriptor, _ names: [FileName]
    ) throws(LayerError) {
        let flags: OpenFlags = [.create, .exclusive, .writeOnly]
        // Set-id bits come last: a write takes them away.
        let permissions = entry.permissions & 0o777
        let file: OwnedDescriptor
        do throws(KernelError) {
            file = try parent.open(name, flags, permissions: permissions)
        } catch {
            guard error.errno == .EEXIST else { throw .kernel(error, doing: "make", path: path) }
            try remove(name, in: parent, names)
            file = try kernel("make", path) { () throws(KernelError) in try parent.open(name, flags, permissions: permissions) }
        }
        let descriptor = file.descriptor
        let path = path
        var end: UInt64 = 0
        try reader.readPieces { offset, bytes throws(LayerError) in
            try kernel("write", path) { () throws(KernelError) in try descriptor.write(bytes, at: Int64(offset)) }
            end = offset + UInt64(bytes.count)
        }
        let attributes = keptAttributes(of: entry, type: .regular)
        try kernel("write", path) { () throws(KernelError) in
            if end < size { try descriptor.truncate(to: Int64(size)) }
            // A look costs a tenth of a change, which is a transaction of the file system; most files are born as they should be.
            let made = try descriptor.status()
            let isOwned = made.uid == entry.uid && made.gid == entry.gid
            // Order: the owner first: a change of it takes away set-id bits and file capabilities.
            if !isOwned { try descriptor.changeOwner(uid: entry.uid, gid: entry.gid) }
            if !isOwned || made.permissions != entry.permissions { try descriptor.changePermissions(entry.permissions) }
            for attribute in attributes { try descriptor.setAttribute(attribute.name, to: attribute.value) }
            try descriptor.changeTimes(to: entry.modified)
        }
    }

    func unpackSymbolicLink(
        _ entry: ArchiveEntry, to target: [UInt8], _ name: FileName, in parent: FileDescriptor, _ names: [FileName]
    ) throws(LayerError) {
        if target.isEmpty { throw refused("a symbolic link to nothing") }
        try options.limits.check(.pathBytes, UInt64(target.count), path)
        try place(name, in: parent, names) { () throws(KernelError) in try parent.makeSymbolicLink(name, to: target) }
        let attributes = keptAttributes(of: entry, type: .symbolicLink)
        try kernel("make", path) { () throws(KernelError) in
            try parent.changeOwner(of: name, uid: entry.uid, gid: entry.gid)
            for attribute in attributes { try parent.setAttribute(attribute.name, of: name, to: attribute.value) }
            try parent.changeTimes(of: name, to: entry.modified)
        }
    }

    /// The other name must be one of this layer: which lower layers it will lie on nobody knows. The inode keeps the attributes that its first
    /// entry gave it.
    func unpackHardLink(
        _ entry: ArchiveEntry, to target: [UInt8], _ name: FileName, in parent: FileDescriptor, _ names: [FileName]
    ) throws(LayerError) {
        let source = try EntryPath(target, of: entry, limits: options.limits).names
        let text = printable(target)
        guard let sourceName = source.last else { throw refused("a hard link to the layer's root") }
        if source.count > names.count, source.starts(with: names) {
            throw refused("a hard link to '\(text)', whose place it takes")
        }
        // Not made where it is missing: then the file is missing as well.
        let directory: OwnedDescriptor
        do throws(KernelError) {
            directory = try root.openBeneath(source.dropLast(), [.pathOnly, .directory])
        } catch {
            switch error.errno {
            case .ENOENT: throw refused("a hard link to '\(text)', which is not in this layer")
            case .ENOTDIR, .ELOOP: throw refused("a hard link through a symbolic link or a file: '\(text)'")
            default: throw .kernel(error, doing: "link to '\(text)'", path: path)
            }
        }
        let from = directory.descriptor
        guard let status = try status(of: sourceName, in: from), try !isWhiteout(status, sourceName, in: from) else {
            throw refused("a hard link to '\(text)', which is not in this layer")
        }
        if status.type == .directory { throw refused("a hard link to a directory: '\(text)'") }
        if let present = try self.status(of: name, in: parent), present.inode == status.inode { return }
        try place(name, in: parent, names) { () throws(KernelError) in try parent.makeLink(name, to: sourceName, in: from) }
    }

    /// Device nodes and FIFOs.
    func unpackNode(
        _ entry: ArchiveEntry, _ type: FileType, _ number: DeviceNumber, _ name: FileName, in parent: FileDescriptor,
        _ names: [FileName]
    ) throws(LayerError) {
        if type == .characterDevice, number.encoded == 0 {
            throw refused("the device 0:0, which overlayfs takes for a whiteout")
        }
        if type != .fifo, options.devices == .leaveOut {
            return omit(type == .characterDevice ? "character device" : "block device")
        }
        try place(name, in: parent, names) { () throws(KernelError) in
            try parent.makeNode(name, type: type, permissions: 0o600, device: number)
        }
        let attributes = keptAttributes(of: entry, type: type)
        try kernel("make", path) { () throws(KernelError) in
            try parent.changeOwner(of: name, uid: entry.uid, gid: entry.gid)
            try parent.changePermissions(of: name, to: entry.permissions)
            for attribute in attributes { try parent.setAttribute(attribute.name, of: name, to: attribute.value) }
            try parent.changeTimes(of: name, to: entry.modified)
        }
    }

    /// Makes something under a name, in the place of what has it already.
    private func place(
        _ name: FileName, in parent: FileDescriptor, _ names: [FileName], _ make: () throws(KernelError) -> Void
    ) throws(LayerError) {
        do throws(KernelError) {
            return try make()
        } catch {
            guard error.errno == .EEXIST else { throw .kernel(error, doing: "make", path: path) }
        }
        try remove(name, in: parent, names)
        try kernel("make", path, make)
    }

    /// What of an entry's extended attributes the layer gets; the rest is counted.
    func keptAttributes(of entry: ArchiveEntry, type: FileType) -> [ArchiveEntry.Attribute] {
        if entry.attributes.isEmpty { return [] }
        return entry.attributes.filter { attribute in
            let isKept = AttributePolicy.isKept(attribute.name, type: type)
            if !isKept { omit(printable(attribute.name, limit: 64)) }
            return isKept
        }
    }
}
