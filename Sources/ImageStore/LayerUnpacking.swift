internal import Digests
internal import ImageLayers
internal import ImageSpec
internal import LinuxKernel
internal import LinuxTypes

/// A layer's blob that is to be unpacked into a new directory of a work directory. May be done in any thread.
struct LayerUnpacking: Sendable {
    /// The store, open as long as this is used.
    let files: FileDescriptor
    /// What is known of it; nil of an archive that is new and has no name yet.
    let layer: ImageRecord.Layer?
    /// Relative to the store.
    let blob: String
    let place: String
    let limits: LayerLimits
    /// Whether the blob has just been compared with its digest, as it was written. What comes out of it is compared with the diff id all the same.
    var isBlobVerified = false

    /// Unpacks it and compares it with all that is known. Whoever gives up gets an error at the next read.
    func run(_ isGivenUp: Flag? = nil) throws(ImageError) -> LayerArrival {
        let arrival = try unpack(isGivenUp)
        guard let layer else { return arrival }
        let what = "layer \(layer.blob.digest)"
        // A blob that lay on the disk may have changed since it came.
        if let found = arrival.stream.digest, found != layer.blob.digest {
            throw .digestMismatch(what: what, expected: layer.blob.digest, found: found)
        }
        guard arrival.stream.diffID == layer.diffID else {
            throw .digestMismatch(what: "the content of \(what)", expected: layer.diffID, found: arrival.stream.diffID)
        }
        return arrival
    }

    private func unpack(_ isGivenUp: Flag?) throws(ImageError) -> LayerArrival {
        try kernel { () throws(KernelError) in
            try files.makeDirectory(place, permissions: 0o700)
            try files.makeDirectory(place + ImageStore.tree, permissions: 0o755)
        }
        let tree = try kernel { () throws(KernelError) in
            try files.open(place + ImageStore.tree, [.readOnly, .directory, .noFollow])
        }
        let archive = try kernel { () throws(KernelError) in try files.open(blob, [.readOnly, .noFollow, .nonblocking]) }
        var options = UnpackOptions()
        options.limits = limits
        if let layer {
            options.digest = isBlobVerified ? nil : layer.blob.digest.algorithm
            options.diffID = layer.diffID.algorithm
        }
        let unpacked: UnpackedLayer
        do throws(LayerError) {
            unpacked = try LayerUnpacker.unpack(
                Self.bytes(of: archive.descriptor, until: isGivenUp), into: tree.descriptor, options: options)
        } catch {
            throw (layer?.blob.digest).map { .layer($0, error) } ?? .archive("the archive", error)
        }
        let record = LayerRecord(bytes: unpacked.fileBytes, entries: unpacked.entries)
        return LayerArrival(
            place: place, record: record, stream: unpacked.stream, omitted: unpacked.omitted, isNamed: layer != nil)
    }

    private static func bytes(of file: FileDescriptor, until isGivenUp: Flag?) -> ByteSource {
        let source = ImageLayers.bytes(of: file)
        guard let isGivenUp else { return source }
        return { buffer throws(LayerError) in
            if isGivenUp.isSet { throw .source(reason: "given up, because another part of the image failed") }
            return try source(buffer)
        }
    }
}

/// A layer that lies unpacked in a work directory.
struct LayerArrival: Sendable {
    /// Relative to the store; the tree is `tree` below it.
    var place: String
    var record: LayerRecord
    var stream: StreamSummary
    /// What the archive has and the tree has not, and how often.
    var omitted: [String: UInt64]
    /// Whether it was known by digests before.
    var isNamed: Bool
}

extension ImageError {
    fileprivate static func layer(_ digest: Digest, _ error: LayerError) -> ImageError {
        fullDisk(error) ?? .layer(digest, reason: "\(error)")
    }

    static func archive(_ name: String, _ error: LayerError) -> ImageError {
        fullDisk(error) ?? .archive(name, reason: "\(error)")
    }

    /// A full disk is no fault of the archive's. nil for any other error.
    private static func fullDisk(_ error: LayerError) -> ImageError? {
        guard case .kernel(let cause, _, _) = error, cause.errno == .ENOSPC || cause.errno == .EDQUOT else { return nil }
        return .kernel(cause)
    }
}
