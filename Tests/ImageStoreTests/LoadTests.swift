import Digests
import Foundation
import ImageSpec
import LinuxKernel
import OCISpec
import Testing

@testable import ImageStore

/// Images that come in, and what the store has then.
@Suite(Requirement.root)
struct LoadTests {
    static let base = TestArchive.layer([("etc/", ""), ("etc/passwd", "root:x:0:0::/:/bin/sh\n")])
    static let top = TestArchive.layer([("hello", "world\n")])

    static func layout(_ name: String? = "example.org/app:1") -> TestLayout {
        var layout = TestLayout()
        layout.name(layout.addImage([base, top]), name)
        return layout
    }

    @Test("a layout in a directory, a tar of it and a stream of that make the same image")
    func sameImage() throws {
        let place = try TestStore()
        let first = try place.load(Self.layout())
        #expect(first.map(\.names) == [["example.org/app:1"]])
        #expect(first[0].record.layers.map(\.diffID) == [Digest.of(Self.base), Digest.of(Self.top)])
        #expect(!first[0].wasPresent)
        let file = try String(contentsOfFile: place.path("layers/\(Digest.of(Self.top).fileName)/tree/hello"), encoding: .utf8)
        #expect(file == "world\n")
        let second = try place.load(archive: Self.layout().archive)
        #expect(second[0].wasPresent)
        #expect(second[0].record.digest == first[0].record.digest)
        let other = try TestStore()
        #expect(try other.load(archive: Self.layout().archive)[0].record.manifest == first[0].record.manifest)
        #expect(try place.open().check() == [])
        #expect(try other.open().check() == [])
        #expect(try place.names("incoming") == [])
    }

    @Test("a blob of a layer that is there already, from this image or another, must hold just that")
    func borrowedLayer() throws {
        let place = try TestStore()
        var twice = TestLayout()
        twice.name(twice.addImage([Self.base, Self.top], diffIDs: [.of(Self.base), .of(Self.base)]), "example.org/twice:1")
        #expect(try place.complaint(twice).contains("\(Digest.of(Self.top))"))
        try place.load(Self.layout())
        var other = TestLayout()
        other.name(other.addImage([Array("no layer".utf8)], diffIDs: [.of(Self.base)]), "example.org/other:1")
        for layout in [twice, other] { #expect(throws: ImageError.self) { try place.load(layout) } }
        #expect(try place.open().images().count == 1)
        #expect(try place.open().check() == [])
    }

    @Test("nameless images of one platform are different images")
    func nameless() throws {
        var layout = TestLayout()
        for layer in [Self.base, Self.top] { layout.name(layout.addImage([layer]), nil, platform: .host) }
        #expect(try TestStore().load(layout).count == 2)
    }

    @Test("everything is its owner's alone")
    func modes() throws {
        let place = try TestStore()
        try place.load(Self.layout())
        for name in try FileManager.default.subpathsOfDirectory(atPath: place.path("")) where !name.contains("/tree") {
            let attributes = try FileManager.default.attributesOfItem(atPath: place.path(name))
            let mode = try #require(attributes[.posixPermissions] as? Int)
            #expect(mode == (attributes[.type] as? FileAttributeType == .typeDirectory ? 0o700 : 0o600), "'\(name)'")
        }
    }

    @Test("what docker save writes, with links for layers that are the same")
    func dockerArchive() throws {
        let configuration = ImageConfiguration(platform: .host, diffIDs: [.of(Self.base), .of(Self.top), .of(Self.top)])
        var archive = TestArchive()
        archive.addDirectory("a")
        archive.add("a/layer.tar", Self.base)
        archive.add("b/layer.tar", Self.top)
        archive.add("c/layer.tar", type: "2", link: "../b/layer.tar")
        archive.add("config.json", configuration.json())
        archive.add(
            "manifest.json",
            Array(
                #"[{"Config":"config.json","RepoTags":["app:1","app:2"],"Layers":["a/layer.tar","b/layer.tar","c/layer.tar"]}]"#
                    .utf8))
        archive.end()
        let place = try TestStore()
        let image = try place.load(archive: archive.bytes)[0]
        #expect(image.names == ["docker.io/library/app:1", "docker.io/library/app:2"])
        #expect(image.record.layers.count == 3)
        #expect(try place.names("layers/sha256").count == 2)
        #expect(try place.open().check() == [])
    }

    @Test("through indexes to the platform's image, and found by an index's digest afterwards")
    func indexes() throws {
        var layout = TestLayout()
        var entries: [Descriptor] = []
        for platform in ["linux/s390x", "linux/amd64", "linux/arm64"] {
            let platform = try #require(Platform(parsing: platform))
            var entry = layout.addImage([TestArchive.layer([("name", "\(platform)")])], platform: platform)
            entry.platform = platform
            entries.append(entry)
        }
        let inner = layout.add(ImageIndex(manifests: entries).json(), .index)
        let outer = layout.add(ImageIndex(manifests: [inner]).json(), .dockerIndex)
        layout.name(outer, "app:multi")
        let place = try TestStore()
        var request = LoadRequest()
        request.platform = try #require(Platform(parsing: "linux/arm64/v8.2"))
        // Docker's type in the entry and OCI's in the document are two names of one thing.
        let loaded = try place.load(layout, request)
        #expect(loaded[0].record.digest == entries[2].digest)
        let store = try place.open()
        for text in [
            "app:multi", "app@\(outer.digest)", "app@\(inner.digest)", "app@\(entries[2].digest)", loaded[0].record.id.short,
        ] {
            #expect(try store.image(text).record.digest == entries[2].digest)
        }
        request.platform = Platform(architecture: "riscv64")
        #expect(
            try TestStore().complaint(layout, request)
                == "there is no image for linux/riscv64, only for linux/s390x, linux/amd64, linux/arm64")
    }

