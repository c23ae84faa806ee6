import Digests
import Foundation
import ImageLayers
import LinuxKernel
import LinuxTypes
import TarWriter
import Testing

@Suite(.enabled(if: Place.isPossible, Place.whyNot)) struct RemovalTests {
    @Test func `a tree goes, what it names stays`() throws {
        let place = try Place()
        try place.unpack(
            archive { tar in
                tar.add("a/b/c", data: "x")
                tar.add("a/l", type: "2", link: "../..")
                tar.add("a/out", type: "2", link: "../../outside")
                tar.add("a/p", type: "6", mode: 0)
                tar.add("closed", type: "5", mode: 0)
                tar.add(".wh.x")
            })
        let name = try #require(FileName("layer"))
        try LayerRemoval.remove(name, in: place.directory.descriptor)
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.path) == ["outside"])
        #expect(place.isOutsideUntouched)
        // What is not there is removed already.
        try LayerRemoval.remove(name, in: place.directory.descriptor)
    }

    @Test func `however deep a tree is, it goes with few descriptors`() throws {
        let place = try Place()
        var current = try place.make("deep")
        let name = try #require(FileName("d"))
        let side = try #require(FileName("side"))
        for _ in 0..<1000 {
            try current.descriptor.makeDirectory(name, permissions: 0o700)
            try current.descriptor.makeDirectory(side, permissions: 0o700)
            current = try current.descriptor.open(name, .directory)
        }
        try LayerRemoval.remove(try #require(FileName("deep")), in: place.directory.descriptor)
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.path) == ["outside"])
    }

    @Test func `a directory of 2000 names goes`() throws {
        let place = try Place()
        let directory = try place.make("wide")
        for index in 0..<2000 {
            let name = try #require(FileName("file-with-a-longer-name-\(index)"))
            _ = try directory.descriptor.open(name, [.create, .writeOnly], permissions: 0o600)
        }
        try LayerRemoval.removeContents(of: directory.descriptor)
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.path + "/wide").isEmpty)
    }
}

@Suite(.enabled(if: Place.isPossible, Place.whyNot)) struct DigestOfTreeTests {
    private static let fill: @Sendable (inout TarWriter) -> Void = { tar in
        tar.directory("d")
        tar.add("d/f", uid: 3, data: "contents")
        tar.add("d/l", type: "2", link: "target")
        tar.add("c", type: "3", mode: 0o600, major: 1, minor: 3)
        tar.add(".wh.w")
    }

    @Test func `the same archive gives the same digest, whatever the order of its entries`() throws {
        let place = try Place()
        try place.unpack(archive(Self.fill), "a")
        try place.unpack(
            archive { tar in
                tar.add(".wh.w")
                tar.add("c", type: "3", mode: 0o600, major: 1, minor: 3)
                tar.add("d/l", type: "2", mtime: 99, link: "target")
                tar.add("d/f", uid: 3, data: "contents")
                tar.directory("d")
            }, "b")
        #expect(try digest(place, "a") == digest(place, "b"))
    }

    static let changes: [(String, @Sendable (inout TarWriter) -> Void)] = [
        ("contents", { $0.add("d/f", uid: 3, data: "contentz") }), ("length", { $0.add("d/f", uid: 3, data: "content") }),
        ("owner", { $0.add("d/f", uid: 4, data: "contents") }),
        ("mode", { $0.add("d/f", mode: 0o755, uid: 3, data: "contents") }),
        ("target", { $0.add("d/l", type: "2", link: "other") }),
        ("device", { $0.add("c", type: "3", mode: 0o600, major: 1, minor: 5) }),
        ("name", { $0.add("d/new") }), ("type", { $0.add("d/l", data: "target") }), ("opaque", { $0.add("d/.wh..wh..opq") }),
        ("directory's mode", { $0.directory("d", mode: 0o700) }),
        ("root's owner", { $0.add("./", type: "5", mode: 0o755, uid: 1) }),
        (
            "attribute",
            { tar in
                tar.pax([("SCHILY.xattr.user.a", "b")])
                tar.add("d/f", uid: 3, data: "contents")
            }
        ),
    ]

    @Test(arguments: changes.map(\.0)) func `every change changes it`(what: String) throws {
        let change = try #require(Self.changes.first { $0.0 == what })
        let place = try Place()
        try place.unpack(archive(Self.fill), "a")
        try place.unpack(
            archive { tar in
                Self.fill(&tar)
                change.1(&tar)
            }, "b")
        #expect(try digest(place, "a") != digest(place, "b"))
    }

    private func digest(_ place: Place, _ name: String) throws -> Digest {
        let directory = try place.opened(name)
        return try TreeDigest.compute(directory.descriptor)
    }
}
