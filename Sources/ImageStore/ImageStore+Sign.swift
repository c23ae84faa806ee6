public import Digests
internal import ImageSpec
public import ImageTrust
internal import Journal
internal import LinuxKernel
import OCISpec
internal import StrictTree

/// A signature that was made, or was there.
public struct Signing: Hashable, Sendable {
    /// Of the image's manifest.
    public var digest: Digest
    /// The name under which its signatures lie.
    public var name: String
    /// Whether this key had signed this image under this name before: then nothing was changed.
    public var wasThere: Bool
}

extension ImageStore {
    /// Signs an image under the repository of its name, and puts the signature beside it, to those that lie there.
    public func sign(_ text: String, with key: PrivateKey) throws(ImageError) -> Signing {
        try working { workplace throws(ImageError) in
            for _ in 0..<64 {
                let before = try images().map(\.record.digest)
                do throws(ImageError) {
                    if let signing = try sign(text, key, workplace) { return signing }
                } catch {
                    // Somebody else who signs has replaced what we were reading: then it is read again.
                    guard case .incomplete = error, try images().map(\.record.digest) != before else { throw error }
                }
            }
            throw .busy("somebody")
        }
    }

    /// nil where somebody else changed something meanwhile.
    private func sign(_ text: String, _ key: PrivateKey, _ workplace: Workplace) throws(ImageError) -> Signing? {
        let image = try image(text)
        guard !image.record.isSignature else { throw .notAnImage("it holds signatures of one") }
        _ = try provenDigests(of: image)
        let payload = SignaturePayload(repositoryOf: try Self.repository(of: image, as: text), digest: image.record.digest)
        let name = payload.repository + ":" + SignatureTag.tag(for: image.record.digest)
        let old = try images().first { $0.names.contains(name) }
        if let old, !old.record.isSignature { throw .exists(name) }
        for signature in try old.map({ old throws(ImageError) in try signatures(in: old, name) }) ?? [] {
            if try signs(key, signature, payload) { return Signing(digest: image.record.digest, name: name, wasThere: true) }
        }
        let bytes = payload.json
        let signature = try signing("sign '\(text)'") { () throws(KeyError) in try key.sign(bytes) }
        let layers =
            (try old.map { old throws(ImageError) in try signatureLayers(of: old) } ?? [])
            + [SignatureManifest.layer(payload: bytes, signature: signature)]
        guard layers.count <= limits.layers else { throw .limit("more than \(limits.layers) signatures of one image") }
        let isDone = try keep(layers, bytes, for: image, name, old, workplace)
        return isDone ? Signing(digest: image.record.digest, name: name, wasThere: false) : nil
    }

    private func signs(
        _ key: PrivateKey, _ signature: ImageSignature, _ payload: SignaturePayload
    ) throws(ImageError) -> Bool {
        guard try signing(signature.place, { () throws(KeyError) in try signature.isMade(by: key.publicKey) }) else {
            return false
        }
        do throws(TreeError) { return try SignaturePayload(json: signature.payload) == payload } catch { return false }
    }

    /// Stores the artifact that holds these signatures in the place of the one that held those before.
    private func keep(
        _ layers: [Descriptor], _ payload: [UInt8], for image: StoredImage, _ name: String, _ old: StoredImage?,
        _ workplace: Workplace
    ) throws(ImageError) -> Bool {
        let documents = SignatureManifest.documents(layers)
        let config = ImageGraph.Found(documents.config, .configuration)
        let manifest = ImageGraph.Found(documents.manifest, .manifest)
        let blob = ImageGraph.Found(payload, .simpleSigning)
        try lock([blob, config, manifest].map(\.descriptor.digest))
        defer { locks.releaseAll() }
        var arrivals = Arrivals(store: self, workplace: workplace)
        for document in [blob, config, manifest] { try arrivals.add(document) }
        try arrivals.settle()
        var record = ImageRecord(
            manifest: manifest.descriptor, config: config.descriptor, layers: [], indexes: [], platform: .unknown, created: nil,
            loaded: Self.now())
        record.payloads = layers.map(\.plain)
        let isDone = try replace(old, by: record, name, beside: image)
        locks.releaseAll()
        if !isDone || old != nil { try collectAll(into: workplace) }
        return isDone
    }

    /// One durable transaction: the image is there, the name points where it pointed, and what nothing names any more goes.
    private func replace(
        _ old: StoredImage?, by record: ImageRecord, _ name: String, beside image: StoredImage
    ) throws(ImageError) -> Bool {
        let key = StoreKeys.name(name)
        var conditions: [Comparison] = [.isUnchanged(StoreKeys.image(image.record.digest), since: image.revision)]
        var operations: [Operation] = [
            .put(StoreKeys.image(record.digest), value: record.json()),
            .put(key, value: NameRecord(digest: record.digest).json()),
        ]
        if let old {
            conditions.append(Comparison(.key(key), .value(NameRecord(digest: old.record.digest).json())))
            conditions.append(.isUnchanged(StoreKeys.image(old.record.digest), since: old.revision))
            if old.names == [name], old.users.isEmpty { operations.append(.delete(.key(StoreKeys.image(old.record.digest)))) }
        } else {
            conditions.append(.isAbsent(key))
        }
        return try journaling { () throws(JournalError) in
            try journal.commit(Transaction(if: conditions, then: operations), .durable).succeeded
        }
    }

    /// The repository that a signature is for: that of the name, or the one that all names of the image have.
    private static func repository(of image: StoredImage, as text: String) throws(ImageError) -> ImageReference {
        if let name = wholeName(text), image.names.contains(name) { return try reference(name) }
        var repositories: [ImageReference] = []
        for name in image.names {
            let reference = try reference(name)
            if !repositories.contains(where: { $0.name == reference.name }) { repositories.append(reference) }
        }
        guard let first = repositories.first, repositories.count == 1 else {
            throw .unknownSource(
                repositories.isEmpty
                    ? "the image '\(text)' has no name, and a signature is for one: 'hull image tag' gives it one"
                    : "the image '\(text)' has names in several repositories: sign it by one of them")
        }
        return first
    }
}

/// Works with a key and gives its error this module's type.
private func signing<Result>(_ what: String, _ body: () throws(KeyError) -> Result) throws(ImageError) -> Result {
    do throws(KeyError) { return try body() } catch { throw .key(what, error) }
}

extension ImageGraph.Found {
    /// A document of our own making.
    init(_ bytes: [UInt8], _ mediaType: MediaType) {
        self.init(
            descriptor: Descriptor(mediaType: mediaType, digest: .of(bytes), size: Int64(bytes.count)), bytes: bytes)
    }
}
