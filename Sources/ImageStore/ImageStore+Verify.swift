internal import Digests
internal import ImageLayers
internal import ImageSpec
internal import Journal
internal import OCISpec

// Verification once more before a run: what lies unpacked is what was loaded. A digest of a tree is of names, types, owners, modes and attributes as well,
// where fs-verity would be of contents alone.

extension ImageStore {
    /// Compares each layer's tree with the digest that is recorded of it. The first time it is computed from the blob, unpacked once more, and recorded.
    /// Throws `incomplete` where a layer has changed.
    func verifyLayers(of image: StoredImage) throws(ImageError) {
        try checkLayers(of: image)
        let workplace = try Workplace.make(files, locks)
        do throws(ImageError) {
            var seen: Set<Digest> = []
            for layer in image.record.layers where seen.insert(layer.diffID).inserted {
                let wanted = try recordedTree(of: layer, workplace)
                guard try treeDigest(Self.layer(layer.diffID) + Self.tree) == wanted else {
                    throw .incomplete(
                        image.names.first ?? image.record.digest.short, part: "layer \(layer.diffID) is not as it was loaded")
                }
            }
        } catch {
            // Order: not by `cleanUp`, which lets go of locks that the caller holds.
            do throws(ImageError) { try workplace.remove() } catch let left { observer.note("cannot clean up: \(left)") }
            throw error
        }
        try workplace.remove()
    }

    private func recordedTree(of layer: ImageRecord.Layer, _ workplace: Workplace) throws(ImageError) -> Digest {
        guard var record = try layerRecord(layer.diffID) else { throw .notFound("layer \(layer.diffID)") }
        if let tree = record.tree { return tree }
        let tree = try unpackedTree(of: layer, workplace)
        let key = StoreKeys.layer(layer.diffID)
        let old = record.json()
        record.tree = tree
        // Whoever removed the layer meanwhile, or recorded the same, is not in the way.
        let transaction = Transaction(
            if: [Comparison(.key(key), .value(old))], then: [.put(key, value: record.json())])
        _ = try journaling { () throws(JournalError) in try journal.commit(transaction, .durable) }
        return tree
    }

    /// The digest of what a layer's blob unpacks to, which must be sound: whoever calls has looked, or the blob's digest is compared here.
    func unpackedTree(of layer: ImageRecord.Layer, _ workplace: Workplace) throws(ImageError) -> Digest {
        let place = workplace.newName("layer")
        // No limits: it is what was let in, perhaps by raised ones.
        _ = try unpack(
            LayerUnpacking(files: files, layer: layer, blob: Self.blob(layer.blob.digest), place: place, limits: .admitted))
        return try treeDigest(place + Self.tree)
    }
}
