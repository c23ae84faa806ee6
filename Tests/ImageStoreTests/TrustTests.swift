import Digests
import Foundation
import ImageSpec
import ImageTrust
import LinuxKernel
import LinuxTypes
import OCISpec
import Testing

@testable import ImageStore

/// Signatures beside images: how they come in, stay, go out and go; and what a policy makes of them.
@Suite(Requirement.root)
struct TrustTests {
    private static let keys = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("ImageTrustTests/Fixtures")

    private func key(_ name: String) throws -> PrivateKey {
        try PrivateKey(pem: [UInt8](Data(contentsOf: Self.keys.appendingPathComponent(name + ".key"))))
    }

    /// A layout with an image and a signature of it, as cosign lays them out; `change` may make it wrong.
    private func layout(
        signer: String = "p256-a", name: String? = nil, _ change: (inout [UInt8], inout [Descriptor]) -> Void = { _, _ in }
    ) throws -> TestLayout {
        var layout = TestLayout()
        let manifest = layout.addImage([LoadTests.base])
        layout.name(manifest, "registry.example/app:1")
        var payload = SignaturePayload(repositoryOf: try ImageReference("registry.example/app"), digest: manifest.digest).json
        var layers: [Descriptor] = []
        let signature = try key(signer).sign(payload)
        change(&payload, &layers)
        layers.append(SignatureManifest.layer(payload: payload, signature: signature))
        _ = layout.add(payload, .simpleSigning)
        let documents = SignatureManifest.documents(layers)
        _ = layout.add(documents.config, .configuration)
        let artifact = layout.add(documents.manifest, .manifest)
        layout.name(artifact, name ?? "registry.example/app:" + SignatureTag.tag(for: manifest.digest))
        return layout
    }

