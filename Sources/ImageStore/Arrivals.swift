internal import Digests
internal import ImageLayers
internal import ImageSpec
internal import LinuxKernel
internal import LinuxTypes

/// Content on its way into the store: verified, in the work directory, without names. The locks of its digests are held.
struct Arrivals {
    let store: ImageStore
    let workplace: Workplace
    /// What layers may ask for that come in.
    let limits: LayerLimits
    /// Blobs and layers that came in, by digest: where they lie.
    private var blobs: [Digest: String] = [:]
    private var layers: [Digest: String] = [:]
    private(set) var layerRecords: [Digest: LayerRecord] = [:]

    init(store: ImageStore, workplace: Workplace, limits: LayerLimits = LayerLimits()) {
        self.store = store
        self.workplace = workplace
        self.limits = limits
    }

    var isEmpty: Bool { blobs.isEmpty && layers.isEmpty }

    /// A blob in the work directory that is to get its name.
    mutating func note(_ digest: Digest, at place: String) { blobs[digest] = place }

    /// A layer in the work directory that is to get its name.
    mutating func note(_ diffID: Digest, _ unpacked: LayerArrival) {
        layers[diffID] = unpacked.place
        layerRecords[diffID] = unpacked.record
    }

    /// A document whose bytes are verified already.
    mutating func add(_ document: ImageGraph.Found) throws(ImageError) {
        let descriptor = document.descriptor
        guard blobs[descriptor.digest] == nil, try !store.hasBlob(descriptor) else { return }
        let name = workplace.newName("blob")
        var writer = try BlobWriter(
            store.files, name, descriptor.digest.algorithm, limit: descriptor.size, what: descriptor.digest.description)
        try writer.write(document.bytes)
        _ = writer.finish()
        blobs[descriptor.digest] = name
    }

    /// Layers and their blobs, and payloads of signatures, as far as the store lacks them. A layer is unpacked as soon as its blob is there, while others
    /// still come in. Without a source the blobs are in the store.
    mutating func add(
        layers wanted: [ImageRecord.Layer], payloads: [Descriptor] = [], from source: (any BlobSource)?
    ) throws(ImageError) {
        var missing: [Descriptor] = []
        for blob in wanted.map(\.blob) + payloads where !missing.contains(where: { $0.digest == blob.digest }) {
            if try !store.hasBlob(blob) { missing.append(blob) }
        }
        let lacking = try lacking(wanted)
        if missing.isEmpty, lacking.isEmpty { return try prove(wanted, beside: lacking) }
        let crew = LayerCrew()
        let earlySync = try EarlySync(store.files)
        let isAbsent = Set(missing.map(\.digest)).contains
        for layer in lacking where !isAbsent(layer.blob.digest) {
            try crew.begin(unpacking(layer, of: ImageStore.blob(layer.blob.digest)))
        }
        let receiver = BlobArrival(store: store, workplace: workplace) { [self] digest, place throws(ImageError) in
            for layer in lacking where layer.blob.digest == digest {
                try crew.begin(unpacking(layer, of: place, isVerified: true))
            }
        }
        if !missing.isEmpty { try source?.deliver(missing, to: receiver) }
        for descriptor in missing where receiver.files[descriptor.digest] == nil {
            throw .missingBlob(descriptor.digest, mediaType: descriptor.mediaType)
        }
        blobs.merge(receiver.files) { old, _ in old }
        try prove(wanted, beside: lacking)
        for job in crew.jobs {
            store.began(job.unpacking)
            let arrival = try job.result()
            store.ended(arrival)
            if let layer = job.unpacking.layer { note(layer.diffID, arrival) }
        }
        try earlySync.end()
    }

