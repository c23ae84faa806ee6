internal import Digests
internal import ImageSpec
internal import StrictTree

/// An image of a source, found through its indexes: all its documents, verified, and what they name.
struct ImageGraph {
    /// Documents to be stored as they are.
    struct Found {
        var descriptor: Descriptor
        var bytes: [UInt8]
    }

    var indexes: [Found] = []
    var manifest: Found
    var config: Found
    var layers: [ImageRecord.Layer] = []
    /// Of signatures: blobs that are stored as they are.
    var payloads: [Descriptor] = []
    var platform: Platform
    var created: String?

    var documents: [Found] { indexes + [manifest, config] }

    /// Goes from a manifest or an index to the image for a platform.
    static func find(
        _ root: Descriptor, for platform: Platform, in source: any BlobSource, _ limits: ImageLimits
    ) throws(ImageError) -> ImageGraph {
        var indexes: [Found] = []
        var descriptor = root
        while descriptor.mediaType.kind == .index {
            guard indexes.count < limits.indexDepth else {
                throw .limit("more than \(limits.indexDepth) indexes inside each other")
            }
            // By digest a loop is not possible, unless somebody breaks the hash: then the depth ends it.
            let found = Found(descriptor: descriptor, bytes: try document(descriptor, source, limits))
            let index = try decoding("the index \(descriptor.digest)") { () throws(TreeError) in
                try ImageDocument.index(found.bytes, limits: limits)
            }
            indexes.append(found)
            guard let entry = index.entry(for: platform) else {
                throw .noPlatform(wanted: platform, offered: index.platforms)
            }
            descriptor = entry
        }
        guard descriptor.mediaType.kind == .manifest else {
            throw .notAnImage("it is described as '\(descriptor.mediaType)'")
        }
        return try image(descriptor, indexes, platform, source, limits)
    }

    private static func image(
        _ descriptor: Descriptor, _ indexes: [Found], _ platform: Platform, _ source: any BlobSource, _ limits: ImageLimits
    ) throws(ImageError) -> ImageGraph {
        let bytes = try document(descriptor, source, limits)
        let manifest = try decoding("the manifest \(descriptor.digest)") { () throws(TreeError) in
            try ImageDocument.manifest(bytes, limits: limits)
        }
        if manifest.isSignature { return try signature(descriptor, bytes, manifest, source, limits) }
        guard manifest.isImage else {
            throw .notAnImage(
                manifest.artifactType.map { "it is an artifact of type '\($0)'" }
                    ?? "its configuration is of type '\(manifest.config.mediaType)'")
        }
        let config = Found(descriptor: manifest.config, bytes: try document(manifest.config, source, limits))
        let configuration = try decoding("the configuration \(manifest.config.digest)") { () throws(TreeError) in
            try ImageDocument.configuration(config.bytes, limits: limits)
        }
        guard platform.distance(to: configuration.platform) != nil else {
            throw .noPlatform(wanted: platform, offered: [configuration.platform])
        }
        return ImageGraph(
            indexes: indexes, manifest: Found(descriptor: descriptor, bytes: bytes), config: config,
            layers: try pair(manifest.layers, configuration.diffIDs, limits), platform: configuration.platform,
            created: configuration.created)
    }

    /// Signatures of an image. Nothing is unpacked, and no platform is theirs; what they are worth is asked when somebody wants to use the image.
    private static func signature(
        _ descriptor: Descriptor, _ bytes: [UInt8], _ manifest: ImageManifest, _ source: any BlobSource, _ limits: ImageLimits
    ) throws(ImageError) -> ImageGraph {
        let config = Found(descriptor: manifest.config, bytes: try document(manifest.config, source, limits))
        for layer in manifest.layers where layer.size > Int64(limits.documentBytes) {
            throw .limit("the signature \(layer.digest) has \(layer.size) bytes, more than \(limits.documentBytes)")
        }
        return ImageGraph(
            indexes: [], manifest: Found(descriptor: descriptor, bytes: bytes), config: config, payloads: manifest.layers,
            platform: .unknown)
    }

    /// Each layer's blob with the digest of what is in it.
    private static func pair(
        _ blobs: [Descriptor], _ diffIDs: [Digest], _ limits: ImageLimits
    ) throws(ImageError) -> [ImageRecord.Layer] {
        guard blobs.count == diffIDs.count else {
            throw .notAnImage("its manifest has \(blobs.count) layers, its configuration \(diffIDs.count)")
        }
        var layers: [ImageRecord.Layer] = []
        for (blob, diffID) in zip(blobs, diffIDs) {
            guard case .layer = blob.mediaType.kind else {
                throw .notAnImage("a layer of type '\(blob.mediaType)' cannot be unpacked")
            }
            guard blob.size <= limits.blobBytes else {
                throw .limit("the layer \(blob.digest) has \(blob.size) bytes, more than \(limits.blobBytes)")
            }
            layers.append(ImageRecord.Layer(blob: blob, diffID: diffID))
        }
        return layers
    }

    private static func document(
        _ descriptor: Descriptor, _ source: any BlobSource, _ limits: ImageLimits
    ) throws(ImageError) -> [UInt8] {
        try ImageStore.verified(descriptor, limits: limits) { limit throws(ImageError) in
            try source.document(descriptor, limit: limit)
        }
    }
}
