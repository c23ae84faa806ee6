internal import Digests
internal import ImageSpec
internal import ImageTrust
import OCISpec
internal import StrictTree

extension Loader {
    /// Whole names of signatures. The tag tells whose they are; where the source has none, as what `cosign save` writes, the first payload does: a name
    /// proves nothing, so that it may come from there. No other name is theirs, or they would stand in the place of an image.
    func signatureNames(of image: SourceImage, _ graph: ImageGraph) throws(ImageError) -> [String] {
        let tagged = try names(of: image).filter { SourceImage.signatureTag(in: $0) != nil }
        let tags = image.names.compactMap(SourceImage.signatureTag)
        if let name = request.name, !tags.isEmpty { return tags.map { name.name + ":" + $0 } }
        if !tagged.isEmpty { return tagged }
        guard let payload = try payload(of: graph) else {
            store.observer.note("the signatures \(graph.manifest.descriptor.digest.short) do not say of which image they are")
            return []
        }
        return [(request.name?.name ?? payload.repository) + ":" + SignatureTag.tag(for: payload.digest)]
    }

    /// nil for what cannot be read as one.
    private func payload(of graph: ImageGraph) throws(ImageError) -> SignaturePayload? {
        guard let first = graph.payloads.first else { return nil }
        let bytes = try ImageStore.verified(first, limits: store.limits) { limit throws(ImageError) in
            try source.document(first, limit: limit)
        }
        do throws(TreeError) { return try SignaturePayload(json: bytes) } catch { return nil }
    }
}

extension SourceImage {
    /// How `cosign save` marks what it writes, and what it says of signatures.
    private static let kind = "kind"
    private static let signatures = "dev.cosignproject.cosign/sigs"

    /// Whether the source says that it holds signatures.
    var isSignature: Bool {
        descriptor.annotations[Self.kind] == Self.signatures || names.contains { Self.signatureTag(in: $0) != nil }
    }

    /// The tag of a name, whole or bare, that is one of signatures.
    static func signatureTag(in name: String) -> String? {
        let tag = name.utf8.lastIndex(of: UInt8(ascii: ":")).map { String(name[$0...].dropFirst()) } ?? name
        return SignatureTag.digest(ofTag: tag) == nil ? nil : tag
    }
}