    @Test("names: a tag alone needs a family, several images need names of their own")
    func names() throws {
        let place = try TestStore()
        #expect(try place.load(Self.layout("latest"))[0].names == [])
        var request = LoadRequest()
        request.family = "localhost/thing"
        #expect(try place.load(Self.layout("latest"), request)[0].names == ["localhost/thing:latest"])
        request.name = try ImageReference("other:2")
        #expect(try place.load(Self.layout("latest"), request)[0].names == ["docker.io/library/other:2"])
        #expect(try place.open().images().map(\.names) == [["docker.io/library/other:2", "localhost/thing:latest"]])
        #expect(try place.load(Self.layout("UPPER/../x:1"))[0].names == [])
        var two = Self.layout("a:1")
        two.name(two.addImage([Self.top]), "b:1")
        #expect(try TestStore().complaint(two, request).hasSuffix("has 2 images: one name cannot stand for all of them"))
        #expect(try place.load(two).map(\.names) == [["docker.io/library/a:1"], ["docker.io/library/b:1"]])
    }

    @Test("a name moves to the image that was loaded last; the other stays without it")
    func namesMove() throws {
        let place = try TestStore()
        try place.load(Self.layout("app:1"))
        var other = TestLayout()
        other.name(other.addImage([Self.top]), "app:1")
        try place.load(other)
        let images = try place.open().images()
        #expect(images.count == 2)
        #expect(images.map(\.names.count).sorted() == [0, 1])
        #expect(try place.open().image("app:1").record.layers.count == 1)
    }

    @Test("the owner is dead: his work is removed and his space comes back")
    func sweep() throws {
        let place = try TestStore()
        try place.load(Self.layout())
        for name in ["incoming/dead", "incoming/empty"] {
            try FileManager.default.createDirectory(atPath: place.path(name), withIntermediateDirectories: false)
        }
        try Data([1]).write(to: URL(fileURLWithPath: place.path("incoming/dead/lock")))
        try Data([1, 2, 3]).write(to: URL(fileURLWithPath: place.path("incoming/dead/blob-1")))
        // Verified and in place, but never recorded.
        let orphan = Digest.of([7])
        try Data([7]).write(to: URL(fileURLWithPath: place.path("blobs/" + orphan.fileName)))
        let store = try place.open()
        #expect(try store.check() == [.unneededBlob(orphan)])
        #expect(try store.load(LayoutDirectory(place.write(Self.layout())))[0].wasPresent)
        #expect(try place.names("incoming") == [])
        #expect(try store.check() == [])
    }

    @Test("a layer that nobody recorded is not believed")
    func unrecordedLayer() throws {
        let place = try TestStore()
        let store = try place.open()
        let tree = place.path("layers/\(Digest.of(Self.top).fileName)/tree")
        try FileManager.default.createDirectory(atPath: tree, withIntermediateDirectories: true)
        try Data("evil".utf8).write(to: URL(fileURLWithPath: tree + "/hello"))
        _ = try store.load(LayoutDirectory(place.write(Self.layout())))
        #expect(try String(contentsOfFile: tree + "/hello", encoding: .utf8) == "world\n")
        #expect(try store.check() == [])
    }

    /// Regression: a `prune` beside the first load of a store found a journal without its control file, or no lock, and failed.
    @Test("a store that is being made is not there yet")
    func beingMade() throws {
        let place = try TestStore()
        #expect(try ImageStore.openIfPresent(root: place.root, runRoot: place.runRoot)?.root == nil)
        _ = try place.open()
        try FileManager.default.removeItem(atPath: place.path("lock"))
        #expect(try ImageStore.openIfPresent(root: place.root, runRoot: place.runRoot)?.root == nil)
        try place.load(Self.layout())
        #expect(try ImageStore.openIfPresent(root: place.root, runRoot: place.runRoot)?.images().count == 1)
    }

    /// Regression: a sweep looked for the lock of a work directory whose owner was just removing it, and failed.
    @Test("a work directory that goes while others look for dead ones is no failure")
    func sweepBesideRemoval() throws {
        let place = try TestStore()
        let store = try place.open()
        let workplace = try Workplace.make(store.files, store.locks)
        #expect(try Workplace.sweep(store.files, store.locks) == 0)
        try FileManager.default.removeItem(atPath: place.path(workplace.name + "/lock"))
        // The owner lives, but nobody can know.
        #expect(try Workplace.sweep(store.files, store.locks) == 1)
        try workplace.remove()
        #expect(try place.names("incoming") == [])
    }
}
