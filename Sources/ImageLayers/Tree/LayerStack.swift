public import LinuxKernel
import LinuxTypes

/// Layers on top of each other, as overlayfs shows them.
public enum LayerStack {
    /// How many of the layers, the top one first, are seen at all: a layer whose root is opaque hides all below it. overlayfs does not look at the mark of a
    /// root, so whoever mounts takes only these.
    public static func visibleCount(
        of layers: [FileDescriptor], form: OverlayForm = .trusted
    ) throws(LayerError) -> Int {
        let marks = OverlayMarks(form)
        for (index, layer) in layers.enumerated() where try marks.isOpaque(layer) { return index + 1 }
        return layers.count
    }

    /// Copies what overlayfs would show of the layers, the top one first, into an empty directory: for file systems that carry no overlay, and for
    /// bundles. File contents are shared with the layers where the file system can (`FICLONE`), and copied elsewhere, holes as holes. The copy has the
    /// owners, permissions, times, extended attributes and hard links of the layers, and no marks of overlayfs.
    public static func copy(
        _ layers: [FileDescriptor], into target: FileDescriptor, form: OverlayForm = .trusted
    ) throws(LayerError) {
        let visible = Array(layers[..<(try visibleCount(of: layers, form: form))])
        try StackCopy(target, form).copy(visible)
    }
}

extension LayerStack {
    /// Gives a directory the attributes of another, for the writable layer's root: it is the root that overlayfs shows. `owner` says who its owner is there,
    /// given uid and gid in the layer.
    public static func dress(
        _ directory: FileDescriptor, as layer: FileDescriptor, owner: (UInt32, UInt32) throws(LayerError) -> (UInt32, UInt32)
    ) throws(LayerError) {
        let status = try kernel("look at a layer") { () throws(KernelError) in try layer.status() }
        let (uid, gid) = try owner(status.uid, status.gid)
        try kernel("make a writable layer") { () throws(KernelError) in
            try StackCopy.dress(directory, status, from: layer, uid: uid, gid: gid)
        }
    }
}

/// One copy of stacked layers.
final class StackCopy {
    /// An inode with several names.
    private struct Inode: Hashable {
        let device: UInt64
        let number: UInt64
    }

    private let root: FileDescriptor
    private let marks: OverlayMarks
    /// Where in the copy an inode with several names lies, and how many of its names have not been met.
    private var links: [Inode: (names: [FileName], missing: UInt64)] = [:]
    private var buffer = [UInt8](repeating: 0, count: 256 * 1024)

    init(_ root: FileDescriptor, _ form: OverlayForm) {
        self.root = root
        marks = OverlayMarks(form)
    }

    /// The whole tree.
    func copy(_ layers: [FileDescriptor]) throws(LayerError) {
        guard let top = layers.first else { return }
        try merge(layers, into: root, [])
        let status = try kernel("look at a layer") { () throws(KernelError) in try top.status() }
        try finish(root, status, from: top, path: "/")
    }

    /// All that is seen in one directory, given those of the layers that have it, the top one first.
    private func merge(_ sources: [FileDescriptor], into target: FileDescriptor, _ names: [FileName]) throws(LayerError) {
        for (index, source) in sources.enumerated() {
            var stream = try kernel("list") { () throws(KernelError) in try DirectoryStream(source) }
            while true {
                let next = try kernel("list") { () throws(KernelError) in try stream.next() }
                guard let (name, _) = next else { break }
                // What a higher layer has under this name, a whiteout too, is what is seen. Asking costs no memory, however many names there are.
                if try marks.isPresent(name, in: sources[..<index]) { continue }
                guard let status = try marks.status(of: name, in: source), try !marks.isWhiteout(status, name, in: source) else {
                    continue
                }
                try copy(name, status, from: source, below: sources[(index + 1)...], into: target, names + [name])
            }
        }
    }

    private func copy(
        _ name: FileName, _ status: FileStatus, from directory: FileDescriptor, below: ArraySlice<FileDescriptor>,
        into target: FileDescriptor, _ names: [FileName]
    ) throws(LayerError) {
        let path = names.map { "\($0)" }.joined(by: "/")
        if status.type != .directory, status.links > 1, try link(name, status, in: target, names) { return }
        switch status.type {
        case .directory: return try copyDirectory(name, status, from: directory, below: below, into: target, names)
        case .regular: return try copyFile(name, status, from: directory, into: target, path)
        case .symbolicLink:
            try kernel("copy", path) { () throws(KernelError) in
                try target.makeSymbolicLink(name, to: try directory.readLink(name))
            }
        case .characterDevice, .blockDevice, .fifo, .socket:
            try kernel("copy", path) { () throws(KernelError) in
                try target.makeNode(name, type: status.type ?? .fifo, permissions: 0o600, device: status.deviceNumber)
            }
        case nil: throw .refused(path: path, reason: "a type of inode that has no name")
        }
        try kernel("copy", path) { () throws(KernelError) in
            try target.changeOwner(of: name, uid: status.uid, gid: status.gid)
            if status.type != .symbolicLink {
                // Order: after the owner, whose change takes set-id bits away.
                try target.changePermissions(of: name, to: status.permissions)
            }
            for attribute in try directory.attributeNames(of: name) where Self.isCopied(attribute, status.type) {
                if let value = try directory.attribute(attribute, of: name) {
                    try target.setAttribute(attribute, of: name, to: value)
                }
            }
            try target.changeTimes(of: name, to: status.modified)
        }
    }

