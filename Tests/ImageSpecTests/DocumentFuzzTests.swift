import Foundation
import ImageSpec
import OCISpec
import SeededRandom
import StrictTree
import Testing

/// Documents with random changes, read as everything that a document can be: what is understood is written and understood again, the rest is refused with
/// a reason.
@Suite struct DocumentFuzzTests {
    private static let corpus: [[UInt8]] = {
        let names = [
            "manifest-01", "manifest-02", "manifest-03", "manifest-05", "image-index-06", "config-08", "image-layout-12",
        ]
        let files = names.compactMap { try? Fixtures.bytes($0 + ".json") }
        let docker = #"[{"Config":"c.json","RepoTags":["app:1",null],"Layers":["a/layer.tar","b/layer.tar"]}]"#
        return files + [Array(docker.utf8)]
    }()

    private enum Document: CaseIterable {
        case manifest, index, configuration, layout, dockerArchive

        /// Reads it. Whether what is made of it is read as the same again.
        func isUnderstood(_ bytes: [UInt8]) throws(TreeError) -> Bool {
            switch self {
            case .manifest:
                let value = try ImageDocument.manifest(bytes)
                return try ImageDocument.manifest(value.json()) == value
            case .index:
                let value = try ImageDocument.index(bytes)
                return try ImageDocument.index(value.json()) == value
            case .configuration:
                let value = try ImageDocument.configuration(bytes)
                return try ImageDocument.configuration(value.json()) == value
            case .layout:
                try ImageDocument.checkLayout(bytes)
                return true
            case .dockerArchive: return try !ImageDocument.dockerArchive(bytes).isEmpty
            }
        }
    }

    @Test func `whatever a document is, it is understood or refused`() throws {
        #expect(Self.corpus.count == 8)
        let run = FuzzRun()
        let seed = run.seed
        var random = run.random
        var (understood, refused) = (0, 0)
        while !run.isOver {
            var bytes = try #require(Self.corpus.randomElement(using: &random))
            for _ in 0..<Int.random(in: 0...4, using: &random) { random.mutate(json: &bytes) }
            for document in Document.allCases {
                do throws(TreeError) {
                    let isSame = try document.isUnderstood(bytes)
                    #expect(isSame, "\(document), seed \(seed): \(String(decoding: bytes, as: UTF8.self))")
                    understood += 1
                } catch {
                    #expect(!error.message.isEmpty, "seed \(seed)")
                    refused += 1
                }
            }
        }
        print("fuzz: \(understood) documents understood, \(refused) refused")
        #expect(understood > 10 && refused > 10)
    }
}
