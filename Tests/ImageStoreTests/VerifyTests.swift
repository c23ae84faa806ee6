import Digests
import Foundation
import ImageSpec
import LinuxTypes
import Testing

@testable import ImageStore

/// Layers that are compared with what was loaded before they are used.
@Suite(Requirement.root)
struct VerifyTests {
    private static let base = TestArchive.layer([("etc/", ""), ("etc/passwd", "root:x:0:0::/:/bin/sh\n"), ("hello", "world\n")])

    private func place() throws -> TestStore {
        let place = try TestStore()
        var layout = TestLayout()
        layout.name(layout.addImage([Self.base, Self.base]), "app:1")
        try place.load(layout)
        return place
    }

    @Test("what is as it was loaded passes, and the digest is recorded: the blob is not needed again")
    func sound() throws {
        let place = try place()
        let store = try place.open()
        let layer = Digest.of(Self.base)
        #expect(try store.layerRecord(layer)?.tree == nil)
        try store.verifyLayers(of: store.image("app:1"))
        let tree = try #require(try store.layerRecord(layer)?.tree)
        #expect(try store.treeDigest("layers/\(layer.fileName)/tree") == tree)
        try FileManager.default.removeItem(atPath: place.path("blobs/\(layer.fileName)"))
        try store.verifyLayers(of: store.image("app:1"))
        #expect(try place.names("incoming") == [])
    }

    /// Each change keeps the file's size and time where it can: what `check` of sizes and times would not see.
    @Test(arguments: ["contents", "mode", "owner", "name", "more"], [false, true])
    func changed(_ what: String, _ isKnown: Bool) throws {
        let place = try place()
        let store = try place.open()
        let image = try store.image("app:1")
        if isKnown { try store.verifyLayers(of: image) }
        let tree = place.path("layers/\(Digest.of(Self.base).fileName)/tree")
        let time = try FileManager.default.attributesOfItem(atPath: tree + "/hello")[.modificationDate]
        switch what {
        case "contents": try Data("World\n".utf8).write(to: URL(fileURLWithPath: tree + "/hello"))
        case "mode": #expect(chmod(tree + "/hello", 0o4755) == 0)
        case "owner": #expect(chown(tree + "/hello", 1000, 0) == 0)
        case "name": #expect(rename(tree + "/hello", tree + "/hallo") == 0)
        default: try Data().write(to: URL(fileURLWithPath: tree + "/etc/more"))
        }
        if what == "contents", let time {
            try FileManager.default.setAttributes([.modificationDate: time], ofItemAtPath: tree + "/hello")
        }
        var request = RootRequest()
        request.verifiesLayers = true
        let path = try #require(HostPath(place.directory + "/bundle"))
        for isOverlay in [false, true] {
            var complaint = ""
            do throws(ImageError) {
                _ = try store.bundle(
                    "app:1", at: path, unifiedCgroups: false, terminal: false, root: request, onOverlay: isOverlay)
            } catch { complaint = "\(error)" }
            #expect(complaint.hasSuffix("is not as it was loaded"), "\(complaint)")
            #expect(!FileManager.default.fileExists(atPath: path.string))
        }
        #expect(throws: ImageError.self) { try store.mount("app:1", below: place.runRoot, verifiesLayers: true) }
        #expect(try place.names("incoming") == [])
        #expect(try store.repair().contains { $0.outcome == .repaired })
        try store.verifyLayers(of: store.image("app:1"))
    }
}
