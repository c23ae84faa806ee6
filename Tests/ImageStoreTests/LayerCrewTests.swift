import Digests
import Foundation
import ImageSpec
import LinuxKernel
import LinuxTypes
import OCISpec
import Testing

@testable import ImageStore

/// Layers that are unpacked in threads, while blobs come in.
@Suite(Requirement.root)
struct LayerCrewTests {
    /// The blobs of a layout, one after the other, with something that happens before each.
    private final class Source: BlobSource {
        let name = "a test"
        let layout: TestLayout
        let before: (Int) throws(ImageError) -> Void

        init(_ layout: TestLayout, before: @escaping (Int) throws(ImageError) -> Void) {
            self.layout = layout
            self.before = before
        }

        func images() -> [SourceImage] {
            layout.index.manifests.map { SourceImage(descriptor: $0, names: ["example.org/app:1"]) }
        }

        func document(_ descriptor: Descriptor, limit: Int) throws(ImageError) -> [UInt8] {
            guard let bytes = layout.blobs[descriptor.digest] else {
                throw .missingBlob(descriptor.digest, mediaType: descriptor.mediaType)
            }
            return bytes
        }

        func deliver(_ wanted: [Descriptor], to receiver: any BlobReceiver) throws(ImageError) {
            for (index, descriptor) in wanted.enumerated() {
                try before(index)
                try receiver.begin(descriptor)
                let bytes = try document(descriptor, limit: .max)
                try bytes.withBytes { bytes throws(ImageError) in try receiver.take(bytes) }
                try receiver.end()
            }
        }
    }

    private func layout(_ layers: [[UInt8]]) -> TestLayout {
        var layout = TestLayout()
        layout.name(layout.addImage(layers), nil)
        return layout
    }

    @Test("a layer is unpacked while the next one's blob is still to come")
    func early() throws {
        let place = try TestStore()
        let layout = layout([TestArchive.layer([("first", "1")]), TestArchive.layer([("second", "2")])])
        var wasEarly = false
        let source = Source(layout) { index throws(ImageError) in
            guard index == 1 else { return }
            let deadline = Date(timeIntervalSinceNow: 60)
            while !wasEarly, Date() < deadline {
                let paths = FileManager.default.enumerator(atPath: place.path("incoming"))
                wasEarly = paths?.contains { ($0 as? String)?.hasSuffix("/tree/first") == true } ?? false
                usleep(1000)
            }
        }
        let image = try place.open().load(source)
        #expect(wasEarly)
        #expect(image[0].record.layers.count == 2)
        #expect(try place.open().check() == [])
    }

    @Test("many layers, some of them twice, and more than there are threads")
    func many() throws {
        let place = try TestStore()
        let layers = (0..<60).map { TestArchive.layer([("d/", ""), ("d/\($0 % 40)", "\($0 % 40)")]) }
        let image = try place.open().load(Source(layout(layers)) { _ in })
        #expect(image[0].record.layers.map(\.diffID) == layers.map { .of($0) })
        #expect(try place.names("layers/sha256").count == 40)
        #expect(try place.open().check() == [])
    }

    @Test("what fails first is told, the others end, and nothing stays")
    func failure() throws {
        let place = try TestStore()
        let bad = TestArchive.layer([("../out", "x")])
        let good = (0..<8).map { TestArchive.layer([("\($0)", "x")]) }
        var complaint = try place.complaint(layout(good[..<4] + [bad] + good[4...]))
        #expect(complaint.hasPrefix("layer \(Digest.of(bad)): "), "\(complaint)")
        // A source that breaks off while layers are being unpacked.
        let store = try place.open()
        do throws(ImageError) {
            _ = try store.load(
                Source(layout(good)) { index throws(ImageError) in
                    if index == 5 { throw .unknownSource("the line is cut") }
                })
            complaint = "(none)"
        } catch { complaint = "\(error)" }
        #expect(complaint == "the line is cut")
        #expect(try place.leftovers() == [])
    }
}
