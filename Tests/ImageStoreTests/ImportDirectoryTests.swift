import Foundation
import ImageSpec
import LinuxKernel
import LinuxTypes
import Testing

@testable import ImageStore

/// Directories that become images of one layer.
@Suite(Requirement.root) struct ImportDirectoryTests {
    private let place: TestStore
    private let tree: HostPath

    init() throws {
        place = try TestStore()
        tree = try #require(HostPath(place.directory + "/tree"))
        try FileManager.default.createDirectory(atPath: tree.string + "/etc", withIntermediateDirectories: true)
        try Data("x".utf8).write(to: URL(fileURLWithPath: tree.string + "/etc/file"))
    }

    private func imported() throws -> ImageStore {
        let store = try place.open()
        _ = try store.importDirectory(tree, ImportRequest(name: try ImageReference("tree:1"), execution: ImageExecution()))
        return store
    }

    /// posix_acl_xattr(7): version 2; then tag, permissions and id of each entry, here owner, the user 1000, group, mask and others. The group may read, and
    /// the mask, which stands in the mode, lets it write.
    private static let list: [UInt8] =
        [2, 0, 0, 0]
        + [(1, 6, UInt32.max), (2, 6, 1000), (4, 4, .max), (16, 6, .max), (32, 0, .max)].flatMap {
            (tag: UInt8, bits: UInt8, id: UInt32) -> [UInt8] in
            [tag, 0, bits, 0] + (0..<4).map { UInt8(truncatingIfNeeded: id >> ($0 * 8)) }
        }

    @Test("access lists are kept: without its list a group would have what the mask allows", Requirement.overlay)
    func lists() throws {
        let (access, inherited) = (Array("system.posix_acl_access".utf8), Array("system.posix_acl_default".utf8))
        let directory = try FileDescriptor.workingDirectory.open(tree.string + "/etc", [.readOnly, .directory])
        let name = try #require(FileName("file"))
        try directory.descriptor.setAttribute(access, of: name, to: Self.list)
        try directory.descriptor.setAttribute(inherited, to: Self.list)
        let store = try imported()
        let layer = try #require(try store.image("tree:1").record.layers.first)
        let unpacked = try FileDescriptor.workingDirectory.open(
            store.treePath(of: layer.diffID).string + "/etc", [.readOnly, .directory])
        #expect(try unpacked.descriptor.attribute(access, of: name) == Self.list)
        #expect(try unpacked.descriptor.attribute(inherited) == Self.list)
        #expect(try unpacked.descriptor.status(of: "file").permissions == 0o660)
    }

    @Test("a name that a layer would take for a mark is refused, and nothing is left")
    func marks() throws {
        try Data().write(to: URL(fileURLWithPath: tree.string + "/etc/.wh.passwd"))
        #expect(throws: ImageError.archive("etc/.wh.passwd", reason: "in a layer its name says that a file is gone")) {
            try imported()
        }
        #expect(try place.leftovers() == [])
    }
}
