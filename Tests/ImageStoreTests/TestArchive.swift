import Digests
import ImageSpec
import OCISpec
import TarWriter

/// Tar files as a test wants them: also such that no writer would make.
struct TestArchive {
    private var tar = TarWriter()
    var bytes: [UInt8] { tar.bytes }

    /// An entry with its header; `size` may lie.
    mutating func add(
        _ name: String, _ content: [UInt8] = [], type: Character = "0", link: String = "", mode: UInt64 = 0o644, size: Int? = nil
    ) {
        tar.add(
            Array(name.utf8), type: type, mode: mode, mtime: 1_700_000_000, link: Array(link.utf8), data: content,
            size: size.map(UInt64.init))
    }

    mutating func addDirectory(_ name: String) { add(name + "/", type: "5", mode: 0o755) }

    mutating func end() { tar.end() }

    /// A layer of a few files, uncompressed.
    static func layer(_ files: [(String, String)]) -> [UInt8] {
        var archive = TestArchive()
        for (name, content) in files {
            if name.hasSuffix("/") {
                archive.addDirectory(String(name.dropLast()))
            } else {
                archive.add(name, Array(content.utf8))
            }
        }
        archive.end()
        return archive.bytes
    }
}

/// An image layout that a test builds, and then changes where it is to be wrong.
struct TestLayout {
    var blobs: [Digest: [UInt8]] = [:]
    var index = ImageIndex(manifests: [])

    /// Puts a blob in.
    mutating func add(_ bytes: [UInt8], _ mediaType: MediaType) -> Descriptor {
        let descriptor = Descriptor(mediaType: mediaType, digest: .of(bytes), size: Int64(bytes.count))
        blobs[descriptor.digest] = bytes
        return descriptor
    }

    /// An image of uncompressed layers; its manifest's descriptor.
    mutating func addImage(
        _ layers: [[UInt8]], diffIDs: [Digest]? = nil, platform: Platform = .host, execution: ImageExecution = ImageExecution()
    ) -> Descriptor {
        let configuration = ImageConfiguration(
            platform: platform, created: "2026-01-02T03:04:05Z", execution: execution, diffIDs: diffIDs ?? layers.map { .of($0) })
        let config = add(configuration.json(), .configuration)
        let descriptors = layers.map { add($0, .layer) }
        return add(ImageManifest(config: config, layers: descriptors).json(), .manifest)
    }

    /// Names something in the index.
    mutating func name(_ descriptor: Descriptor, _ name: String?, platform: Platform? = nil) {
        var entry = descriptor
        entry.platform = platform
        if let name { entry.annotations = ["org.opencontainers.image.ref.name": name] }
        index.manifests.append(entry)
    }

    /// Its files.
    var files: [(String, [UInt8])] {
        [("oci-layout", ImageDocument.layout), ("index.json", index.json())]
            + blobs.sorted { $0.key.hex < $1.key.hex }.map { ("blobs/" + $0.key.fileName, $0.value) }
    }

    var archive: [UInt8] {
        var archive = TestArchive()
        for (name, bytes) in files { archive.add(name, bytes) }
        archive.end()
        return archive.bytes
    }
}
