import Digests
import Foundation
import ImageSpec
import Journal
import LinuxKernel
import LinuxTypes
import OCISpec
import Testing

@testable import ImageStore

/// Roots of containers on overlayfs.
@Suite(Requirement.root, Requirement.overlay)
struct RootTests {
    private func place(_ layers: [[UInt8]] = [LoadTests.base, LoadTests.top]) throws -> (TestStore, ImageStore, StoredImage) {
        let place = try TestStore()
        var layout = TestLayout()
        layout.name(layout.addImage(layers), "app:1")
        try place.load(layout)
        let store = try place.open()
        return (place, store, try store.image("app:1"))
    }

    private struct NoRoot: Error {}

    private func root(
        _ store: ImageStore, _ image: StoredImage, _ user: String, _ request: RootRequest = RootRequest(),
        in transaction: Transaction = Transaction(then: [])
    ) throws -> DetachedMount {
        guard let root = try store.makeRoot(of: image, for: user, value: [2], request, in: transaction) else { throw NoRoot() }
        return root
    }

    private func complaint(
        _ store: ImageStore, _ image: StoredImage, _ user: String, _ request: RootRequest = RootRequest()
    ) -> ImageError? {
        do throws(ImageError) {
            _ = try store.makeRoot(of: image, for: user, value: [], request)
            return nil
        } catch { return error }
    }

    private func text(_ name: String, _ root: borrowing DetachedMount) throws -> String {
        let file = try root.descriptor.open(name, .readOnly)
        return String(decoding: try file.descriptor.readToEnd(limit: 1000), as: UTF8.self)
    }

    private func write(_ text: String, _ name: String, _ root: borrowing DetachedMount) throws {
        let file = try root.descriptor.open(name, [.writeOnly, .create, .truncate], permissions: 0o644)
        try file.descriptor.writeAll(Array(text.utf8))
    }

    @Test("what one container writes, replaces and removes, neither the image nor another sees")
    func apart() throws {
        let (place, store, image) = try place()
        let one = try root(store, image, "one")
        let two = try root(store, image, "two")
        try write("mine\n", "hello", one)
        try write("new\n", "etc/new", one)
        try one.descriptor.unlink("etc/passwd")
        #expect(try text("hello", one) == "mine\n")
        #expect(try text("hello", two) == "world\n")
        #expect(try text("etc/passwd", two).hasPrefix("root:"))
        #expect(throws: KernelError.self) { try two.descriptor.status(of: "etc/new") }
        #expect(try store.check() == [])
        #expect(try place.names("roots") == ["one", "two"])
    }

    @Test("a root is its container's in the transaction that its maker gives, or not at all")
    func transactions() throws {
        let (place, store, image) = try place()
        let record = Key("/sandboxes/a")
        let claim = Transaction(if: [.isAbsent(record)], then: [.put(record, value: [1])])
        do {
            let root = try root(store, image, "a", in: claim)
            #expect(try store.journal.value(of: record)?.value == [1])
            #expect(try store.image("app:1").users == ["a"])
            #expect(complaint(store, image, "a") == .exists("roots/a"))
            #expect(throws: ImageError.inUse("app:1", users: ["a"])) { try store.remove("app:1") }
            #expect(throws: ImageError.rootInUse("a")) { try store.removeRoot(of: image.record.digest, for: "a") }
            #expect(try text("hello", root) == "world\n")
        }
        // Its own comparison does not hold: nothing is there.
        #expect(throws: NoRoot.self) { try root(store, image, "b", in: claim).descriptor.status() }
        #expect(try place.names("roots") == ["a"])
        let removal = Transaction(then: [.delete(.key(record))])
        try store.removeRoot(of: image.record.digest, for: "a", in: removal)
        #expect(try store.journal.value(of: record) == nil)
        #expect(try store.image("app:1").users == [])
        #expect(try place.names("roots") == [])
        #expect(complaint(store, image, "../x") == .refused(path: "../x", reason: "no name for a root"))
        _ = try store.remove("app:1")
        #expect(complaint(store, image, "c") == .notFound(image.record.digest.short))
        #expect(try place.names("roots") == [])
    }

    @Test func readOnly() throws {
        let (place, store, image) = try place()
        let root = try root(store, image, "a", RootRequest(isReadOnly: true))
        #expect(try text("hello", root) == "world\n")
        #expect(throws: KernelError(call: "open", errno: .EROFS, subject: "new")) { try write("x", "new", root) }
        #expect(try place.names("roots") == ["a"])
    }

    /// A layer that says something of the root itself.
    private static let dressed = {
        var layer = TestArchive()
        layer.add("./", type: "5", mode: 0o1750)
        layer.add("file")
        layer.end()
        return layer.bytes
    }()

