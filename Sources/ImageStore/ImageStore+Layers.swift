internal import Digests
internal import ImageLayers
internal import ImageSpec
internal import LinuxKernel
internal import LinuxTypes

extension ImageStore {
    /// Unpacks a layer's blob into a new directory and compares it with all that is known of it.
    func unpack(_ unpacking: LayerUnpacking) throws(ImageError) -> LayerArrival {
        began(unpacking)
        let arrival = try unpacking.run()
        ended(arrival)
        return arrival
    }

    /// Tells the observer. nil of a layer that has no digest yet: of that nothing is told.
    func began(_ unpacking: LayerUnpacking) {
        guard let layer = unpacking.layer else { return }
        observer.began(.layer(layer.diffID, size: layer.blob.size))
    }

    func ended(_ arrival: LayerArrival) {
        for (name, count) in arrival.omitted.sorted(by: { $0.key < $1.key }) {
            observer.note("left out of the layer: \(count) × \(name)")
        }
        if arrival.isNamed { observer.ended() }
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
