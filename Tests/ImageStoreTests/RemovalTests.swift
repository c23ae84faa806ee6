import Digests
import Foundation
import ImageSpec
import Journal
import LinuxKernel
import LinuxTypes
import OCISpec
import Testing

@testable import ImageStore

/// What goes, and what stays.
@Suite(Requirement.root)
struct RemovalTests {
    private func twoImages() throws -> TestStore {
        let place = try TestStore()
        try place.load(LoadTests.layout("app:1"))
        var other = TestLayout()
        other.name(other.addImage([LoadTests.base]), "base:1")
        try place.load(other)
        return place
    }

    @Test("with the last name an image goes, and of its content what no other image needs")
    func remove() throws {
        let place = try twoImages()
        let store = try place.open()
        try store.tag("app:1", as: "app:2")
        #expect(try store.remove("app:1").untagged == ["docker.io/library/app:1"])
        #expect(try store.images().count == 2)
        let removal = try store.remove("app:2")
        #expect(removal.removed.count == 1)
        #expect(try place.names("layers/sha256") == [Digest.of(LoadTests.base).hex])
        #expect(try store.check() == [])
        _ = try store.remove("base:1")
        #expect(try place.leftovers() == [])
        #expect(throws: ImageError.notFound("base:1")) { try store.remove("base:1") }
    }

    @Test("by id: several names need force, a beginning must be clear")
    func byIdentifier() throws {
        let place = try twoImages()
        let store = try place.open()
        let id = try store.image("app:1").record.id
        try store.tag("app:1", as: "app:2")
        #expect(throws: ImageError.self) { try store.remove(id.short) }
        #expect(try store.remove(id.short, force: true).untagged.count == 2)
        #expect(try store.images().count == 1)
    }

    @Test("what somebody uses stays, whatever is asked")
    func inUse() throws {
        let place = try twoImages()
        let store = try place.open()
        let digest = try store.image("app:1").record.digest
        let user = StoreKeys.user("7f31", of: digest)
        try store.journal.put(user, Array("{}".utf8), .durable)
        #expect(throws: ImageError.inUse("app:1", users: ["7f31"])) { try store.remove("app:1", force: true) }
        #expect(try store.prune(all: true).removed.count == 1)
        #expect(try store.images().map(\.record.digest) == [digest])
        try store.journal.delete(.key(user), .durable)
        #expect(try store.prune(all: false).removed == [])
        #expect(try store.prune(all: true).removed == [digest])
        #expect(try place.leftovers() == [])
    }

    @Test("content that somebody is loading stays")
    func beingLoaded() throws {
        let place = try twoImages()
        let loader = try place.open()
        try loader.locks.take([Digest.of(LoadTests.top)], patience: 1_000_000) { _ in }
        let store = try place.open()
        _ = try store.remove("app:1")
        #expect(try place.names("blobs/sha256").contains(Digest.of(LoadTests.top).hex))
        #expect(try place.names("layers/sha256").contains(Digest.of(LoadTests.top).hex))
        loader.locks.releaseAll()
        _ = try store.prune(all: false)
        #expect(try !place.names("blobs/sha256").contains(Digest.of(LoadTests.top).hex))
    }

    @Test("locks: others wait, not forever, and hear for whom; they end with their holder")
    func locks() throws {
        let place = try TestStore()
        let digest = Digest.of([1])
        var first: ImageStore? = try place.open()
        let second = try place.open()
        try first?.locks.take([digest], patience: 0) { _ in }
        #expect(try !second.locks.tryTake(digest))
        var told: [String] = []
        #expect(throws: ImageError.self) { try second.locks.take([digest], patience: 1_300_000) { told.append($0) } }
        #expect(told.count == 1)
        #expect(told[0].hasPrefix("pid \(getpid()) ("))
        first = nil
        try second.locks.take([digest], patience: 0) { _ in }
    }

    @Test("check finds each kind of damage, repair mends what it can, a load the rest")
    func damage() throws {
        let place = try twoImages()
        let store = try place.open()
        let (base, top) = (Digest.of(LoadTests.base), Digest.of(LoadTests.top))
        let app = try store.image("app:1").record.digest
        try FileManager.default.removeItem(atPath: place.path("layers/\(base.fileName)"))
        try Data("changed".utf8).write(to: URL(fileURLWithPath: place.path("layers/\(top.fileName)/tree/hello")))
        try Data("x".utf8).write(to: URL(fileURLWithPath: place.path("blobs/sha256/foreign")))
        try store.journal.put(StoreKeys.name("a.b/c:d"), NameRecord(digest: .of([9])).json(), .durable)
        let findings = try store.check()
        #expect(
            Set(findings) == [
                .danglingName("a.b/c:d", .of([9])), .damagedLayer(top), .foreign("blobs/sha256/foreign"),
                .missingLayer(
                    base, image: findings.compactMap { if case .missingLayer(_, let image) = $0 { image } else { nil } }[0]),
            ])
        #expect(throws: ImageError.self) { try store.checkLayers(of: store.image("app:1")) }
        let outcomes = try store.repair()
        #expect(outcomes.map(\.outcome).filter { $0 == .repaired }.count == 2)
        #expect(try store.check() == [.foreign("blobs/sha256/foreign")])
        #expect(
            try String(contentsOfFile: place.path("layers/\(top.fileName)/tree/hello"), encoding: .utf8) == "world\n")

        // One bit of a blob.
        let blob = place.path("blobs/" + top.fileName)
        var bytes = try Data(contentsOf: URL(fileURLWithPath: blob))
        bytes[100] ^= 1
        try bytes.write(to: URL(fileURLWithPath: blob))
        #expect(try store.check().contains(.damagedBlob(top)))
        #expect(try store.repair().map(\.outcome).contains(.needsLoad))
        #expect(try store.check().contains(.missingBlob(top, image: app)))
        try place.load(LoadTests.layout("app:1"))
        #expect(try store.check() == [.foreign("blobs/sha256/foreign")])
    }
}
