import Foundation
import ImageSpec
import LinuxKernel
import LinuxTypes
import Testing

@testable import ImageStore

/// A store in a directory of its own, which goes with it.
final class TestStore {
    let directory: String
    let root: HostPath
    let runRoot: HostPath
    private var made = 0

    init() throws {
        directory = "/tmp/hull-image-tests-\(getpid())-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        root = try #require(HostPath(directory + "/root"))
        runRoot = try #require(HostPath(directory + "/run"))
    }

    deinit { _ = try? FileManager.default.removeItem(atPath: directory) }

    /// Opened anew, as by another process.
    func open() throws -> ImageStore { try ImageStore.open(root: root, runRoot: runRoot) }

    /// A path in the store's directory.
    func path(_ name: String) -> String { directory + "/root/images/" + name }

    func names(_ part: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path(part)).sorted()
    }

    /// Files and directories that hold anything: what is left of a store after all was removed.
    func leftovers() throws -> [String] {
        try ["blobs/sha256", "blobs/sha512", "layers/sha256", "layers/sha512", "incoming"].flatMap(names)
    }

    /// A new directory with these files.
    func write(_ layout: TestLayout) throws -> HostPath {
        made += 1
        let path = directory + "/layout-\(made)"
        for (name, bytes) in layout.files {
            let file = path + "/" + name
            try FileManager.default.createDirectory(
                atPath: String(file[..<(file.lastIndex(of: "/") ?? file.endIndex)]), withIntermediateDirectories: true)
            try Data(bytes).write(to: URL(fileURLWithPath: file))
        }
        return try #require(HostPath(path))
    }

    /// A new file.
    func write(_ bytes: [UInt8]) throws -> String {
        made += 1
        let path = directory + "/file-\(made)"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    @discardableResult
    func load(_ layout: TestLayout, _ request: LoadRequest = LoadRequest()) throws -> [LoadedImage] {
        try open().load(LayoutDirectory(write(layout)), request)
    }

    @discardableResult
    func load(archive bytes: [UInt8], _ request: LoadRequest = LoadRequest()) throws -> [LoadedImage] {
        try open().load(
            archive: FileDescriptor.workingDirectory.open(write(bytes), .readOnly), name: "test.tar", request)
    }

    /// What is said about what cannot be loaded. Whatever it is, nothing of it stays.
    func complaint(_ layout: TestLayout, _ request: LoadRequest = LoadRequest()) throws -> String {
        let path = try write(layout)
        let store = try open()
        do throws(ImageError) {
            _ = try store.load(LayoutDirectory(path), request)
            return "(none)"
        } catch {
            #expect(try leftovers() == [], "something of a load that failed is left")
            #expect(try store.images().isEmpty)
            return "\(error)"
        }
    }
}

enum Requirement {
    static let root = ConditionTrait.enabled(if: geteuid() == 0, "needs root")
}