    private func policy(_ place: TestStore, _ json: String) throws -> TrustSource {
        let directory = place.directory + "/policy"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        for name in ["p256-a.pub", "ed25519.pub"] where !FileManager.default.fileExists(atPath: directory + "/" + name) {
            try FileManager.default.copyItem(atPath: Self.keys.path + "/" + name, toPath: directory + "/" + name)
        }
        try json.write(toFile: directory + "/trust.json", atomically: false, encoding: .utf8)
        return .file(try #require(HostPath(directory + "/trust.json")))
    }

    private static let signed =
        #"{"default":"reject","rules":[{"images":"registry.example/*","signedBy":{"keys":["p256-a.pub","ed25519.pub"]}}]}"#

    private func verdict(
        _ place: TestStore, _ name: String = "registry.example/app:1", _ json: String = signed
    ) throws -> TrustVerdict {
        let store = try place.open()
        store.trust = try policy(place, json)
        return try store.verdict(on: name)
    }

    @Test("signatures of a layout come in beside their image, are believed by the right key, and go out again")
    func roundTrip() throws {
        let place = try TestStore()
        let loaded = try place.load(layout())
        #expect(loaded.map(\.record.isSignature) == [false, true])
        #expect(loaded[1].record.layers.isEmpty)
        #expect(try place.names("layers/sha256").count == 1)
        let store = try place.open()
        let images = try store.images()
        #expect(SignatureCounts(images)(try store.image("registry.example/app:1")) == 1)
        let found = try verdict(place)
        #expect(found.isAccepted)
        #expect(found.signers.map(\.source) == ["p256-a.pub"])
        let out = try #require(HostPath(place.directory + "/out"))
        try store.save(["registry.example/app:1"], directory: out, signatures: true)
        let other = try TestStore()
        _ = try other.open().load(LayoutDirectory(out))
        #expect(try verdict(other).isAccepted)
        #expect(try other.open().check() == [])
        #expect(try other.open().images().map(\.record.digest) == images.map(\.record.digest))
        // Loaded under another name, its signatures go with it, but are for the name that was signed.
        let mirror = try TestStore()
        var request = LoadRequest()
        request.name = try ImageReference("mirror.example/copy:2")
        _ = try mirror.open().load(LayoutDirectory(out), request)
        let rule = #"{"default":"reject","rules":[{"images":"mirror.example/copy","signedBy":{"keys":["p256-a.pub"]X}}]}"#
        let strict = try verdict(mirror, "mirror.example/copy:2", rule.replacingOccurrences(of: "X", with: ""))
        #expect(strict.discounted.map(\.reason) == ["it is for the name 'registry.example/app', not 'mirror.example/copy'"])
        let signedAs = rule.replacingOccurrences(of: "X", with: #","signedAs":"registry.example/app""#)
        #expect(try verdict(mirror, "mirror.example/copy:2", signedAs).isAccepted)
    }

    @Test("what is no signature of this image counts for nothing and harms nothing") func hostileLayouts() throws {
        for (signer, change) in [
            ("p256-b", { (_: inout [UInt8], _: inout [Descriptor]) in }),
            ("p256-a", { (payload: inout [UInt8], _: inout [Descriptor]) in payload[60] ^= 1 }),
            ("p256-a", { (payload: inout [UInt8], _: inout [Descriptor]) in payload = Array("{\"a\":{\"a\":1,\"a\":2}}".utf8) }),
        ] {
            let place = try TestStore()
            try place.load(layout(signer: signer, change))
            let found = try verdict(place)
            #expect(!found.isAccepted)
            #expect(found.discounted.map(\.reason) == ["made by none of the trusted keys, or not for what lies beside it"])
        }
        // A layer that the layout does not have.
        let missing = Descriptor(mediaType: .simpleSigning, digest: .of([1]), size: 1)
        let place = try TestStore()
        let path = try place.write(layout { _, layers in layers.append(missing) })
        #expect(throws: ImageError.missingBlob(.of([1]), mediaType: .simpleSigning)) {
            try place.open().load(LayoutDirectory(path))
        }
        // Mixed with something else it is no artifact that we know.
        let tar = Descriptor(mediaType: .layer, digest: .of(LoadTests.base), size: Int64(LoadTests.base.count))
        let mixed = try place.write(layout { _, layers in layers.append(tar) })
        #expect(throws: ImageError.self) { try place.open().load(LayoutDirectory(mixed)) }
        // An image that is called as signatures are could stand in the place of theirs.
        var named = TestLayout()
        let tag = "x:" + SignatureTag.tag(for: .of([1]))
        named.name(named.addImage([LoadTests.base]), tag)
        let masked = try place.write(named)
        #expect(throws: ImageError.notAnImage("'\(tag)' is called as signatures are, and holds none")) {
            try place.open().load(LayoutDirectory(masked))
        }
        let large = Descriptor(mediaType: .simpleSigning, digest: .of([2]), size: 5 << 20)
        let huge = try place.write(layout { _, layers in layers.append(large) })
        #expect(throws: ImageError.limit("the signature \(Digest.of([2])) has 5242880 bytes, more than 4194304")) {
            try place.open().load(LayoutDirectory(huge))
        }
    }

    @Test("signatures lie where they are found by digest, whatever the repository; those of another image are not looked at")
    func places() throws {
        let place = try TestStore()
        var layout = try layout()
        let digest = layout.index.manifests[0].digest
        layout.index.manifests[1].annotations = [
            "org.opencontainers.image.ref.name": "elsewhere.example/x:" + SignatureTag.tag(for: digest)
        ]
        try place.load(layout)
        #expect(try verdict(place).isAccepted)
        layout.index.manifests[1].annotations = [
            "org.opencontainers.image.ref.name": "registry.example/app:" + SignatureTag.tag(for: .of([1]))
        ]
        let other = try TestStore()
        try other.load(layout)
        #expect(try verdict(other).discounted.isEmpty)
        #expect(try !verdict(other).isAccepted)
    }

    @Test(
        "what cosign writes to a directory: marked, and with the image's name or none",
        arguments: [nil, "registry.example/app:1"])
    func cosignSave(_ name: String?) throws {
        let place = try TestStore()
        var layout = try layout()
        layout.index.manifests[1].annotations = ["kind": "dev.cosignproject.cosign/sigs"]
        layout.index.manifests[1].annotations["org.opencontainers.image.ref.name"] = name
        let loaded = try place.load(layout)
        #expect(
            loaded.map(\.names) == [
                ["registry.example/app:1"], ["registry.example/app:" + SignatureTag.tag(for: loaded[0].record.digest)],
            ])
        #expect(try verdict(place).isAccepted)
        let other = try TestStore()
        var request = LoadRequest()
        request.name = try ImageReference("own:2")
        #expect(
            try other.load(layout, request).map(\.names) == [
                ["docker.io/library/own:2"], ["docker.io/library/own:" + SignatureTag.tag(for: loaded[0].record.digest)],
            ])
    }

    @Test("a signature of an index is one of the manifest that it names") func indexes() throws {
        let place = try TestStore()
        var layout = TestLayout()
        let manifest = layout.addImage([LoadTests.base])
        let index = ImageIndex(manifests: [manifest])
        let descriptor = layout.add(index.json(), .index)
        layout.name(descriptor, "registry.example/app:1")
        let payload = SignaturePayload(repositoryOf: try ImageReference("registry.example/app"), digest: descriptor.digest).json
        _ = layout.add(payload, .simpleSigning)
        let documents = SignatureManifest.documents([
            SignatureManifest.layer(payload: payload, signature: try key("ed25519").sign(payload))
        ])
        _ = layout.add(documents.config, .configuration)
        layout.name(
            layout.add(documents.manifest, .manifest), "registry.example/app:" + SignatureTag.tag(for: descriptor.digest))
        try place.load(layout)
        #expect(try verdict(place).signers.map(\.source) == ["ed25519.pub"])
        // Chains that share an index, and one that a record names and that does not name the image.
        let store = try place.open()
        let outer = try [0, 1].map { number in
            var index = ImageIndex(manifests: [descriptor])
            index.annotations = ["n": "\(number)"]
            let outer = layout.add(index.json(), .index)
            var other = layout
            other.index.manifests = []
            other.name(outer, "registry.example/app:\(number + 2)")
            try place.load(other)
            return outer.digest
        }
        var image = try store.image("registry.example/app:1")
        #expect(try store.provenDigests(of: image) == Set(outer + [descriptor.digest, manifest.digest]))
        var foreign = TestLayout()
        let stranger = foreign.add(ImageIndex(manifests: [foreign.addImage([LoadTests.top])]).json(), .index)
        foreign.name(stranger, "x:1")
        try place.load(foreign)
        image.record.indexes.append(stranger)
        #expect(try !store.provenDigests(of: image).contains(stranger.digest))
        for name in ["x:1", "registry.example/app:2", "registry.example/app:3"] { _ = try store.remove(name) }
        #expect(try place.open().remove("registry.example/app:1").removed.count == 2)
        #expect(try place.leftovers() == [])
    }

    @Test("signing puts a signature beside the others, once for each key") func signing() throws {
        let place = try TestStore()
        try place.load(layout())
        let store = try place.open()
        let again = try store.sign("registry.example/app:1", with: key("p256-a"))
        #expect(again.wasThere)
        let first = try store.sign("registry.example/app:1", with: key("ed25519"))
        #expect(!first.wasThere)
        #expect(first.name == "registry.example/app:" + SignatureTag.tag(for: first.digest))
        #expect(try store.sign("registry.example/app:1", with: key("ed25519")).wasThere)
        #expect(try store.images().count == 2)
        let two = Self.signed.replacingOccurrences(of: "]}}]", with: #"],"atLeast":2}}]"#)
        #expect(try verdict(place, "registry.example/app:1", two).signers.map(\.source) == ["p256-a.pub", "ed25519.pub"])
        #expect(try store.check() == [], "the artifact that was replaced is left")
        // Under a second name it is another signature.
        try store.tag("registry.example/app:1", as: "registry.example/other:1")
        #expect(try !store.sign("registry.example/other:1", with: key("ed25519")).wasThere)
        #expect(try verdict(place, "registry.example/other:1").isAccepted)
        #expect(throws: ImageError.self) { try store.sign("\(first.digest)", with: key("ed25519")) }
        #expect(throws: ImageError.notAnImage("it holds signatures of one")) { try store.sign(first.name, with: key("p256-a")) }
    }

    @Test("signatures go with their image, stay as long as it stays, and are no image") func removal() throws {
        let place = try TestStore()
        try place.load(layout())
        let store = try place.open()
        let digest = try store.image("registry.example/app:1").record.digest
        let tag = "registry.example/app:" + SignatureTag.tag(for: digest)
        let path = try #require(HostPath(place.directory + "/bundle"))
        #expect(throws: ImageError.notAnImage("it holds signatures of one")) {
            try store.bundle(tag, at: path, unifiedCgroups: false, terminal: false)
        }
        #expect(throws: ImageError.notAnImage("it holds signatures of one")) { try store.mount(tag, below: place.runRoot) }
        #expect(throws: ImageError.notAnImage("docker archives have no place for signatures")) {
            let file = try FileDescriptor.workingDirectory.open(place.directory + "/x.tar", [.writeOnly, .create])
            try store.save([tag], archive: file.descriptor, subject: "x", format: .dockerArchive)
        }
        // In use: neither it nor what speaks for it goes.
        _ = try store.mount("registry.example/app:1", below: place.runRoot)
        #expect(try store.prune(all: true).removed == [])
        _ = try store.unmount("registry.example/app:1", below: place.runRoot)
        try store.tag("registry.example/app:1", as: "other:1")
        #expect(try store.remove("registry.example/app:1").removed == [])
        #expect(try store.images().count == 2)
        let removal = try store.remove("other:1")
        #expect(removal.untagged == ["docker.io/library/other:1", tag])
        #expect(removal.removed.count == 2)
        #expect(try place.leftovers() == [])
        // By its own name, the image stays.
        try place.load(layout())
        #expect(try place.open().remove(tag).removed.count == 1)
        #expect(try place.open().images().count == 1)
        // Without their image only a prune of all takes them.
        try place.load(layout())
        let artifact = try #require(HostPath(place.directory + "/artifact"))
        try place.open().save([tag], directory: artifact)
        let other = try TestStore()
        _ = try other.open().load(LayoutDirectory(artifact))
        #expect(try other.open().prune(all: false).removed == [])
        #expect(try other.open().prune(all: true).removed.count == 1)
        #expect(try other.leftovers() == [])
        #expect(try place.open().prune(all: true).removed.count == 2)
        #expect(try place.leftovers() == [])
    }

    @Test("what the policy rejects is neither bundled nor mounted, and the rule is named") func enforcement() throws {
        let place = try TestStore()
        try place.load(layout(signer: "p256-b"))
        let store = try place.open()
        store.trust = try policy(place, Self.signed)
        let path = try #require(HostPath(place.directory + "/bundle"))
        func complaint(_ name: String) -> String {
            do throws(ImageError) {
                _ = try store.bundle(name, at: path, unifiedCgroups: false, terminal: false)
                return "(none)"
            } catch { return "\(error)" }
        }
        let said = complaint("registry.example/app:1")
        #expect(
            said.hasPrefix(
                "image 'registry.example/app:1' is rejected by the rule 'registry.example/*' (\(place.directory)/policy/trust.json, line 1"
            ),
            "\(said)")
        #expect(said.contains("0 of its 2 keys have signed, 1 must; registry.example/app:sha256-"))
        #expect(!FileManager.default.fileExists(atPath: path.string))
        #expect(throws: ImageError.self) { try store.mount("registry.example/app:1", below: place.runRoot) }
        #expect(try store.images()[0].users == [])
        // By id and digest no policy is walked around.
        let record = try store.image("registry.example/app:1").record
        for name in ["\(record.digest)", record.id.hex, record.id.short, "accepted.example/app@\(record.digest)"] {
            #expect(complaint(name).contains("rejected"), "\(name)")
        }
        // A name that the policy accepts, and that somebody gave it here.
        store.trust = try policy(
            place, #"{"default":"reject","rules":[{"images":"accepted.example/*","verdict":"accept"}]}"#)
        #expect(complaint("accepted.example/app@\(record.digest)").contains("rejected by what holds for the rest"))
        try store.tag("registry.example/app:1", as: "accepted.example/app:1")
        #expect(complaint("registry.example/app:1").contains("rejected by what holds for the rest"))
        #expect(complaint("accepted.example/app@\(record.digest)") == "(none)")
    }

    @Test("a manifest that is not what it was is no image to judge, whatever was signed") func damage() throws {
        let place = try TestStore()
        try place.load(layout())
        let digest = try place.open().image("registry.example/app:1").record.digest
        let path = place.path("blobs/" + digest.fileName)
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes[bytes.count - 3] ^= 1
        try bytes.write(to: URL(fileURLWithPath: path))
        let damaged = try place.open()
        do throws(ImageError) {
            _ = try damaged.verdict(on: "registry.example/app:1")
            Issue.record("it was judged")
        } catch {
            guard case .digestMismatch = error else {
                Issue.record("\(error)")
                return
            }
        }
        // A payload that is gone counts for nothing.
        let other = try TestStore()
        try other.load(layout())
        let payload = try #require(try other.open().images().first { $0.record.isSignature }).record.payloads[0]
        try FileManager.default.removeItem(atPath: other.path("blobs/" + payload.digest.fileName))
        let found = try verdict(other)
        #expect(!found.isAccepted)
        #expect(found.discounted.first?.reason.contains("is missing") == true)
    }

    private func complaint(_ path: String) throws -> String {
        let store = try TestStore().open()
        store.trust = .file(try #require(HostPath(path)))
        do throws(ImageError) {
            _ = try store.trustPolicy()
            return "(none)"
        } catch { return "\(error)" }
    }

    @Test("a policy or key that others could have written, or put there, is refused") func hostileFiles() throws {
        let place = try TestStore()
        _ = try policy(place, Self.signed)
        let directory = place.directory + "/policy"
        let file = directory + "/trust.json"
        #expect(try complaint(file) == "(none)")
        let manager = FileManager.default
        let cases: [(path: String, mode: Int, uid: Int, message: String)] = [
            (file, 0o666, 0, "'\(file)': has mode 0666: others can write to it"),
            (file, 0o664, 0, "'\(file)': has mode 0664: others can write to it"), (file, 0o644, 1234, "belongs to uid 1234"),
            (directory, 0o777, 0, "its directory has mode 0777"), (directory, 0o1777, 0, "its directory has mode 01777"),
            (place.directory, 0o777, 0, "a directory above it has mode 0777"),
            (place.directory, 0o755, 1234, "a directory above it belongs to uid 1234"),
            (directory + "/p256-a.pub", 0o666, 0, "/rules/0/signedBy/keys/0: cannot read the key 'p256-a.pub': "),
            (directory + "/p256-a.pub", 0o666, 0, "has mode 0666: others can write to it"),
        ]
        for (path, mode, uid, message) in cases {
            let before = try manager.attributesOfItem(atPath: path)[.posixPermissions] ?? 0o644
            try manager.setAttributes([.posixPermissions: mode, .ownerAccountID: uid], ofItemAtPath: path)
            let said = try complaint(file)
            #expect(said.contains(message), "\(said)")
            try manager.setAttributes([.posixPermissions: before, .ownerAccountID: 0], ofItemAtPath: path)
        }
        #expect(try complaint(file) == "(none)")
        // Links: to where nobody else writes, and to where everybody does.
        let link = place.directory + "/link.json"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: file)
        #expect(try complaint(link).contains("cannot read the key 'p256-a.pub': there is no such file"))
        let shared = place.directory + "/shared"
        try FileManager.default.createDirectory(atPath: shared, withIntermediateDirectories: true)
        try FileManager.default.setAttributes([.posixPermissions: 0o1777], ofItemAtPath: shared)
        try #"{"default":"accept"}"#.write(toFile: shared + "/trust.json", atomically: false, encoding: .utf8)
        let outward = directory + "/outward.json"
        try FileManager.default.createSymbolicLink(atPath: outward, withDestinationPath: shared + "/trust.json")
        #expect(try complaint(outward) == "'\(outward)': its directory has mode 01777: others can write to it")
        // The link itself in such a place: somebody else may have made it.
        try FileManager.default.createSymbolicLink(atPath: shared + "/link.json", withDestinationPath: file)
        #expect(try complaint(shared + "/link.json").contains("its directory has mode 01777"))
        let nowhere = place.directory + "/nowhere"
        try manager.createSymbolicLink(atPath: nowhere, withDestinationPath: place.directory + "/missing")
        #expect(try complaint(nowhere) == "'\(nowhere)': '\(nowhere)' is a link to nothing")
        #expect(try complaint(nowhere + "/trust.json") == "'\(nowhere)/trust.json': '\(nowhere)' is a link to nothing")
        try manager.createSymbolicLink(atPath: place.directory + "/somewhere", withDestinationPath: directory)
        let absent = place.directory + "/somewhere/none.json"
        #expect(try complaint(absent) == "there is no trust policy '\(absent)'")
        #expect(try complaint(directory) == "'\(directory)': not a regular file")
        #expect(try complaint(directory + "/none.json") == "there is no trust policy '\(directory)/none.json'")
        #expect(mkfifo(directory + "/fifo", 0o600) == 0)
        #expect(try complaint(directory + "/fifo") == "'\(directory)/fifo': not a regular file")
        try "{\"default\":\"acept\"}".write(toFile: file, atomically: false, encoding: .utf8)
        #expect(
            try complaint(file)
                == "the trust policy '\(file)': /default: expected 'accept' or 'reject', found 'acept'; did you mean 'accept'? (line 1, column 12)"
        )
    }
}
