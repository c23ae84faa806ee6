internal import ImageLayers
internal import LinuxKernel
internal import LinuxTypes

/// A directory as a tar: what `import` makes a layer of.
///
/// Names in the order of their bytes, so that the same tree is the same archive, but for times. Nothing is followed and no mount below is entered; sockets
/// have no place in a tar and are left out. A file that becomes shorter while it is read is an error.
struct TreeArchive {
    private let path: HostPath

    init(_ path: HostPath) { self.path = path }

    /// An inode with several names.
    private struct Inode: Hashable {
        var device: UInt64
        var number: UInt64
    }

    private static let depthLimit = 256

    func write(to tar: inout TarWriter) throws(ImageError) {
        let root = try kernel { () throws(KernelError) in
            try FileDescriptor.workingDirectory.open(path.string, [.readOnly, .directory])
        }
        let status = try kernel { () throws(KernelError) in try root.descriptor.status() }
        let attributes = try attributes(of: root.descriptor)
        try tar.begin(Self.entry(status, [UInt8(ascii: "."), UInt8(ascii: "/")], attributes))
        var links: [Inode: [UInt8]] = [:]
        try write(root.descriptor, prefix: [], device: status.device, depth: 0, &links, to: &tar)
    }

    private func write(
        _ directory: FileDescriptor, prefix: [UInt8], device: UInt64, depth: Int, _ links: inout [Inode: [UInt8]],
        to tar: inout TarWriter
    ) throws(ImageError) {
        guard depth < Self.depthLimit else {
            throw .limit("'\(path)' has more than \(Self.depthLimit) directories inside each other")
        }
        let names = try kernel { () throws(KernelError) in try SortedNames(of: directory) }
        for index in 0..<names.count {
            guard let name = names[index] else { continue }
            let place = prefix + name.bytes
            if name.bytes.starts(with: ".wh.".utf8) {
                throw .archive(printable(place), reason: "in a layer its name says that a file is gone")
            }
            let status = try kernel { () throws(KernelError) in try directory.status(of: name) }
            guard let type = status.type, type != .socket else { continue }
            if type != .directory, status.links > 1 {
                let inode = Inode(device: status.device, number: status.inode)
                if let first = links[inode] {
                    var entry = Self.entry(status, place, [])
                    (entry.isHardLink, entry.link, entry.size) = (true, first, 0)
                    try tar.begin(entry)
                    continue
                }
                links[inode] = place
            }
            switch type {
            case .directory: try writeDirectory(name, in: directory, place, device, depth, &links, to: &tar)
            case .regular: try writeFile(name, in: directory, place, to: &tar)
            default:
                var entry = Self.entry(status, place, try attributes(of: name, in: directory))
                if type == .symbolicLink {
                    entry.link = try kernel { () throws(KernelError) in try directory.readLink(name) }
                }
                entry.device = status.deviceNumber
                try tar.begin(entry)
            }
        }
    }

    private func writeDirectory(
        _ name: FileName, in directory: FileDescriptor, _ place: [UInt8], _ device: UInt64, _ depth: Int,
        _ links: inout [Inode: [UInt8]], to tar: inout TarWriter
    ) throws(ImageError) {
        let opened = try kernel { () throws(KernelError) in try directory.open(name, [.readOnly, .directory]) }
        let status = try kernel { () throws(KernelError) in try opened.descriptor.status() }
        let prefix = place + [UInt8(ascii: "/")]
        try tar.begin(Self.entry(status, prefix, try attributes(of: opened.descriptor)))
        // What is mounted there is no part of this tree.
        guard status.device == device else { return }
        try write(opened.descriptor, prefix: prefix, device: device, depth: depth + 1, &links, to: &tar)
    }

    private func writeFile(
        _ name: FileName, in directory: FileDescriptor, _ place: [UInt8], to tar: inout TarWriter
    ) throws(ImageError) {
        let file = try kernel { () throws(KernelError) in try directory.open(name, [.readOnly, .nonblocking]) }
        let status = try kernel { () throws(KernelError) in try file.descriptor.status() }
        guard status.type == .regular else { throw .archive(printable(place), reason: "was replaced while it was read") }
        var entry = Self.entry(status, place, try attributes(of: file.descriptor))
        entry.size = status.size
        try tar.begin(entry)
        let writer = tar
        let receiver = ClosureReceiver { bytes throws(ImageError) in try writer.write(bytes) }
        try file.descriptor.pass(from: 0, count: status.size, to: receiver, subject: printable(place))
    }

    private func attributes(of file: FileDescriptor) throws(ImageError) -> [(name: [UInt8], value: [UInt8])] {
        try kernel { () throws(KernelError) in
            var found: [(name: [UInt8], value: [UInt8])] = []
            for name in try file.attributeNames() where Self.isKept(name) {
                if let value = try file.attribute(name) { found.append((name, value)) }
            }
            return found
        }
    }

    private func attributes(
        of name: FileName, in directory: FileDescriptor
    ) throws(ImageError) -> [(name: [UInt8], value: [UInt8])] {
        try kernel { () throws(KernelError) in
            var found: [(name: [UInt8], value: [UInt8])] = []
            for attribute in try directory.attributeNames(of: name) where Self.isKept(attribute) {
                if let value = try directory.attribute(attribute, of: name) { found.append((attribute, value)) }
            }
            return found
        }
    }

    /// Capabilities, access lists and what users set; never marks of the host's security policy or of overlayfs. Without its list a file's group would have
    /// what the list allows at most.
    private static func isKept(_ name: [UInt8]) -> Bool {
        if ["security.capability", "system.posix_acl_access", "system.posix_acl_default"].contains(where: {
            name.elementsEqual($0.utf8)
        }) {
            return true
        }
        return name.starts(with: "user.".utf8) && !name.starts(with: "user.overlay.".utf8) && !name.contains(UInt8(ascii: "="))
    }

    private static func entry(
        _ status: FileStatus, _ path: [UInt8], _ attributes: [(name: [UInt8], value: [UInt8])]
    ) -> TarWriter.Entry {
        TarWriter.Entry(
            path: path, type: status.type ?? .regular, permissions: status.permissions, uid: status.uid, gid: status.gid,
            modified: status.modified.seconds, nanoseconds: status.modified.nanoseconds, attributes: attributes)
    }
}
