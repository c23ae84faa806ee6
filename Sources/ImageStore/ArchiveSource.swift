internal import Digests
internal import ImageLayers
public import ImageSpec
internal import LinuxKernel
internal import LinuxTypes
import OCISpec
internal import StrictTree

/// An archive of images: a tar of an OCI image layout, or what `docker save` writes. Newer ones of the latter are both, and are read as layouts.
public final class ArchiveSource: BlobSource {
    public let name: String
    private let file: OwnedDescriptor
    private let index: TarIndex
    private let limits: ImageLimits
    /// Files of blobs, where they are not named by digest.
    private var files: [Digest: String] = [:]
    private var documents: [Digest: [UInt8]] = [:]

    /// Takes over an uncompressed tar file that can be read anywhere.
    init(owning file: consuming OwnedDescriptor, name: String, limits: ImageLimits) throws(ImageError) {
        self.name = name
        self.limits = limits
        index = try TarIndex(file.descriptor, what: name)
        self.file = file
    }

    public func images() throws(ImageError) -> [SourceImage] {
        if index.entry("oci-layout") != nil, let bytes = try read("index.json", limit: limits.documentBytes) {
            guard let layout = try read("oci-layout", limit: limits.documentBytes) else { return [] }
            try decoding("'oci-layout' in '\(name)'") { () throws(TreeError) in
                try ImageDocument.checkLayout(layout, limits: limits)
            }
            return try LayoutIndex.images(bytes, "'index.json' in '\(name)'", limits)
        }
        if let bytes = try read("manifest.json", limit: limits.documentBytes) {
            let entries = try decoding("'manifest.json' in '\(name)'") { () throws(TreeError) in
                try ImageDocument.dockerArchive(bytes, limits: limits)
            }
            var images: [SourceImage] = []
            for entry in entries { images.append(try image(entry)) }
            return images
        }
        throw .unknownSource(
            "'\(name)' is no archive of images: it has neither 'oci-layout' and 'index.json' nor 'manifest.json'"
                + (index.firstName.map { " (it begins with '\($0)')" } ?? ""))
    }

    /// The image of a docker archive. It has no manifest, so that one is made: the same for the same archive.
    private func image(_ entry: DockerArchiveEntry) throws(ImageError) -> SourceImage {
        guard let config = try read(entry.config, limit: limits.documentBytes) else {
            throw .archive(name, reason: "the configuration '\(entry.config)' is missing")
        }
        let configuration = try decoding("'\(entry.config)' in '\(name)'") { () throws(TreeError) in
            try ImageDocument.configuration(config, limits: limits)
        }
        guard configuration.diffIDs.count == entry.layers.count else {
            throw .notAnImage("it has \(entry.layers.count) layers, its configuration \(configuration.diffIDs.count)")
        }
        let descriptor = Descriptor(mediaType: .configuration, digest: .of(config), size: Int64(config.count))
        documents[descriptor.digest] = config
        var layers: [Descriptor] = []
        for (file, diffID) in zip(entry.layers, configuration.diffIDs) { layers.append(try layer(file, diffID)) }
        let manifest = ImageManifest(config: descriptor, layers: layers).json()
        let digest = Digest.of(manifest)
        documents[digest] = manifest
        return SourceImage(
            descriptor: Descriptor(
                mediaType: .manifest, digest: digest, size: Int64(manifest.count), platform: configuration.platform),
            names: entry.repoTags)
    }

    /// An uncompressed layer's digest is its diff id, which is checked when it is read; that of a compressed one must be computed first.
    private func layer(_ file: String, _ diffID: Digest) throws(ImageError) -> Descriptor {
        guard let entry = index.entry(file) else { throw .archive(name, reason: "the layer '\(file)' is missing") }
        let start = try kernel { () throws(KernelError) in
            try self.file.descriptor.bytes(at: entry.offset, count: Int(min(entry.size, 4)), subject: name)
        }
        let compression = MediaType.Compression(start.withUnsafeBytes { Compression(firstBytes: $0) })
        var digest = diffID
        if compression != .none {
            let hashing = DigestReceiver()
            try self.file.descriptor.pass(from: entry.offset, count: entry.size, to: hashing, subject: name)
            digest = hashing.digest()
        }
        files[digest] = file
        return Descriptor(mediaType: .layer(compression), digest: digest, size: entry.size)
    }

    public func document(_ descriptor: Descriptor, limit: Int) throws(ImageError) -> [UInt8] {
        if let bytes = documents[descriptor.digest] { return bytes }
        guard let bytes = try read(path(descriptor.digest), limit: limit) else {
            throw .missingBlob(descriptor.digest, mediaType: descriptor.mediaType)
        }
        return bytes
    }

    public func deliver(_ wanted: [Descriptor], to receiver: any BlobReceiver) throws(ImageError) {
        // In the order of the archive: a disk reads on.
        let found = wanted.compactMap { descriptor in index.entry(path(descriptor.digest)).map { (descriptor, $0) } }
        for (descriptor, entry) in found.sorted(by: { $0.1.offset < $1.1.offset }) {
            try receiver.begin(descriptor)
            try file.descriptor.pass(from: entry.offset, count: entry.size, to: receiver, subject: name)
            try receiver.end()
        }
    }

    private func path(_ digest: Digest) -> String { files[digest] ?? "blobs/" + digest.fileName }

    /// nil where there is no such file.
    private func read(_ path: String, limit: Int) throws(ImageError) -> [UInt8]? {
        guard let entry = index.entry(path) else { return nil }
        guard entry.size <= Int64(limit) else {
            throw .limit("'\(path)' in '\(name)' has \(entry.size) bytes, more than \(limit)")
        }
        return try kernel { () throws(KernelError) in
            try file.descriptor.bytes(at: entry.offset, count: Int(entry.size), subject: name)
        }
    }
}
