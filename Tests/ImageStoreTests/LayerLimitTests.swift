import Digests
import Foundation
import ImageLayers
import ImageSpec
import LinuxKernel
import OCISpec
import TarWriter
import Testing

@testable import ImageStore

/// What a layer that comes in may ask for, and that what is there is read whole.
@Suite(Requirement.root)
struct LayerLimitTests {
    private func request(_ name: LayerLimits.Name, _ value: UInt64) -> LoadRequest {
        var request = LoadRequest()
        request.layerLimits[name] = value
        return request
    }

    /// Each limit with a layer that is just allowed by `allowed`, and by nothing less.
    @Test(
        arguments: [(.totalBytes, 3072), (.entries, 4), (.depth, 3), (.pathBytes, 5), (.headerBytes, 512)]
            as [(LayerLimits.Name, UInt64)])
    func loweredAndRaised(_ name: LayerLimits.Name, _ allowed: UInt64) throws {
        let place = try TestStore()
        var layout = TestLayout()
        let layer = TestArchive.layer([("a/b/c", "x"), ("b", "y")])
        layout.name(layout.addImage([layer]), "app:1")
        let complaint = try place.complaint(layout, request(name, allowed - 1))
        #expect(complaint.hasPrefix("layer \(Digest.of(layer)): "), "\(complaint)")
        #expect(complaint.hasSuffix("; \(name.option) allows more"), "\(complaint)")
        #expect(try place.load(layout, request(name, allowed)).count == 1)
    }

    @Test("what raised limits let in is checked, repaired and saved without any")
    func admitted() throws {
        let place = try TestStore()
        var layout = TestLayout()
        var archive = TarWriter()
        let depth = Int(LayerLimits().depth) + 1
        archive.pax([("path", (1...depth).map { _ in "d" }.joined(separator: "/"))])
        archive.add("d", data: "deep")
        archive.end()
        layout.name(layout.addImage([archive.bytes]), "deep:1")
        #expect(try place.complaint(layout).hasSuffix("; --max-depth allows more"))
        try place.load(layout, request(.depth, UInt64(depth)))
        #expect(try place.open().check() == [])
        let layer = place.path("layers/\(Digest.of(archive.bytes).fileName)")
        try Data("changed".utf8).write(to: URL(fileURLWithPath: layer + "/tree/new"))
        #expect(try place.open().check() == [.damagedLayer(.of(archive.bytes))])
        #expect(try place.open().repair().map(\.outcome) == [.repaired])
        #expect(try place.open().check() == [])
        try FileManager.default.removeItem(atPath: layer)
        #expect(try place.open().repair().map(\.outcome) == [.repaired])
        #expect(try place.open().check() == [])
    }

    @Test("a layer that is there is not judged by the limits of the next load")
    func present() throws {
        let place = try TestStore()
        try place.load(LoadTests.layout())
        #expect(try place.load(LoadTests.layout("again:1"), request(.entries, 1)).map(\.names) == [["docker.io/library/again:1"]])
    }

    @Test func imports() throws {
        let place = try TestStore()
        var request = ImportRequest(name: try ImageReference("own:1"), execution: ImageExecution())
        request.layerLimits[.entries] = 1
        let file = try FileDescriptor.workingDirectory.open(try place.write(LoadTests.base), .readOnly)
        let store = try place.open()
        do throws(ImageError) {
            _ = try store.importArchive(file.descriptor, subject: "own", request)
            Issue.record("it came in")
        } catch { #expect("\(error)".hasSuffix("more than 1 entries; --max-entries allows more"), "\(error)") }
        #expect(try place.leftovers() == [])
    }
}
