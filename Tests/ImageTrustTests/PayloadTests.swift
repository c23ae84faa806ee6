import Digests
import ImageSpec
import OCISpec
import StrictTree
import Testing

@testable import ImageTrust

@Suite struct PayloadTests {
    static let digest = "sha256:" + String(repeating: "a", count: 64)

    private func payload(_ text: String) throws -> SignaturePayload { try SignaturePayload(json: Array(text.utf8)) }

    @Test func readsWhatCosignWrites() throws {
        let payload = try SignaturePayload(json: Fixtures.payload)
        #expect(payload.repository == "registry.example/team/app")
        #expect(payload.tag == nil)
        #expect(payload.digest.description == Self.digest)
    }

    @Test func whatIsWrittenIsRead() throws {
        let own = SignaturePayload(repositoryOf: try ImageReference("nginx"), digest: try Digest(Self.digest))
        #expect(
            String(decoding: own.json, as: UTF8.self)
                == #"{"critical":{"identity":{"docker-reference":"docker.io/library/nginx"},"image":{"docker-manifest-digest":"\#(Self.digest)"},"type":"cosign container image signature"},"optional":{}}"#
        )
        #expect(try SignaturePayload(json: own.json) == own)
    }

    private func document(
        name: String = "a.example/b", digest: String = digest, type: String = "cosign container image signature",
        critical: String = "", root: String = #","optional":null"#, identity: String = "", image: String = ""
    ) -> String {
        #"{"critical":{"identity":{"docker-reference":"\#(name)"\#(identity)},"#
            + #""image":{"docker-manifest-digest":"\#(digest)"\#(image)},"type":"\#(type)"\#(critical)}\#(root)}"#
    }

    @Test(arguments: [
        ("a.example/b", nil, "a.example/b"), ("a.example:5000/b", nil, "a.example:5000/b"), ("a.example/b:1", "1", "a.example/b"),
        ("a.example:5000/b:latest", "latest", "a.example:5000/b"), ("index.docker.io/library/x", nil, "docker.io/library/x"),
        ("a.example/b@\(digest)", nil, "a.example/b"), ("a.example/b:1@\(digest)", "1", "a.example/b"),
        ("busybox:1", "1", "docker.io/library/busybox"), ("busybox", nil, "docker.io/library/busybox"),
    ])
    func names(_ text: String, _ tag: String?, _ repository: String) throws {
        let payload = try payload(document(name: text))
        #expect(payload.tag == tag)
        #expect(payload.repository == repository)
    }

    @Test("what could be read as two things, or is not known, is refused") func hostile() {
        let other = "sha256:" + String(repeating: "b", count: 64)
        let cases: [(String, String)] = [
            (document(root: #","x":1"#), "/x: unknown member 'x'"),
            (document(critical: #","x":1"#), "/critical/x: unknown member"),
            (document(identity: #","x":1"#), "/critical/identity/x: unknown member"),
            (document(image: #","digest":"\#(other)""#), "/critical/image/digest: unknown member"),
            (document(image: #","docker-manifest-digest":"\#(other)""#), "/critical/image: duplicate key"),
            (document(root: #","critical":{}"#), "duplicate key"), (document(type: "x"), "/critical/type: expected 'cosign"),
            (document(digest: "sha256:A"), "/critical/image/docker-manifest-digest: "),
            (document(name: ""), "is no name of an image"),
            (document(name: "A B"), "is no name of an image"), (document(name: "a.example/b@\(other)"), "and the payload is for"),
            (document(root: #","optional":[]"#), "/optional: expected an object"),
            (
                document(root: #","optional":{"a":\#(String(repeating: "[", count: 40) + String(repeating: "]", count: 40))}"#),
                "16"
            ),
            (document(root: #","optional":{"a":"\#(String(repeating: "x", count: 70_000))"}"#), "more than 65536"),
            (document() + " {}", ""), ("", ""), ("[]", "expected an object"), (#"{"critical":null}"#, "'critical' is missing"),
            ("\u{feff}" + document(), ""),
        ]
        for (text, message) in cases {
            do throws(TreeError) {
                _ = try SignaturePayload(json: Array(text.utf8))
                Issue.record("read: \(text.prefix(300))")
            } catch { #expect("\(error)".contains(message), "\(error)") }
        }
    }

    @Test func tags() throws {
        let digest = try Digest(Self.digest)
        let tag = SignatureTag.tag(for: digest)
        #expect(tag == "sha256-" + digest.hex + ".sig")
        #expect(SignatureTag.digest(of: try ImageReference("a.example/b:" + tag)) == digest)
        for other in ["sha256-aa.sig", digest.hex + ".sig", "sha256-" + digest.hex, "latest", ".sig", "sha1-\(digest.hex).sig"] {
            #expect(SignatureTag.digest(ofTag: other) == nil, "\(other)")
        }
    }

    @Test("the artifact is what a registry takes, and is no image") func artifact() throws {
        let layer = SignatureManifest.layer(payload: try Fixtures.payload, signature: [1, 2, 3])
        let (config, manifest) = SignatureManifest.documents([layer])
        let read = try ImageDocument.manifest(manifest)
        #expect(read.isSignature)
        #expect(!read.isImage)
        #expect(read.layers == [layer])
        #expect(read.config.digest == .of(config))
        #expect(try ImageDocument.configuration(config).diffIDs == [layer.digest])
        let found = ImageSignature(place: "x", layer: read.layers[0], payload: try Fixtures.payload)
        #expect(found.signature == [1, 2, 3])
    }
}
