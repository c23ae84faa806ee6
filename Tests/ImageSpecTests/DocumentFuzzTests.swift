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
        let docker = #"[{"Config":"c.json","RepoTags":["app:1"],"Layers":["a/layer.tar","b/layer.tar"]}]"#
        return files + [Array(docker.utf8)]
    }()

    private enum Document: CaseIterable {
        case manifest, index, configuration, layout, dockerArchive

        /// Reads it; refuses what is not understood. Whether what is written of it is read as the same again.
        func isUnderstood(_ bytes: [UInt8]) throws(TreeError) -> Bool {
            switch self {
            case .manifest: return Self.isSame(try ImageDocument.manifest(bytes))
            case .index: return Self.isSame(try ImageDocument.index(bytes))
            case .configuration: return Self.isSame(try ImageDocument.configuration(bytes))
            case .layout:
                try ImageDocument.checkLayout(bytes)
                return true
            // An archive may be one of no image: `[]`.
            case .dockerArchive: return try ImageDocument.dockerArchive(bytes).allSatisfy { Self.isSame($0) }
            }
        }

        /// What we wrote and do not understand is not the same.
        private static func isSame<T: SpecValue>(_ value: T) -> Bool {
            do throws(TreeError) {
                return try Decoded<T>(from: StrictTree.Document(json: value.json()).root).value == value
            } catch {
                return false
            }
        }
    }

    @Test(arguments: ["[]", " [ ] "]) func `an archive of no image is understood`(_ text: String) throws {
        #expect(try Document.dockerArchive.isUnderstood(Array(text.utf8)))
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
