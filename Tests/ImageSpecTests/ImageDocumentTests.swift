import Digests
import ImageSpec
import OCISpec
import StrictTree
import Testing

/// Documents of images: what is read, and what is refused at which pointer.
@Suite struct ImageDocumentTests {
    static let digest = "sha256:" + String(repeating: "ab", count: 32)

    static func descriptor(_ type: String, digest: String = digest, size: String = "7") -> String {
        #"{"mediaType":"\#(type)","digest":"\#(digest)","size":\#(size)}"#
    }

    static let config = descriptor("application/vnd.oci.image.config.v1+json")
    static let layer = descriptor("application/vnd.oci.image.layer.v1.tar+gzip")

    private func refusal(_ body: () throws(TreeError) -> Void) -> String? {
        do throws(TreeError) {
            try body()
            return nil
        } catch { return (error.pointer.isEmpty ? "" : error.pointer + ": ") + error.message }
    }

    private func manifest(_ json: String) -> String? {
        refusal { () throws(TreeError) in _ = try ImageDocument.manifest(Array(json.utf8)) }
    }

    private func index(_ json: String) -> String? {
        refusal { () throws(TreeError) in _ = try ImageDocument.index(Array(json.utf8)) }
    }

    /// 02 is a descriptor alone.
    @Test("the specification's examples are read, and written as they were read", arguments: ["01", "03", "04", "05"])
    func manifests(_ number: String) throws {
        let value = try ImageDocument.manifest(try Fixtures.bytes("manifest-\(number).json"))
        #expect(try ImageDocument.manifest(value.json()) == value)
        #expect(value.isImage == (number == "01"))
    }

    @Test func indexesOfTheSpecification() throws {
        let value = try ImageDocument.index(try Fixtures.bytes("image-index-06.json"))
        #expect(value.manifests.count == 2)
        #expect(value.entry(for: Platform(architecture: "amd64"))?.size == 7682)
        #expect(try ImageDocument.index(value.json()) == value)
    }

    @Test func configurationOfTheSpecification() throws {
        let value = try ImageDocument.configuration(try Fixtures.bytes("config-08.json"))
        #expect(value.diffIDs.count == 2)
        #expect(value.execution.entrypoint == ["/bin/my-app-binary"])
        #expect(value.execution.exposedPorts == ["8080/tcp"])
        #expect(value.history.map(\.isEmptyLayer) == [false, true, false])
        #expect(value.chainIDs.first == value.diffIDs.first)
        let joined = "\(value.diffIDs[0]) \(value.diffIDs[1])"
        #expect(value.chainIDs.last == Digest.of(Array(joined.utf8)))
        #expect(try ImageDocument.configuration(value.json()) == value)
    }

    @Test("one document is never read as two things")
    func confusion() {
        let manifestType = "application/vnd.oci.image.manifest.v1+json"
        let both = #"{"schemaVersion":2,"config":\#(Self.config),"layers":[],"manifests":[]}"#
        #expect(manifest(both) == "/manifests: 'manifests' in a document that is described as a manifest")
        #expect(index(both) == "/config: 'config' in a document that is described as an index")
        #expect(
            index(#"{"schemaVersion":2,"mediaType":"\#(manifestType)","manifests":[]}"#)
                == "/mediaType: '\(manifestType)' in a document that is described as an index")
        #expect(
            manifest(#"{"schemaVersion":2,"mediaType":"text/plain","config":\#(Self.config),"layers":[]}"#)
                == "/mediaType: 'text/plain' in a document that is described as a manifest")
        #expect(manifest(#"{"schemaVersion":1,"fsLayers":[]}"#) == "/schemaVersion: expected schema version 2, found 1")
        #expect(manifest(#"{"schemaVersion":2,"config":\#(Self.config),"layers":[\#(Self.layer)]}"#) == nil)
        #expect(manifest(#"{"schemaVersion":2,"config":\#(Self.config),"config":\#(Self.config),"layers":[]}"#) != nil)
    }

    @Test(
        "descriptors",
        arguments: [
            ("text", digest, "7", "/config/mediaType: 'text' is no media type"),
            ("a/b\\u0000", digest, "7", "/config/mediaType: the string holds a NUL character"),
            ("a/b", digest, "-1", "/config/size: expected an integer from 0 to 9223372036854775807, found -1"),
            ("a/b", digest, "1.5", "/config/size: expected an integer, found 1.5; write it without fraction and exponent"),
            (
                "a/b", digest, "9223372036854775808",
                "/config/size: expected an integer from 0 to 9223372036854775807, found 9223372036854775808"
            ),
            ("a/b", "md5:aa", "7", "/config/digest: digests of 'md5' cannot be checked: expected sha256 or sha512"),
        ])
    func descriptors(_ type: String, _ digest: String, _ size: String, _ message: String) {
        let json = #"{"schemaVersion":2,"config":\#(Self.descriptor(type, digest: digest, size: size)),"layers":[]}"#
        #expect(manifest(json) == message)
    }

