import LinuxKernel
import LinuxTypes

extension LayerUnpacker {
    /// The open directory of some names below the root, made where it is missing. Refuses what leads through a link or anything else that is no
    /// directory.
    func directory(_ names: [FileName]) throws(LayerError) -> DirectoryHandle {
        if let cached = cache[names] { return cached }
        do throws(KernelError) {
            let handle = DirectoryHandle(try root.openBeneath(names, [.pathOnly, .directory]))
            cache.insert(handle, names)
            return handle
        } catch {
            guard [.ENOENT, .ENOTDIR, .ELOOP].contains(error.errno), let name = names.last else {
                throw .kernel(error, doing: "open the directory of", path: path)
            }
            return try missingDirectory(name, names)
        }
    }

    /// One of the names on the way is missing, a whiteout, or no directory.
    private func missingDirectory(_ name: FileName, _ names: [FileName]) throws(LayerError) -> DirectoryHandle {
        let above = try directory(Array(names.dropLast()))
        defer { withExtendedLifetime(above) {} }
        let parent = above.descriptor
        if let status = try status(of: name, in: parent), status.type != .directory {
            guard try isWhiteout(status, name, in: parent) else {
                let what = status.type == .symbolicLink ? "a symbolic link" : "no directory"
                throw refused("its path leads through '\(name)', which is \(what) in this layer")
            }
            try makeDirectory(name, in: parent, names)
        } else {
            try kernel("make the directory of", path) { () throws(KernelError) in
                try parent.makeDirectory(name, permissions: 0o700)
            }
        }
        impliedDirectories += 1
        try checkCount()
        try note(.implied(names))
        let opened: OwnedDescriptor = try kernel("open the directory of", path) { () throws(KernelError) in
            try parent.openBeneath([name], [.pathOnly, .directory])
        }
        let handle = DirectoryHandle(opened)
        cache.insert(handle, names)
        return handle
    }

    func unpackDirectory(
        _ entry: ArchiveEntry, _ name: FileName, in parent: FileDescriptor, _ names: [FileName]
    ) throws(LayerError) {
        do throws(KernelError) {
            try parent.makeDirectory(name, permissions: 0o700)
        } catch {
            guard error.errno == .EEXIST else { throw .kernel(error, doing: "make", path: path) }
            if let status = try status(of: name, in: parent), status.type != .directory {
                try makeDirectory(name, in: parent, names)
            }
        }
        try note(.init(entry, names: names, keeping: keptAttributes(of: entry, type: .directory)))
    }

    /// In the place of something that is no directory. That hid what lower layers have under this name, so the directory hides it too.
    private func makeDirectory(_ name: FileName, in parent: FileDescriptor, _ names: [FileName]) throws(LayerError) {
        try remove(name, in: parent, names)
        try kernel("make", path) { () throws(KernelError) in try parent.makeDirectory(name, permissions: 0o700) }
        try makeOpaque(names)
    }

    func note(_ record: DirectoryRecords.Record) throws(LayerError) {
        do throws(KernelError) {
            try records.append(record)
        } catch { throw .kernel(error, doing: "note the directory", path: path) }
    }

    /// Order: after the last entry, since what is made in a directory changes its time and may inherit from it.
    func finishDirectories() throws(LayerError) {
        let root = root
        try records.replay { record throws(LayerError) in
            let path = record.displayPath
            let handle: OwnedDescriptor
            do throws(KernelError) {
                handle = try root.openBeneath(record.names, [.directory])
            } catch {
                // A later entry took its place.
                if [.ENOENT, .ENOTDIR, .ELOOP].contains(error.errno) { return }
                throw .kernel(error, doing: "open", path: path)
            }
            let directory = handle.descriptor
            try kernel("set the attributes of", path) { () throws(KernelError) in
                try directory.changeOwner(uid: record.uid, gid: record.gid)
                for attribute in record.attributes { try directory.setAttribute(attribute.name, to: attribute.value) }
                try directory.changePermissions(record.permissions)
                try directory.changeTimes(to: record.modified)
            }
        }
    }

    /// What a name stands for; nil where it is free.
    func status(of name: FileName, in parent: FileDescriptor) throws(LayerError) -> FileStatus? {
        do throws(KernelError) {
            return try parent.status(of: name)
        } catch {
            if error.errno == .ENOENT { return nil }
            throw .kernel(error, doing: "look at", path: path)
        }
    }

    /// Removes what an entry replaces, a whole tree where it is one.
    func remove(_ name: FileName, in parent: FileDescriptor, _ names: [FileName]) throws(LayerError) {
        cache.forget(names)
        try LayerRemoval.remove(name, in: parent)
    }
}

extension DirectoryRecords.Record {
    init(_ entry: ArchiveEntry, names: [FileName], keeping attributes: [ArchiveEntry.Attribute]? = nil) {
        self.init(
            names: names, permissions: entry.permissions, uid: entry.uid, gid: entry.gid, modified: entry.modified,
            attributes: attributes ?? entry.attributes)
    }

    /// Of a directory that no entry names. The time is the same each time, so that the same archive gives the same tree.
    static func implied(_ names: [FileName]) -> DirectoryRecords.Record {
        .init(names: names, permissions: 0o755, uid: 0, gid: 0, modified: FileTime(seconds: 0), attributes: [])
    }

    var displayPath: String { names.isEmpty ? "/" : names.map { "\($0)" }.joined(by: "/") }
}
