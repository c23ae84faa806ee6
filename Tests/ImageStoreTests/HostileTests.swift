import Digests
import Foundation
import ImageSpec
import OCISpec
import Testing

@testable import ImageStore

/// Layouts and archives that lie: each is refused with a reason, and nothing of it stays (G2).
@Suite(Requirement.root)
struct HostileTests {
    private let layer = TestArchive.layer([("hello", "world\n")])

    @Test func wrongDigestOfALayer() throws {
        var layout = LoadTests.layout()
        let digest = Digest.of(LoadTests.top)
        layout.blobs[digest]?[600] ^= 1
        let found = Digest.of(try #require(layout.blobs[digest]))
        #expect(try TestStore().complaint(layout) == "the blob \(digest): expected \(digest), found \(found)")
    }

    @Test(arguments: [-1, 1, 512])
    func wrongSizeOfALayer(_ difference: Int) throws {
        var layout = TestLayout()
        let config = layout.add(ImageConfiguration(platform: .host, diffIDs: [.of(layer)]).json(), .configuration)
        var blob = layout.add(layer, .layer)
        blob.size += Int64(difference)
        layout.name(layout.add(ImageManifest(config: config, layers: [blob]).json(), .manifest), "app:1")
        #expect(try TestStore().complaint(layout).hasPrefix("the blob \(blob.digest): expected \(blob.size) bytes, found "))
    }

    @Test(arguments: ["manifest", "config"])
    func wrongDigestOfADocument(_ which: String) throws {
        var layout = TestLayout()
        let manifest = layout.addImage([layer])
        layout.name(manifest, "app:1")
        let read = try ImageDocument.manifest(try #require(layout.blobs[manifest.digest]))
        let digest = which == "manifest" ? manifest.digest : read.config.digest
        layout.blobs[digest]?.append(0x20)
        #expect(try TestStore().complaint(layout).hasPrefix("the document \(digest): expected "))
    }

    @Test func wrongDiffID() throws {
        var layout = TestLayout()
        layout.name(layout.addImage([layer], diffIDs: [.of([1])]), "app:1")
        let text = try TestStore().complaint(layout)
        #expect(text.contains("expected \(Digest.of([1])), found \(Digest.of(layer))"))
    }

    @Test func missingBlob() throws {
        var layout = TestLayout()
        layout.name(layout.addImage([layer]), "app:1")
        layout.blobs[.of(layer)] = nil
        #expect(
            try TestStore().complaint(layout)
                == "the blob \(Digest.of(layer)) (application/vnd.oci.image.layer.v1.tar) is missing")
    }

    @Test func layersThatDoNotMatch() throws {
        var layout = TestLayout()
        layout.name(layout.addImage([layer], diffIDs: [.of(layer), .of(layer)]), "app:1")
        #expect(
            try TestStore().complaint(layout)
                == "this is no image that can run: its manifest has 1 layers, its configuration 2")
    }

    @Test func tenThousandLayers() throws {
        var layout = TestLayout()
        let config = layout.add(
            ImageConfiguration(platform: .host, diffIDs: Array(repeating: .of(layer), count: 10_000)).json(), .configuration)
        let blob = layout.add(layer, .layer)
        layout.name(
            layout.add(ImageManifest(config: config, layers: Array(repeating: blob, count: 10_000)).json(), .manifest), "app:1")
        #expect(try TestStore().complaint(layout).contains("/layers: 10000 entries, more than 500"))
    }

    @Test func indexesWithoutEnd() throws {
        var layout = TestLayout()
        var entry = layout.addImage([layer])
        for _ in 0..<5 { entry = layout.add(ImageIndex(manifests: [entry]).json(), .index) }
        layout.name(entry, "app:1")
        #expect(try TestStore().complaint(layout) == "more than 4 indexes inside each other")
    }

    @Test("an index that is described as a manifest, and the other way round")
    func confusion() throws {
        var layout = TestLayout()
        let manifest = layout.addImage([layer])
        var index = layout.add(ImageIndex(manifests: [manifest]).json(), .manifest)
        layout.name(index, "app:1")
        #expect(try TestStore().complaint(layout).contains("in a document that is described as a manifest"))
        layout.index.manifests = []
        index = manifest
        index.mediaType = .index
        layout.name(index, "app:1")
        #expect(try TestStore().complaint(layout).contains("in a document that is described as an index"))
    }

