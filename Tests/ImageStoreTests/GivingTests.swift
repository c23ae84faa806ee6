import Digests
import Foundation
import ImageSpec
import LinuxKernel
import LinuxTypes
import OCISpec
import StrictTree
import Testing

@testable import ImageStore

/// What the store gives out: layouts, archives, imports and bundles.
@Suite(Requirement.root)
struct GivingTests {
    private func save(_ place: TestStore, _ name: String, _ format: SaveFormat) throws -> [UInt8] {
        let path = place.directory + "/saved.tar"
        let file = try FileDescriptor.workingDirectory.open(path, [.writeOnly, .create, .truncate])
        try place.open().save([name], archive: file.descriptor, subject: path, format: format)
        return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    @Test("what has changed in the store is not given out", arguments: [SaveFormat.layoutArchive, .dockerArchive])
    func damaged(format: SaveFormat) throws {
        let place = try TestStore()
        let image = try #require(try place.load(LoadTests.layout()).first)
        let path = place.path("blobs/" + image.record.layers[0].blob.digest.fileName)
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        bytes[bytes.count / 2] ^= 1
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        #expect(throws: ImageError.self) { _ = try save(place, "example.org/app:1", format) }
    }

    @Test("blobs go out as they came in, and come in again")
    func roundTrip() throws {
        let place = try TestStore()
        var layout = LoadTests.layout()
        let config = try ImageDocument.manifest(try #require(layout.blobs[layout.index.manifests[0].digest])).config
        // Spaces, which a writer of JSON would not keep.
        let spaced = Array("  \n".utf8) + (layout.blobs[config.digest] ?? [])
        let manifest = ImageManifest(
            config: layout.add(spaced, .configuration),
            layers: [layout.add(LoadTests.base, .layer), layout.add(LoadTests.top, .layer)])
        layout.index.manifests = []
        layout.name(layout.add(manifest.json(.tabs), .manifest), "app:1")
        let digest = try place.load(layout)[0].record.digest
        let directory = try #require(HostPath(place.directory + "/out"))
        try place.open().save(["app:1"], directory: directory)
        for blob in [digest, .of(spaced), .of(LoadTests.base), .of(LoadTests.top)] {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(directory)/blobs/\(blob.fileName)"))
            #expect([UInt8](bytes) == layout.blobs[blob])
        }
        #expect(throws: ImageError.exists("\(directory)")) { try place.open().save(["app:1"], directory: directory) }
        let other = try TestStore()
        let again = try other.open().load(LayoutDirectory(directory))[0]
        #expect(again.record.digest == digest)
        #expect(again.names == ["docker.io/library/app:1"])
        #expect(try TestStore().load(archive: save(place, "app:1", .layoutArchive))[0].record.digest == digest)
        let docker = try TestStore().load(archive: save(place, "app:1", .dockerArchive))[0]
        #expect(docker.record.id == again.record.id)
        #expect(docker.names == ["docker.io/library/app:1"])
    }

    @Test func imports() throws {
        let place = try TestStore()
        let request = ImportRequest(
            name: try ImageReference("own:1"), execution: ImageExecution(user: "0", env: ["A=b"], cmd: ["/bin/sh"]))
        let path = try place.write(LoadTests.base)
        let file = try FileDescriptor.workingDirectory.open(path, .readOnly)
        let image = try place.open().importArchive(file.descriptor, subject: path, request)
        #expect(image.record.layers.map(\.blob.digest) == [.of(LoadTests.base)])
        #expect(image.record.layers.map(\.diffID) == [.of(LoadTests.base)])
        #expect(try place.open().configuration(of: image.record).execution == request.execution)
        #expect(try place.open().check() == [])
        let broken = try place.write(Array(LoadTests.base.dropLast(1500)))
        let cut = try FileDescriptor.workingDirectory.open(broken, .readOnly)
        #expect(throws: ImageError.self) { try place.open().importArchive(cut.descriptor, subject: broken, request) }
        #expect(try place.names("incoming") == [])
    }

    @Test("a bundle has the image's files and its user, and a failure leaves nothing")
    func bundles() throws {
        let place = try TestStore()
        var layout = TestLayout()
        let passwd = TestArchive.layer([
            ("etc/", ""), ("etc/passwd", "app:x:7:8::/:/bin/sh\n"), ("etc/group", "video:x:44:app\n"),
        ])
        layout.name(layout.addImage([passwd, LoadTests.top], execution: ImageExecution(user: "app", cmd: ["/x"])), "app:1")
        layout.name(layout.addImage([LoadTests.top], execution: ImageExecution(user: "nobody", cmd: ["/x"])), "bad:1")
        try place.load(layout)
        let store = try place.open()
        let path = try #require(HostPath(place.directory + "/bundle"))
        let configuration = try store.bundle("app:1", at: path, unifiedCgroups: false, terminal: false)
        #expect(configuration.process?.user == User(uid: 7, gid: 8, additionalGids: [44]))
        #expect(try String(contentsOfFile: "\(path)/rootfs/hello", encoding: .utf8) == "world\n")
        #expect(FileManager.default.fileExists(atPath: "\(path)/config.json"))
        #expect(throws: ImageError.exists("\(path)")) {
            try store.bundle("app:1", at: path, unifiedCgroups: false, terminal: false)
        }
        let bad = try #require(HostPath(place.directory + "/bad"))
        #expect(throws: ImageError.user("nobody", .unknownUser("nobody"))) {
            try store.bundle("bad:1", at: bad, unifiedCgroups: false, terminal: false)
        }
        #expect(!FileManager.default.fileExists(atPath: bad.string))
    }

    @Test("the image's accounts are read from its own root and nowhere else", arguments: ["link", "up", "fifo", "directory"])
    func hostileAccounts(_ kind: String) throws {
        let place = try TestStore()
        var archive = TestArchive()
        archive.addDirectory("etc")
        switch kind {
        case "link": archive.add("etc/passwd", type: "2", link: "/tmp/../../../etc/passwd")
        case "up": archive.add("etc/passwd", type: "2", link: "../../../../../../etc/passwd")
        case "fifo": archive.add("etc/passwd", type: "6")
        default: archive.addDirectory("etc/passwd")
        }
        archive.end()
        var layout = TestLayout()
        layout.name(layout.addImage([archive.bytes], execution: ImageExecution(user: "daemon", cmd: ["/x"])), "app:1")
        try place.load(layout)
        let path = try #require(HostPath(place.directory + "/bundle"))
        #expect(throws: ImageError.user("daemon", .unknownUser("daemon"))) {
            try place.open().bundle("app:1", at: path, unifiedCgroups: false, terminal: false)
        }
    }
}
