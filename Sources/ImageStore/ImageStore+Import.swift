internal import Digests
public import ImageLayers
public import ImageSpec
public import LinuxKernel
public import LinuxTypes
import OCISpec

/// A root file system that is to become an image of one layer.
public struct ImportRequest: Sendable {
    public var name: ImageReference
    public var execution: ImageExecution
    public var platform = Platform.host
    /// What stands in the image's history.
    public var comment = "imported by hull"
    /// How much the layer may ask for.
    public var layerLimits = LayerLimits()

    public init(name: ImageReference, execution: ImageExecution) {
        self.name = name
        self.execution = execution
    }
}

extension ImageStore {
    /// Makes an image of an archive of a root file system, compressed or not; the archive itself becomes the layer's blob.
    public func importArchive(
        _ file: FileDescriptor, subject: String, _ request: ImportRequest
    ) throws(ImageError) -> LoadedImage {
        try importing(request) { receiver throws(ImageError) in try file.pass(to: receiver) }
    }

    /// Makes an image of a directory. What its tree is while it is read is what the image gets.
    public func importDirectory(_ path: HostPath, _ request: ImportRequest) throws(ImageError) -> LoadedImage {
        try importing(request) { receiver throws(ImageError) in
            var tar = TarWriter { bytes throws(ImageError) in try receiver.take(bytes) }
            try TreeArchive(path).write(to: &tar)
            try tar.finish()
        }
    }

    private func importing(
        _ request: ImportRequest, _ give: (any BlobReceiver) throws(ImageError) -> Void
    ) throws(ImageError) -> LoadedImage {
        try working { workplace throws(ImageError) in
            let place = workplace.newName("blob")
            let blob = try kernel { () throws(KernelError) in
                try files.open(place, [.readWrite, .create, .exclusive, .noFollow], permissions: 0o600)
            }
            let limit = limits.blobBytes
            let writer = FileReceiver(blob.descriptor, request.name.familiar)
            var size: Int64 = 0
            let counting = ClosureReceiver { bytes throws(ImageError) in
                size += Int64(bytes.count)
                guard size <= limit else { throw .limit("the archive has more than \(limit) bytes") }
                try writer.take(bytes)
                self.observer.advanced(by: bytes.count)
            }
            observer.began(.reading(request.name.familiar))
            try give(counting)
            observer.ended()
            let unpacked = try unpack(
                LayerUnpacking(
                    files: files, layer: nil, blob: place, place: workplace.newName("layer"), limits: request.layerLimits))
            return try finish(request, place, unpacked, workplace)
        }
    }

    private func finish(
        _ request: ImportRequest, _ place: String, _ unpacked: LayerArrival, _ workplace: Workplace
    ) throws(ImageError) -> LoadedImage {
        let summary = unpacked.stream
        let mediaType = MediaType.layer(MediaType.Compression(summary.compression))
        guard let digest = summary.digest else { preconditionFailure("a new archive without a digest") }
        let blob = Descriptor(mediaType: mediaType, digest: digest, size: Int64(summary.size))
        let now = Self.now()
        let configuration = ImageConfiguration(
            platform: request.platform, created: now, execution: request.execution, diffIDs: [summary.diffID],
            history: [ImageHistoryEntry(created: now, comment: request.comment)])
        let config = ImageGraph.Found(configuration.json(), .configuration)
        let manifest = ImageGraph.Found(ImageManifest(config: config.descriptor, layers: [blob]).json(), .manifest)
        let layer = ImageRecord.Layer(blob: blob, diffID: summary.diffID)
        let content = [blob, config.descriptor, manifest.descriptor].map(\.digest) + [summary.diffID]
        try lock(content)
        defer { locks.releaseAll() }
        var arrivals = Arrivals(store: self, workplace: workplace, limits: request.layerLimits)
        try arrivals.adopt(blob: blob, at: place)
        try arrivals.adopt(layer: layer, unpacked)
        try arrivals.add(config)
        try arrivals.add(manifest)
        try arrivals.settle()
        let record = ImageRecord(
            manifest: manifest.descriptor, config: config.descriptor, layers: [layer], indexes: [], platform: request.platform,
            created: now, loaded: now)
        try self.record(record, names: [request.name.description], layers: arrivals.layerRecords)
        return LoadedImage(record: record, names: [request.name.description], wasPresent: false)
    }
}

extension Arrivals {
    /// A blob that lies in the work directory, hashed already.
    mutating func adopt(blob: Descriptor, at place: String) throws(ImageError) {
        if try !store.hasBlob(blob) { note(blob.digest, at: place) }
    }

    /// A layer that is unpacked already.
    mutating func adopt(layer: ImageRecord.Layer, _ unpacked: LayerArrival) throws(ImageError) {
        if try store.layerRecord(layer.diffID) != nil, try store.hasLayer(layer.diffID) { return }
        note(layer.diffID, unpacked)
    }
}
