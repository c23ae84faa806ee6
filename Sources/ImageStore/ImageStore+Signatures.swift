internal import Digests
internal import ImageSpec
internal import ImageTrust
internal import LinuxKernel
internal import StrictTree

// Signatures lie beside their image as images do: an artifact named REPOSITORY:sha256-HEX.sig.

extension StoredImage {
    /// The images that its names say it holds signatures of.
    var signedDigests: Set<Digest> {
        guard record.isSignature else { return [] }
        var digests: Set<Digest> = []
        for name in names {
            do throws(ReferenceError) {
                if let digest = SignatureTag.digest(of: try ImageReference(name)) { digests.insert(digest) }
            } catch {
                // Names in the store are whole: this one was never made by us, and means nothing.
                continue
            }
        }
        return digests
    }

    /// By which signatures may call it: its manifest, and the indexes that led to it.
    var knownDigests: Set<Digest> { Set(record.indexes.map(\.digest) + [record.digest]) }

    /// Those that hold signatures of this one, by their names; in whatever repository, since where they lie proves nothing.
    func signatures(in images: [StoredImage]) -> [StoredImage] {
        record.isSignature ? [] : images.filter { !$0.signedDigests.isDisjoint(with: knownDigests) }
    }
}

/// How many signatures lie beside each of some images, by their names.
public struct SignatureCounts {
    private var counts: [Digest: Int] = [:]

    public init(_ images: [StoredImage]) {
        for artifact in images where artifact.record.isSignature {
            for digest in artifact.signedDigests { counts[digest, default: 0] += artifact.record.payloads.count }
        }
    }

    public func callAsFunction(_ image: StoredImage) -> Int {
        image.knownDigests.reduce(0) { $0 + counts[$1, default: 0] }
    }
}

extension ImageStore {
    /// All signatures beside an image, as they lie there. What cannot be read is one that says so: it counts for nothing and stands in nobody's way.
    func signatures(of image: StoredImage) throws(ImageError) -> [ImageSignature] {
        var found: [ImageSignature] = []
        for artifact in image.signatures(in: try images()) {
            let name = artifact.names.first ?? artifact.record.digest.short
            do throws(ImageError) { found += try signatures(in: artifact, name) } catch {
                found.append(ImageSignature(place: name, unreadable: "\(error)"))
            }
        }
        return found
    }

    /// The layers of an artifact with what was signed.
    func signatures(in artifact: StoredImage, _ name: String) throws(ImageError) -> [ImageSignature] {
        var found: [ImageSignature] = []
        for (number, layer) in try signatureLayers(of: artifact).enumerated() {
            let place = "\(name), signature \(number + 1)"
            do throws(ImageError) {
                found.append(ImageSignature(place: place, layer: layer, payload: try document(layer)))
            } catch { found.append(ImageSignature(place: place, unreadable: "\(error)")) }
        }
        return found
    }

    func signatureLayers(of artifact: StoredImage) throws(ImageError) -> [Descriptor] {
        let bytes = try document(artifact.record.manifest)
        return try decoding("the manifest \(artifact.record.digest)") { () throws(TreeError) in
            try ImageDocument.manifest(bytes, limits: limits).layers
        }
    }

    /// The digests that a signature of this image may be for: that of its manifest, whose bytes are compared with it once more and must name the parts that
    /// the record names; and those of the indexes that lead to it, read again as well.
    func provenDigests(of image: StoredImage) throws(ImageError) -> Set<Digest> {
        let record = image.record
        let bytes = try document(record.manifest)
        let manifest = try decoding("the manifest \(record.digest)") { () throws(TreeError) in
            try ImageDocument.manifest(bytes, limits: limits)
        }
        guard manifest.config.digest == record.config.digest,
            manifest.layers.map(\.digest) == record.layers.map(\.blob.digest)
        else { throw .incomplete(record.digest.short, part: "its record is not that of its manifest") }
        var unproven: [(digest: Digest, names: Set<Digest>)] = []
        for index in record.indexes {
            let bytes = try document(index)
            let entries = try decoding("the index \(index.digest)") { () throws(TreeError) in
                try ImageDocument.index(bytes, limits: limits).manifests
            }
            unproven.append((index.digest, Set(entries.map(\.digest))))
        }
        // Loads by several ways leave several chains of indexes, in no order.
        var proven: Set<Digest> = [record.digest]
        while let next = unproven.firstIndex(where: { !$0.names.isDisjoint(with: proven) }) {
            proven.insert(unproven.remove(at: next).digest)
        }
        return proven
    }
}
