import Digests
import ImageSpec
import StrictTree
import Testing

/// Names of images, by the vectors of the grammar.
@Suite struct ReferenceTests {
    struct Vector: Sendable {
        var input: String
        var domain: String?
        var path: String?
        var tag: String?
        var digest: String?
        var error: String?
    }

    static let vectors: [Vector] = {
        do {
            let root = try Document(json: Fixtures.bytes("reference-vectors.json")).root
            return try root.array.map { element in
                var fields = try Fields(element)
                var wanted = try Fields(try fields.required("normalized"))
                return Vector(
                    input: try fields.required("input").string, domain: try wanted.string("domain"),
                    path: try wanted.string("path"),
                    tag: try wanted.string("tag") ?? wanted.string("familiar_tag_default"), digest: try wanted.string("digest"),
                    error: try wanted.string("error"))
            }
        } catch { return [] }
    }()

    @Test func vectorsAreThere() { #expect(Self.vectors.count >= 46) }

    @Test(arguments: vectors)
    func reads(_ vector: Vector) {
        do throws(ReferenceError) {
            let reference = try ImageReference(vector.input)
            #expect(vector.error == nil, "'\(vector.input)' should be refused")
            #expect(reference.domain == vector.domain)
            #expect(reference.path == vector.path)
            #expect(reference.tag == vector.tag)
            #expect(reference.digest?.description == vector.digest)
            #expect(throws: Never.self) { try ImageReference(reference.description) == reference }
            #expect(throws: Never.self) { try ImageReference(reference.familiar) == reference }
        } catch {
            #expect(vector.error == Self.word(error), "'\(vector.input)'")
        }
    }

    private static func word(_ error: ReferenceError) -> String {
        switch error {
        case .invalidFormat: "ReferenceInvalidFormat"
        case .containsUppercase: "NameContainsUppercase"
        case .nameTooLong: "NameTooLong"
        case .digestInvalidLength: "DigestInvalidLength"
        case .digestUnsupported: "DigestUnsupported"
        case .isIdentifier: "IsIdentifier"
        }
    }

    @Test(arguments: [
        ("nginx", "nginx:latest"), ("docker.io/library/nginx:1", "nginx:1"), ("docker.io/foo/bar", "foo/bar:latest"),
        ("localhost/app", "localhost/app:latest"), ("quay.io/a/b:x", "quay.io/a/b:x"),
    ])
    func isShortForPeople(_ input: String, _ familiar: String) throws {
        #expect(try ImageReference(input).familiar == familiar)
    }

    /// Whatever is accepted is safe as a part of a key, and reads as itself.
    @Test func neverAcceptsControlsOrEscapes() {
        for scalar in (0..<0x80).compactMap(Unicode.Scalar.init)
        where !"abcdefghijklmnopqrstuvwxyz0123456789".unicodeScalars.contains(scalar) {
            for text in ["a\(scalar)", "\(scalar)a", "a/\(scalar)/b", "a:\(scalar)", "a\(scalar)\(scalar)b"] {
                guard let reference = try? ImageReference(text) else { continue }
                #expect(!reference.description.utf8.contains { $0 <= 0x20 || $0 == 0x7f })
                #expect(!reference.description.contains(".."))
                #expect(!reference.description.contains("//"))
            }
        }
    }
}