    @Test("the root directory is as the top layer has it, and a file has an owner by the maps or there is no root")
    func owners() throws {
        let (place, store, image) = try place([LoadTests.base, Self.dressed])
        defer { withExtendedLifetime(place) {} }
        let plain = try root(store, image, "plain")
        let top = try plain.descriptor.status()
        #expect(top.permissions == 0o1750)
        #expect(top.modified.seconds == 1_700_000_000)
        let few = IDMaps(
            uids: [IDMapping(containerID: 1, hostID: 100_001, size: 10)], gids: [IDMapping(containerID: 0, hostID: 1, size: 10)])
        #expect(
            complaint(store, image, "few", RootRequest(idMaps: few))
                == .archive("the image's root directory", reason: "entry '/': its owner, uid 0, is nobody by the id maps"))
    }

    @Test("what lies in a root belongs to whom the maps say, and nothing in the layers changes", Requirement.mappedOverlay)
    func mappedOwners() throws {
        let (place, store, image) = try place([LoadTests.base, Self.dressed])
        let maps = IDMaps(
            uids: [IDMapping(containerID: 0, hostID: 100_000, size: 10)],
            gids: [IDMapping(containerID: 0, hostID: 200_000, size: 10)])
        let mapped = try root(store, image, "mapped", RootRequest(idMaps: maps))
        for name in [".", "file", "etc/passwd"] {
            let status = try mapped.descriptor.status(of: name)
            #expect(status.uid == 100_000 && status.gid == 200_000, "'\(name)'")
        }
        let file = place.path("layers/\(Digest.of(Self.dressed).fileName)/tree/file")
        #expect(try FileDescriptor.workingDirectory.status(of: file).uid == 0)
        #expect(try store.check() == [])
    }

    @Test("a layer that hides all is the lowest that is mounted")
    func opaqueRoot() throws {
        let middle = TestArchive.layer([(".wh..wh..opq", ""), ("only", "x")])
        let (place, store, image) = try place([LoadTests.base, middle, LoadTests.top])
        let root = try root(store, image, "a")
        #expect(try text("only", root) == "x")
        #expect(throws: KernelError.self) { try root.descriptor.status(of: "etc") }
        #expect(try place.names("roots") == ["a"])
    }

    @Test("what a maker that died has left is removed, what a living one makes is not")
    func makers() throws {
        let (place, store, image) = try place()
        let place1 = try Workplace.make(store.files, store.locks, at: ImageStore.root(of: "bundle-1"))
        try FileManager.default.createDirectory(atPath: place.path("roots/stray/upper"), withIntermediateDirectories: true)
        let key = StoreKeys.user("bundle-1", of: image.record.digest)
        try store.journal.put(key, BundleRecord(path: "/nowhere", device: 1, inode: 2).json(), .volatile)
        let other = try place.open()
        #expect(try !other.discardRoot("bundle-1"))
        #expect(throws: ImageError.inUse("app:1", users: ["the bundle in '/nowhere'"])) { try other.remove("app:1") }
        #expect(try other.prune(all: true).removed == [])
        #expect(try place.names("roots") == ["bundle-1"])
        withExtendedLifetime(place1) {}
    }

    @Test("projects of directories that are gone are forgotten, those of others are not")
    func projects() throws {
        let (place, store, _) = try place()
        let owners = ["images/roots/gone", "pods/gone/volumes/v", "images/layers", "images"]
        for (number, owner) in owners.enumerated() {
            try store.journal.put(StoreKeys.project(UInt32(number)), ProjectRecord(owner: owner).json(), .volatile)
        }
        _ = try place.open().prune(all: false)
        #expect(
            try store.journal.range(RangeRequest(.prefix(Key(StoreKeys.projects)))).keyValues.map(\.key)
                == [2, 3].map(StoreKeys.project))
    }

    @Test("kernels that take all layers in one option get as many as it holds, and more are refused by name")
    func joined() throws {
        let place = try TestStore()
        var lower = DescriptorList()
        for index in 0...OverlayStack.joinedLimit {
            let path = place.directory + "/layer-\(index)"
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            try Data([UInt8(index)]).write(to: URL(fileURLWithPath: path + "/file-\(index)"))
            lower.append(try FileDescriptor.workingDirectory.open(path, .directory))
        }
        let fits = OverlayStack(lower: Array(lower.descriptors.dropLast()))
        let isNew = try OverlayStack.takesLayersOneByOne(lower[0])
        for isJoined in isNew ? [true, false] : [true] {
            let mount = try fits.mount(isJoined: isJoined)
            for index in 0..<OverlayStack.joinedLimit { #expect(try mount.descriptor.status(of: "file-\(index)").size == 1) }
        }
        let many = OverlayStack(lower: lower.descriptors)
        #expect(
            throws: KernelError(
                call: "fsconfig", errno: .EINVAL, subject: "overlay: more than 14 layers need Linux 6.8, there are 15")
        ) { _ = try many.mount(isJoined: true).release().release() }
        guard isNew else {
            #expect(throws: KernelError.self) { _ = try many.mount().release().release() }
            return
        }
        let all = try many.mount()
        #expect(try all.descriptor.status(of: "file-14").size == 1)
    }
}

extension Requirement {
    static let mappedOverlay = ConditionTrait.enabled(
        "needs Linux 6.15, for layers with mapped owners below an overlay"
    ) {
        let release = try String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8)
        let numbers = release.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
        return numbers.count == 2 && (numbers[0], numbers[1]) >= (6, 15)
    }

    static let overlay = ConditionTrait.enabled(
        "needs overlayfs, and files in /tmp that have attributes"
    ) {
        let directory = try OwnedDescriptor(owning: FileDescriptor.workingDirectory.open("/tmp", .directory).release())
        let probe = "hull-attribute-\(getpid())"
        let file = try directory.descriptor.open(probe, [.create, .writeOnly])
        defer { _ = try? directory.descriptor.unlink(probe) }
        do throws(KernelError) {
            _ = try FileSystemContext("overlay")
            try file.descriptor.setAttribute(Array("trusted.hull".utf8), to: [1])
            return true
        } catch { return false }
    }
}
