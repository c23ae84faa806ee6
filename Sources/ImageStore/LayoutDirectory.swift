internal import Digests
public import ImageSpec
internal import LinuxKernel
public import LinuxTypes
import OCISpec
internal import StrictTree

/// An OCI image layout in a directory (image specification, image-layout.md).
public final class LayoutDirectory: BlobSource {
    public let name: String
    private let root: RootDirectory
    private let limits: ImageLimits

    /// Throws `unknownSource` where the directory holds no layout.
    public init(_ path: HostPath, limits: ImageLimits = ImageLimits()) throws(ImageError) {
        name = path.string
        self.limits = limits
        root = try kernel { () throws(KernelError) in
            RootDirectory(owning: try FileDescriptor.workingDirectory.open(path.string, [.readOnly, .directory]))
        }
        guard let layout = try read("oci-layout", limit: limits.documentBytes) else {
            throw .unknownSource(
                "'\(name)' is no image layout: there is no file 'oci-layout' in it")
        }
        try decoding("'\(name)/oci-layout'") { () throws(TreeError) in try ImageDocument.checkLayout(layout, limits: limits) }
    }

    public func images() throws(ImageError) -> [SourceImage] {
        guard let bytes = try read("index.json", limit: limits.documentBytes) else {
            throw .unknownSource("'\(name)' is no image layout: there is no file 'index.json' in it")
        }
        return try LayoutIndex.images(bytes, "'\(name)/index.json'", limits)
    }

    public func document(_ descriptor: Descriptor, limit: Int) throws(ImageError) -> [UInt8] {
        guard let bytes = try read("blobs/" + descriptor.digest.fileName, limit: limit) else {
            throw .missingBlob(descriptor.digest, mediaType: descriptor.mediaType)
        }
        return bytes
    }

    public func deliver(_ wanted: [Descriptor], to receiver: any BlobReceiver) throws(ImageError) {
        for descriptor in wanted {
            guard let file = try open("blobs/" + descriptor.digest.fileName) else { continue }
            try receiver.begin(descriptor)
            try file.descriptor.pass(to: receiver)
            try receiver.end()
        }
    }

    private func read(_ path: String, limit: Int) throws(ImageError) -> [UInt8]? {
        guard let file = try open(path) else { return nil }
        return try kernel { () throws(KernelError) in
            try file.descriptor.readToEnd(limit: limit, subject: name + "/" + path)
        }
    }

    /// nil where there is no such file. Links are followed, but not out of the layout; a FIFO or device in a file's place is refused.
    private func open(_ path: String) throws(ImageError) -> OwnedDescriptor? {
        guard let inside = ContainerPath(path),
            let file = try kernel({ () throws(KernelError) in try openIfPresent(inside) })
        else { return nil }
        let status = try kernel { () throws(KernelError) in try file.descriptor.status() }
        guard status.type == .regular else { throw .refused(path: name + "/" + path, reason: "not a regular file") }
        return file
    }

    private func openIfPresent(_ path: ContainerPath) throws(KernelError) -> OwnedDescriptor? {
        do throws(KernelError) { return try root.open(path, [.readOnly, .nonblocking]) } catch {
            if error.errno == .ENOENT || error.errno == .ENOTDIR { return nil }
            throw error
        }
    }
}

extension FileDescriptor {
    /// Reads to the end of the file, a piece at a time.
    func pass(to receiver: any BlobReceiver) throws(ImageError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
        defer { buffer.deallocate() }
        while true {
            let count = try kernel { () throws(KernelError) in try read(into: buffer) }
            if count == 0 { return }
            try receiver.take(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }
}

/// The file `index.json` of a layout.
enum LayoutIndex {
    static let referenceName = "org.opencontainers.image.ref.name"
    /// What containerd and Docker call the whole name.
    static let containerdName = "io.containerd.image.name"

    /// Its entries. Those that have one name are what an index of that name would have: one image.
    static func images(_ bytes: [UInt8], _ what: String, _ limits: ImageLimits) throws(ImageError) -> [SourceImage] {
        let index = try decoding(what) { () throws(TreeError) in try ImageDocument.index(bytes, limits: limits) }
        return index.manifests.map { entry in
            let names = [entry.annotations[containerdName] ?? entry.annotations[referenceName]].compactMap { $0 }
            return SourceImage(descriptor: entry, names: names)
        }
    }
}