    @Test func artifacts() throws {
        var layout = TestLayout()
        let empty = layout.add(Array("{}".utf8), .empty)
        var manifest = ImageManifest(config: empty, layers: [empty])
        manifest.artifactType = "application/vnd.example"
        layout.name(layout.add(manifest.json(), .manifest), "app:1")
        #expect(
            try TestStore().complaint(layout)
                == "this is no image that can run: it is an artifact of type 'application/vnd.example'")
    }

    @Test func layersOfNoKindThatIsKnown() throws {
        var layout = TestLayout()
        let config = layout.add(ImageConfiguration(platform: .host, diffIDs: [.of(layer)]).json(), .configuration)
        let blob = layout.add(layer, MediaType(rawValue: "application/vnd.oci.image.layer.v1.tar+xz"))
        layout.name(layout.add(ImageManifest(config: config, layers: [blob]).json(), .manifest), "app:1")
        #expect(try TestStore().complaint(layout).hasSuffix("'application/vnd.oci.image.layer.v1.tar+xz' cannot be unpacked"))
    }

    @Test("a FIFO or a link out of the layout in a blob's place is not followed")
    func filesOfTheLayout() throws {
        let place = try TestStore()
        let layout = LoadTests.layout()
        let blob = "blobs/" + Digest.of(LoadTests.top).fileName
        let fifo = try place.write(layout)
        try FileManager.default.removeItem(atPath: "\(fifo)/\(blob)")
        #expect(mkfifo("\(fifo)/\(blob)", 0o600) == 0)
        #expect(throws: ImageError.self) { try place.open().load(LayoutDirectory(fifo)) }
        let link = try place.write(layout)
        try FileManager.default.removeItem(atPath: "\(link)/\(blob)")
        let secret = try place.write(LoadTests.top)
        try FileManager.default.createSymbolicLink(atPath: "\(link)/\(blob)", withDestinationPath: secret)
        #expect(throws: ImageError.missingBlob(Digest.of(LoadTests.top), mediaType: .layer)) {
            try place.open().load(LayoutDirectory(link))
        }
        #expect(try place.leftovers() == [])
    }

    @Test("archives that are cut off, damaged or doubled", arguments: ["cut", "sum", "twice", "empty", "text", "lie"])
    func archives(_ damage: String) throws {
        let place = try TestStore()
        var bytes = LoadTests.layout().archive
        switch damage {
        case "cut": bytes.removeLast(3000)
        case "sum": bytes[3] ^= 1
        case "twice":
            var archive = TestArchive()
            for (name, content) in LoadTests.layout().files { archive.add(name, content) }
            archive.add("./index.json", ImageIndex(manifests: []).json())
            archive.end()
            bytes = archive.bytes
        case "empty": bytes = []
        case "text": bytes = Array(String(repeating: "no archive ", count: 200).utf8)
        default:
            var archive = TestArchive()
            archive.add("index.json", [1, 2, 3], size: 1 << 32)
            archive.end()
            bytes = archive.bytes
        }
        #expect(throws: ImageError.self) { try place.load(archive: bytes) }
        #expect(try place.leftovers() == [])
    }

    @Test("no byte of an archive that is changed makes another image of it")
    func flippedBytes() throws {
        let place = try TestStore()
        let whole = LoadTests.layout().archive
        let wanted = try place.load(archive: whole)[0].record.digest
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<60 {
            var bytes = whole
            let at = Int.random(in: 0..<bytes.count, using: &generator)
            bytes[at] ^= UInt8(1) << UInt8.random(in: 0..<8, using: &generator)
            let other = try TestStore()
            do {
                let loaded = try other.load(archive: bytes)
                // What it may change is the name, and what no reader looks at.
                #expect(loaded.allSatisfy { $0.record.digest == wanted }, "byte \(at)")
                #expect(try other.open().check() == [])
            } catch is ImageError {
                #expect(try other.leftovers() == [], "byte \(at)")
            }
        }
    }

    @Test("a store that others could have planted is refused")
    func plantedStores() throws {
        let open = try TestStore()
        try FileManager.default.createDirectory(atPath: open.path("blobs"), withIntermediateDirectories: true)
        chmod(open.path(""), 0o755)
        #expect(throws: ImageError.self) { try open.open() }
        let link = try TestStore()
        try FileManager.default.createDirectory(atPath: link.directory + "/root", withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: link.directory + "/elsewhere", withIntermediateDirectories: true)
        chmod(link.directory + "/elsewhere", 0o700)
        try FileManager.default.createSymbolicLink(
            atPath: link.directory + "/root/images", withDestinationPath: link.directory + "/elsewhere")
        #expect(throws: ImageError.refused(path: "\(link.root)/images", reason: "not a directory")) { try link.open() }
        let owned = try TestStore()
        _ = try owned.open()
        chown(owned.path("blobs"), 1, 1)
        #expect(throws: ImageError.refused(path: "\(owned.root)/images/blobs", reason: "belongs to uid 1, not 0")) {
            try owned.open()
        }
    }
}
