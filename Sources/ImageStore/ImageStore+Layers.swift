internal import Digests
internal import ImageLayers
internal import ImageSpec
internal import LinuxKernel
internal import LinuxTypes

/// A layer that lies unpacked in a work directory.
struct LayerArrival {
    /// Relative to the store; the tree is `tree` below it.
    var place: String
    var record: LayerRecord
    var stream: StreamSummary
}

extension ImageStore {
    /// Unpacks a layer's blob into a new directory and compares it with all that is known of it.
    func unpack(
        _ layer: ImageRecord.Layer, blob: String, into place: String, limits: LayerLimits
    ) throws(ImageError) -> LayerArrival {
        observer.began(.layer(layer.diffID, size: layer.blob.size))
        let what = "layer \(layer.blob.digest)"
        let arrival = try unpack(
            blob: blob, into: place, what: layer.blob.digest, digest: layer.blob.digest.algorithm,
            diffID: layer.diffID.algorithm, limits: limits)
        // The blob once more, as it was read now: the disk may have another opinion than the source had.
        guard arrival.stream.digest == layer.blob.digest else {
            throw .digestMismatch(what: what, expected: layer.blob.digest, found: arrival.stream.digest)
        }
        guard arrival.stream.diffID == layer.diffID else {
            throw .digestMismatch(what: "the content of \(what)", expected: layer.diffID, found: arrival.stream.diffID)
        }
        observer.ended()
        return arrival
    }

    /// Unpacks an archive that nothing is known of. `what` is its name in errors; nil for one that has none yet.
    func unpack(
        blob: String, into place: String, what: Digest?, digest: DigestAlgorithm = .sha256, diffID: DigestAlgorithm = .sha256,
        limits: LayerLimits
    ) throws(ImageError) -> LayerArrival {
        try kernel { () throws(KernelError) in
            try files.makeDirectory(place, permissions: 0o700)
            try files.makeDirectory(place + Self.tree, permissions: 0o755)
        }
        let tree = try kernel { () throws(KernelError) in
            try files.open(place + Self.tree, [.readOnly, .directory, .noFollow])
        }
        let archive = try kernel { () throws(KernelError) in try files.open(blob, [.readOnly, .noFollow, .nonblocking]) }
        var options = UnpackOptions()
        options.limits = limits
        options.digest = digest
        options.diffID = diffID
        let unpacked: UnpackedLayer
        do throws(LayerError) {
            unpacked = try LayerUnpacker.unpack(bytes(of: archive.descriptor), into: tree.descriptor, options: options)
        } catch {
            throw what.map { .layer($0, error) } ?? .archive("the archive", error)
        }
        for (name, count) in unpacked.omitted.sorted(by: { $0.key < $1.key }) {
            observer.note("left out of the layer: \(count) × \(name)")
        }
        let record = LayerRecord(bytes: unpacked.fileBytes, entries: unpacked.entries)
        return LayerArrival(place: place, record: record, stream: unpacked.stream)
    }

    /// The trees of an image, the top one first, open for reading.
    func trees(of image: StoredImage) throws(ImageError) -> DescriptorList {
        try checkLayers(of: image)
        var trees = DescriptorList()
        for layer in image.record.layers.reversed() {
            let tree = try kernel { () throws(KernelError) in
                try files.open(Self.layer(layer.diffID) + Self.tree, [.readOnly, .directory, .noFollow])
            }
            trees.append(tree)
        }
        return trees
    }

    /// The digest of a tree in the store or in a work directory.
    func treeDigest(_ tree: String) throws(ImageError) -> Digest {
        let directory = try kernel { () throws(KernelError) in try files.open(tree, [.readOnly, .directory, .noFollow]) }
        return try layering(tree) { () throws(LayerError) in try TreeDigest.compute(directory.descriptor) }
    }

    /// Copies what an image's layers show together into an empty directory.
    func copyStack(of image: StoredImage, into target: FileDescriptor) throws(ImageError) {
        let trees = try trees(of: image)
        try layering(image.names.first ?? image.record.digest.short) { () throws(LayerError) in
            try LayerStack.copy(trees.descriptors, into: target)
        }
    }
}

/// Runs something of the layers' and names what it was about.
func layering<Result>(_ what: String, _ body: () throws(LayerError) -> Result) throws(ImageError) -> Result {
    do throws(LayerError) { return try body() } catch {
        throw .archive(what, error)
    }
}

extension MediaType.Compression {
    /// What a media type says of a layer whose bytes are compressed so.
    init(_ found: Compression) {
        switch found {
        case .none: self = .none
        case .gzip: self = .gzip
        case .zstd: self = .zstd
        }
    }
}

extension ImageError {
    fileprivate static func layer(_ digest: Digest, _ error: LayerError) -> ImageError {
        fullDisk(error) ?? .layer(digest, reason: "\(error)")
    }

    fileprivate static func archive(_ name: String, _ error: LayerError) -> ImageError {
        fullDisk(error) ?? .archive(name, reason: "\(error)")
    }

    /// A full disk is no fault of the archive's. nil for any other error.
    private static func fullDisk(_ error: LayerError) -> ImageError? {
        guard case .kernel(let cause, _, _) = error, cause.errno == .ENOSPC || cause.errno == .EDQUOT else { return nil }
        return .kernel(cause)
    }
}
