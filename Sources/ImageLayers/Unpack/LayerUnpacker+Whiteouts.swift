import LinuxKernel
import LinuxTypes

/// Entries whose names begin with `.wh.` are no files but say what of lower layers is gone (image specification, layer.md, "Whiteouts").
///
/// | name | here |
/// | --- | --- |
/// | `.wh.NAME` | the device 0:0 under NAME, or, where this layer has NAME as a directory, that directory is opaque; a file of this layer stays as it is |
/// | `.wh..wh..opq` | its directory is opaque |
/// | other `.wh..wh.…` | aufs's own books: skipped, with what lies below them |
/// | `.wh.`, `.wh..`, `.wh...`, `.wh.NAME` as anything but an empty file | refused |
extension LayerUnpacker {
    private static let prefix = Array(".wh.".utf8)
    private static let metaPrefix = Array(".wh..wh.".utf8)
    private static let opaqueName = Array(".wh..wh..opq".utf8)

    /// Whether the entry was such a mark, and has been dealt with.
    func unpackMarker(_ entry: ArchiveEntry, _ name: FileName, _ parent: [FileName]) throws(LayerError) -> Bool {
        for above in parent where above.bytes.starts(with: Self.prefix) {
            if above.bytes.starts(with: Self.metaPrefix) { return true }
            throw refused("something below a whiteout")
        }
        guard name.bytes.starts(with: Self.prefix) else { return false }
        if name.bytes.starts(with: Self.metaPrefix) {
            guard name.bytes.elementsEqual(Self.opaqueName) else { return true }
            try checkIsEmptyFile(entry)
            _ = try directory(parent)
            try makeOpaque(parent)
            return true
        }
        guard let hidden = FileName(name.bytes.dropFirst(Self.prefix.count)) else { throw refused("a whiteout of nothing") }
        try checkIsEmptyFile(entry)
        try makeWhiteout(hidden, parent)
        return true
    }

    /// aufs made its whiteouts as hard links to one file.
    private func checkIsEmptyFile(_ entry: ArchiveEntry) throws(LayerError) {
        switch entry.kind {
        case .regular(size: 0), .hardLink: return
        default: throw refused("a whiteout that is not an empty file")
        }
    }

    private func makeWhiteout(_ name: FileName, _ parentNames: [FileName]) throws(LayerError) {
        let handle = try directory(parentNames)
        defer { withExtendedLifetime(handle) {} }
        let parent = handle.descriptor
        if let present = try status(of: name, in: parent) {
            // It hides what lower layers have, never what this one has, whichever came first.
            if present.type == .directory { try makeOpaque(parentNames + [name]) }
            return
        }
        if try isOpaque(parentNames) { return }
        if !usesWhiteoutAttributes {
            do throws(KernelError) {
                let none = DeviceNumber(major: 0, minor: 0)
                return try parent.makeNode(name, type: .characterDevice, permissions: 0, device: none)
            } catch {
                // A user namespace before Linux 5.8, or no privilege at all.
                guard error.errno == .EPERM else { throw .kernel(error, doing: "make the whiteout", path: path) }
                usesWhiteoutAttributes = true
            }
        }
        try makeWhiteoutAttribute(name, in: parent, parentNames)
    }

    /// The other form that overlayfs knows (Linux 6.7): an empty file with an attribute, in a directory that says that it has such files.
    private func makeWhiteoutAttribute(
        _ name: FileName, in parent: FileDescriptor, _ parentNames: [FileName]
    ) throws(LayerError) {
        let form = options.overlay
        try kernel("make the whiteout", path) { () throws(KernelError) in
            let directory = try root.openBeneath(parentNames, .directory)
            let file = try parent.open(name, [.create, .exclusive, .writeOnly])
            try file.descriptor.setAttribute(form.whiteout, to: Self.opaqueValue)
            try directory.descriptor.setAttribute(form.opaque, to: Array("x".utf8))
        }
    }

    private static let opaqueValue = Array("y".utf8)

    /// Nothing of lower layers is seen below this directory, which exists.
    func makeOpaque(_ names: [FileName]) throws(LayerError) {
        if try isOpaque(names) { return }
        if names.isEmpty { isRootOpaque = true }
        let (form, path) = (options.overlay, path)
        let directory: OwnedDescriptor = try kernel("make opaque", path) { () throws(KernelError) in
            try root.openBeneath(names, .directory)
        }
        try removeWhiteouts(in: directory.descriptor)
        try kernel("make opaque", path) { () throws(KernelError) in
            try directory.descriptor.setAttribute(form.opaque, to: Self.opaqueValue)
        }
    }

    private func isOpaque(_ names: [FileName]) throws(LayerError) -> Bool {
        let form = options.overlay
        return try kernel("look at", path) { () throws(KernelError) in
            let directory = try root.openBeneath(names, .directory)
            return try directory.descriptor.attribute(form.opaque) == Self.opaqueValue
        }
    }

    /// Where nothing lies below, overlayfs does not look for whiteouts: a program would see their names, and an error for each.
    private func removeWhiteouts(in directory: FileDescriptor) throws(LayerError) {
        var stream = try kernel("make opaque", path) { () throws(KernelError) in try DirectoryStream(directory) }
        while true {
            let next = try kernel("make opaque", path) { () throws(KernelError) in try stream.next() }
            guard let (name, type) = next else { return }
            guard type == nil || type == .characterDevice || usesWhiteoutAttributes && type == .regular,
                let status = try status(of: name, in: directory), try isWhiteout(status, name, in: directory)
            else { continue }
            try kernel("make opaque", path) { () throws(KernelError) in try directory.unlink(name) }
        }
    }

    func isWhiteout(_ status: FileStatus, _ name: FileName, in parent: FileDescriptor) throws(LayerError) -> Bool {
        if status.type == .characterDevice { return status.deviceNumber.encoded == 0 }
        guard usesWhiteoutAttributes, status.type == .regular, status.size == 0 else { return false }
        let form = options.overlay
        return try kernel("look at", path) { () throws(KernelError) in try parent.attribute(form.whiteout, of: name) != nil }
    }
}