    private func copyDirectory(
        _ name: FileName, _ status: FileStatus, from source: FileDescriptor, below: ArraySlice<FileDescriptor>,
        into target: FileDescriptor, _ names: [FileName]
    ) throws(LayerError) {
        let path = names.map { "\($0)" }.joined(by: "/")
        let merged = try marks.merged(name, in: source, below: below, path: path)
        let made: OwnedDescriptor = try kernel("make", path) { () throws(KernelError) in
            try target.makeDirectory(name, permissions: 0o700)
            return try target.openBeneath([name], .directory)
        }
        try merge(merged.descriptors, into: made.descriptor, names)
        try finish(made.descriptor, status, from: merged[0], path: path)
    }

    /// A directory's own attributes. Order: after all that lies in it, which changes its time and may inherit from it.
    private func finish(
        _ target: FileDescriptor, _ status: FileStatus, from source: FileDescriptor, path: String
    ) throws(LayerError) {
        try kernel("copy", path) { () throws(KernelError) in
            try Self.dress(target, status, from: source, uid: status.uid, gid: status.gid)
        }
    }

    static func dress(
        _ target: FileDescriptor, _ status: FileStatus, from source: FileDescriptor, uid: UInt32, gid: UInt32
    ) throws(KernelError) {
        try target.changeOwner(uid: uid, gid: gid)
        try target.changePermissions(status.permissions)
        for attribute in try source.attributeNames() where isCopied(attribute, .directory) {
            if let value = try source.attribute(attribute) { try target.setAttribute(attribute, to: value) }
        }
        try target.changeTimes(to: status.modified)
    }

    private func copyFile(
        _ name: FileName, _ status: FileStatus, from source: FileDescriptor, into target: FileDescriptor, _ path: String
    ) throws(LayerError) {
        do throws(KernelError) {
            let from = try source.open(name, [.readOnly, .nonblocking])
            let to = try target.open(name, [.create, .exclusive, .writeOnly], permissions: 0o600)
            if status.size > 0, try !to.descriptor.clone(from.descriptor) {
                try copyBytes(from: from.descriptor, to: to.descriptor, size: status.size)
            }
            try to.descriptor.changeOwner(uid: status.uid, gid: status.gid)
            try to.descriptor.changePermissions(status.permissions)
            for attribute in try from.descriptor.attributeNames() where Self.isCopied(attribute, .regular) {
                if let value = try from.descriptor.attribute(attribute) { try to.descriptor.setAttribute(attribute, to: value) }
            }
            try to.descriptor.changeTimes(to: status.modified)
        } catch { throw .kernel(error, doing: "copy", path: path) }
    }

    /// Piece by piece, holes left out.
    private func copyBytes(from: FileDescriptor, to: FileDescriptor, size: Int64) throws(KernelError) {
        var place: Int64 = 0
        while place < size, let start = try from.seekData(from: place) {
            let end = try from.seekHole(from: start)
            try from.seek(to: start)
            try to.seek(to: start)
            var left = Int(end - start)
            while left > 0 {
                let count = try copySome(from: from, to: to, left)
                if count == 0 { break }
                left -= count
            }
            place = end
        }
        try to.truncate(to: size)
    }

    private func copySome(from: FileDescriptor, to: FileDescriptor, _ count: Int) throws(KernelError) -> Int {
        if let copied = try to.copyRange(from: from, count: count) { return copied }
        return try buffer.withMutableBytes { bytes throws(KernelError) in
            let part = UnsafeMutableRawBufferPointer(rebasing: bytes[..<min(count, bytes.count)])
            let read = try from.read(into: part)
            try to.writeAll(UnsafeRawBufferPointer(rebasing: part[..<read]))
            return read
        }
    }

    /// Whether the name has become another one of a file that is there already.
    private func link(
        _ name: FileName, _ status: FileStatus, in target: FileDescriptor, _ names: [FileName]
    ) throws(LayerError) -> Bool {
        let inode = Inode(device: status.device, number: status.inode)
        guard let known = links[inode], let source = known.names.last else {
            links[inode] = (names, status.links - 1)
            return false
        }
        try kernel("link", names.map { "\($0)" }.joined(by: "/")) { () throws(KernelError) in
            let directory = try root.openBeneath(known.names.dropLast(), [.pathOnly, .directory])
            try target.makeLink(name, to: source, in: directory.descriptor)
        }
        links[inode] = known.missing > 1 ? (known.names, known.missing - 1) : nil
        return true
    }

    /// What a layer may carry it may also hand on; overlayfs's own marks are not among it.
    private static func isCopied(_ attribute: [UInt8], _ type: FileType?) -> Bool {
        type.map { AttributePolicy.isKept(attribute, type: $0) } ?? false
    }
}
