public import Digests
public import LinuxKernel
import LinuxTypes

/// One digest over all that a tree is to a program in it: names, types, permissions, owners, link targets, device numbers, extended attributes and
/// contents. Not times, and not which files are one inode.
///
/// What is hashed, depth first, names in the order of their bytes; numbers little-endian:
///
/// ```
/// type 4   permissions 4   uid 4   gid 4   device 8   size 8        size: of a regular file or a link's target, else 0
/// name length 4, name                                              length 0 for the root
/// number of attributes 4, for each, in the order of names: name length 4, name, value length 4, value
/// contents or link target
/// for a directory its entries, then 0 in 4 bytes
/// ```
///
/// Attributes in `security.` other than capabilities are left out: the host's policy may give them at any time.
public struct TreeDigest: ~Copyable {
    private var hasher: Digest.Hasher
    private var buffer = [UInt8](repeating: 0, count: 256 * 1024)

    /// Of a directory that is open for reading. The caller sees `trusted.*` attributes (`CAP_SYS_ADMIN`) or gets another digest for a layer with opaque
    /// directories.
    public static func compute(
        _ root: FileDescriptor, algorithm: DigestAlgorithm = .sha256
    ) throws(LayerError) -> Digest {
        var tree = TreeDigest(hasher: Digest.Hasher(algorithm))
        let status = try kernel("look at", "/") { () throws(KernelError) in try root.status() }
        let attributes = try tree.attributes(
            try kernel("look at", "/") { () throws(KernelError) in try root.attributeNames() },
            value: { name throws(KernelError) in try root.attribute(name) })
        tree.put(status, .directory, name: [], attributes, size: 0)
        try tree.addEntries(of: root)
        return tree.finish()
    }

    private init(hasher: consuming Digest.Hasher) { self.hasher = hasher }

    private consuming func finish() -> Digest { hasher.finish() }

    private mutating func addEntries(of directory: FileDescriptor) throws(LayerError) {
        let names = try kernel("list") { () throws(KernelError) in try SortedNames(of: directory) }
        for index in 0..<names.count {
            if let name = names[index] { try add(name, in: directory) }
        }
        put(0)
    }

    private mutating func add(_ name: FileName, in directory: FileDescriptor) throws(LayerError) {
        let status = try kernel("look at", "\(name)") { () throws(KernelError) in try directory.status(of: name) }
        guard let type = status.type else { return }
        let attributes = try attributes(
            try kernel("look at", "\(name)") { () throws(KernelError) in try directory.attributeNames(of: name) },
            value: { attribute throws(KernelError) in try directory.attribute(attribute, of: name) })
        switch type {
        case .regular:
            put(status, type, name: name.bytes, attributes, size: status.size)
            try addContents(of: name, in: directory, size: status.size)
        case .symbolicLink:
            let target = try kernel("read the link", "\(name)") { () throws(KernelError) in try directory.readLink(name) }
            put(status, type, name: name.bytes, attributes, size: Int64(target.count))
            hasher.update(target)
        case .directory:
            put(status, type, name: name.bytes, attributes, size: 0)
            let opened: OwnedDescriptor = try kernel("open", "\(name)") { () throws(KernelError) in
                try directory.openBeneath([name], .directory)
            }
            try addEntries(of: opened.descriptor)
        default: put(status, type, name: name.bytes, attributes, size: 0)
        }
    }

    private mutating func addContents(of name: FileName, in directory: FileDescriptor, size: Int64) throws(LayerError) {
        do throws(KernelError) {
            // Order: the type first, seen above; and no FIFO that took its place since can hold us up.
            let file = try directory.open(name, [.readOnly, .nonblocking])
            var read: Int64 = 0
            while true {
                let count = try buffer.withMutableBytes { bytes throws(KernelError) in try file.descriptor.read(into: bytes) }
                if count == 0 { break }
                read += Int64(count)
                buffer.withUnsafeBytes { hasher.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            }
            // The size stands before the bytes: with another number of them they could be read as something else.
            if read != size { throw KernelError(call: "read", errno: .EBUSY, subject: "\(name)") }
        } catch { throw .kernel(error, doing: "read", path: "\(name)") }
    }

    private func attributes(
        _ names: [[UInt8]], value: ([UInt8]) throws(KernelError) -> [UInt8]?
    ) throws(LayerError) -> [ArchiveEntry.Attribute] {
        if names.isEmpty { return [] }
        var attributes: [ArchiveEntry.Attribute] = []
        for name in names.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            if name.starts(with: "security.".utf8), !name.elementsEqual("security.capability".utf8) { continue }
            do throws(KernelError) {
                if let value = try value(name) { attributes.append(.init(name: name, value: value)) }
            } catch { throw .kernel(error, doing: "look at", path: printable(name)) }
        }
        return attributes
    }

    private mutating func put(
        _ status: FileStatus, _ type: FileType, name: ArraySlice<UInt8>, _ attributes: [ArchiveEntry.Attribute], size: Int64
    ) {
        put(type.rawValue)
        put(status.permissions)
        put(status.uid)
        put(status.gid)
        let isDevice = type == .characterDevice || type == .blockDevice
        put(isDevice ? status.deviceNumber.encoded : 0)
        put(UInt64(bitPattern: size))
        put(Array(name))
        put(UInt32(attributes.count))
        for attribute in attributes {
            put(attribute.name)
            put(attribute.value)
        }
    }

    private mutating func put(_ bytes: [UInt8]) {
        put(UInt32(bytes.count))
        hasher.update(bytes)
    }

    private mutating func put(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.littleEndian) { hasher.update($0) }
    }
}