    @Test("a digest that would leave its directory is none", arguments: ["sha256:../../etc/passwd", "sha256:", "", "../x"])
    func escapes(_ digest: String) {
        let json = #"{"schemaVersion":2,"config":\#(Self.descriptor("a/b", digest: digest)),"layers":[]}"#
        #expect(manifest(json)?.hasPrefix("/config/digest: ") == true)
    }

    @Test func limits() {
        let layers = Array(repeating: Self.layer, count: 10_000).joined(separator: ",")
        #expect(
            manifest(#"{"schemaVersion":2,"config":\#(Self.config),"layers":[\#(layers)]}"#)
                == "/layers: 10000 entries, more than 500")
        let entries = Array(repeating: Self.descriptor("a/b"), count: 1001).joined(separator: ",")
        #expect(index(#"{"schemaVersion":2,"manifests":[\#(entries)]}"#) == "/manifests: 1001 entries, more than 1000")
        let deep = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
        #expect(index(#"{"schemaVersion":2,"manifests":[],"x":\#(deep)}"#) != nil)
        let long = String(repeating: " ", count: 4 << 20)
        #expect(index(#"{"schemaVersion":2,"manifests":[]}"# + long) != nil)
    }

    @Test("an artifact is no image, and is read")
    func artifacts() throws {
        let empty = Self.descriptor("application/vnd.oci.empty.v1+json")
        #expect(manifest(#"{"schemaVersion":2,"config":\#(empty),"layers":[]}"#) != nil)
        let json = #"{"schemaVersion":2,"artifactType":"a/b","config":\#(empty),"layers":[\#(Self.descriptor("c/d"))]}"#
        #expect(try !ImageDocument.manifest(Array(json.utf8)).isImage)
    }

    @Test("null is absent, as Go writes it, and what is not known is passed over")
    func nulls() throws {
        let json = """
            {"architecture":"amd64","os":"linux","config":{"Env":null,"Cmd":null,"Labels":null,"Volumes":null,"Healthcheck":{}},
            "rootfs":{"type":"layers","diff_ids":null},"history":null,"docker_version":"1"}
            """
        let value = try ImageDocument.configuration(Array(json.utf8))
        #expect(value.execution == ImageExecution())
        #expect(value.diffIDs.isEmpty)
    }

    @Test(arguments: [
        (#"{"architecture":"a","os":"linux","rootfs":{"type":"tars"}}"#, "/rootfs/type: expected 'layers', found 'tars'"),
        (#"{"architecture":"a","os":"linux"}"#, "'rootfs' is missing"),
        (#"{"os":"linux","rootfs":{"type":"layers"}}"#, "'architecture' is missing"),
        (
            #"{"architecture":"a","os":"linux","rootfs":{"type":"layers"},"config":{"Env":["=x"]}}"#,
            "/config/Env/0: expected NAME=value, found '=x'"
        ),
        (
            #"{"architecture":"a","os":"linux","rootfs":{"type":"layers"},"config":{"WorkingDir":"/a\u0000b"}}"#,
            "/config/WorkingDir: the string holds a NUL character"
        ),
    ])
    func configurations(_ json: String, _ message: String) {
        #expect(refusal { () throws(TreeError) in _ = try ImageDocument.configuration(Array(json.utf8)) } == message)
    }

    @Test func layoutsAndDockerArchives() throws {
        #expect(refusal { () throws(TreeError) in try ImageDocument.checkLayout(ImageDocument.layout) } == nil)
        #expect(
            refusal { () throws(TreeError) in try ImageDocument.checkLayout(Array(#"{"imageLayoutVersion":"2.0.0"}"#.utf8)) }
                != nil)
        let json = #"[{"Config":"a.json","RepoTags":null,"Layers":["b/layer.tar"]}]"#
        #expect(
            try ImageDocument.dockerArchive(Array(json.utf8)) == [
                DockerArchiveEntry(config: "a.json", repoTags: [], layers: ["b/layer.tar"])
            ])
    }

    @Test func typesOfLayers() {
        #expect(MediaType.gzipLayer.kind == .layer(.gzip))
        #expect(MediaType(rawValue: "application/vnd.docker.image.rootfs.diff.tar.gzip").kind == .layer(.gzip))
        #expect(MediaType(rawValue: "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip").kind == .layer(.gzip))
        #expect(MediaType(rawValue: "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd").kind == .layer(.zstd))
        #expect(MediaType.dockerLayer.kind == .layer(.none))
        #expect(MediaType(rawValue: "application/vnd.oci.image.layer.v1.tar+xz").kind == nil)
    }
}