    /// Blobs that are not unpacked since what they hold is there already, from another blob: each must hold just that, or it would be believed, and given out, for
    /// what it is not. What an image in the store has is proven.
    private func prove(_ wanted: [ImageRecord.Layer], beside unpacked: [ImageRecord.Layer]) throws(ImageError) {
        func pair(_ layer: ImageRecord.Layer) -> [Digest] { [layer.blob.digest, layer.diffID] }
        var proven = Set(unpacked.map(pair))
        if wanted.allSatisfy({ proven.contains(pair($0)) }) { return }
        for image in try store.images() { proven.formUnion(image.record.layers.map(pair)) }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
        defer { buffer.deallocate() }
        for layer in wanted where proven.insert(pair(layer)).inserted {
            let digest = layer.blob.digest
            let place = blobs[digest] ?? ImageStore.blob(digest)
            let file = try kernel { () throws(KernelError) in
                try store.files.open(place, [.readOnly, .noFollow, .nonblocking])
            }
            let stream = UncompressedStream(bytes(of: file.descriptor), limits: limits)
            try layer.diffID.expect(of: "the layer \(digest)") { receiver throws(ImageError) in
                while true {
                    let count = try layering("the layer \(digest)") { () throws(LayerError) in try stream.read(into: buffer) }
                    if count == 0 { break }
                    receiver.take(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                }
            }
        }
    }

    /// Those of the layers that are to be unpacked, each once.
    private func lacking(_ layers: [ImageRecord.Layer]) throws(ImageError) -> [ImageRecord.Layer] {
        var lacking: [ImageRecord.Layer] = []
        for layer in layers where !lacking.contains(where: { $0.diffID == layer.diffID }) {
            // A directory without a record is what a load left that was cut off: nobody knows what it should be.
            if try store.layerRecord(layer.diffID) != nil, try store.hasLayer(layer.diffID) { continue }
            lacking.append(layer)
        }
        return lacking
    }

    private func unpacking(_ layer: ImageRecord.Layer, of blob: String, isVerified: Bool = false) -> LayerUnpacking {
        LayerUnpacking(
            files: store.files, layer: layer, blob: blob, place: workplace.newName("layer"), limits: limits,
            isBlobVerified: isVerified)
    }

    /// Syncs everything and gives it its names.
    mutating func settle() throws(ImageError) {
        if isEmpty { return }
        store.observer.began(.sync)
        // Order: the bytes are on the disk before a name points at them.
        try kernel { () throws(KernelError) in try store.files.synchronizeFileSystem(subject: "images") }
        for (digest, place) in blobs {
            try kernel { () throws(KernelError) in try store.files.rename(place, to: ImageStore.blob(digest)) }
        }
        for (diffID, place) in layers {
            let name = ImageStore.layer(diffID)
            // What lies there is nobody's: we hold its lock, and there is no record.
            if try store.status(name) != nil {
                let waste = workplace.newName("waste")
                try kernel { () throws(KernelError) in try store.files.rename(name, to: waste) }
            }
            try kernel { () throws(KernelError) in try store.files.rename(place, to: name) }
        }
        // Order: the names are on the disk before the record says that they are.
        try store.synchronizeNames()
        store.observer.ended()
    }
}

extension ImageStore {
    /// The directories that hold names of blobs and layers.
    func synchronizeNames() throws(ImageError) {
        for part in StoreDirectory.contentParts {
            try kernel { () throws(KernelError) in
                let directory = try files.open(part, [.readOnly, .directory, .noFollow])
                try directory.descriptor.synchronize(subject: "images/" + part)
            }
        }
    }
}

/// Writes blobs from a source into the work directory, and compares them with what was wanted.
private final class BlobArrival: BlobReceiver {
    private let store: ImageStore
    private let workplace: Workplace
    private let arrived: (Digest, String) throws(ImageError) -> Void
    private var current: (descriptor: Descriptor, file: BlobFile)?
    private(set) var files: [Digest: String] = [:]

    /// Holds a writer, which cannot be copied, where a class may keep it.
    private final class BlobFile {
        let name: String
        private var writer: BlobWriter?

        init(_ writer: consuming BlobWriter) {
            name = writer.name
            self.writer = consume writer
        }

        func write(_ bytes: UnsafeRawBufferPointer) throws(ImageError) { try writer?.write(bytes) }

        func finish() -> (digest: Digest, size: Int64)? { writer.take()?.finish() }
    }

    /// `arrived` is told of each blob that is whole, and where it lies.
    init(store: ImageStore, workplace: Workplace, arrived: @escaping (Digest, String) throws(ImageError) -> Void) {
        self.store = store
        self.workplace = workplace
        self.arrived = arrived
    }

    func begin(_ descriptor: Descriptor) throws(ImageError) {
        store.observer.began(.blob(descriptor.digest, size: descriptor.size))
        let writer = try BlobWriter(
            store.files, workplace.newName("blob"), descriptor.digest.algorithm, limit: descriptor.size,
            what: "the blob \(descriptor.digest)")
        current = (descriptor, BlobFile(writer))
    }

    func take(_ bytes: UnsafeRawBufferPointer) throws(ImageError) {
        try current?.file.write(bytes)
        store.observer.advanced(by: bytes.count)
    }

    func end() throws(ImageError) {
        guard let (descriptor, file) = current, let found = file.finish() else { return }
        current = nil
        let what = "the blob \(descriptor.digest)"
        guard found.size == descriptor.size else {
            throw .sizeMismatch(what: what, expected: descriptor.size, found: found.size)
        }
        guard found.digest == descriptor.digest else {
            throw .digestMismatch(what: what, expected: descriptor.digest, found: found.digest)
        }
        files[descriptor.digest] = file.name
        store.observer.ended()
        try arrived(descriptor.digest, file.name)
    }
}
