internal import Digests
internal import ImageSpec
internal import Journal
internal import LinuxKernel

/// Brings the images of a source into the store.
///
/// The order of it, for each image: documents are read and verified; the locks of all its content are taken; blobs that are missing come in and are
/// verified; layers that are missing are unpacked and compared with their diff ids; all is synced; blobs and layers get their names; the directories are
/// synced; one durable transaction records the image and its names. Cut off anywhere, what has no record yet is found and removed by the next command.
struct Loader {
    let store: ImageStore
    let source: any BlobSource
    let request: LoadRequest
    let workplace: Workplace

    func load() throws(ImageError) -> [LoadedImage] {
        let chosen = try choose(try source.images())
        var loaded: [LoadedImage] = []
        for image in chosen {
            let graph = try ImageGraph.find(image.descriptor, for: request.platform, in: source, store.limits)
            guard !image.isSignature || !graph.payloads.isEmpty else {
                throw .notAnImage("'\(image.names.first ?? "")' is called as signatures are, and holds none")
            }
            let names = graph.payloads.isEmpty ? try names(of: image) : try signatureNames(of: image, graph)
            loaded.append(try load(graph, names: names))
        }
        return loaded
    }

    /// Of entries with one name the one that serves the platform best, as in an index.
    private func choose(_ images: [SourceImage]) throws(ImageError) -> [SourceImage] {
        let known = images.filter { $0.descriptor.mediaType.kind == .manifest || $0.descriptor.mediaType.kind == .index }
        guard !known.isEmpty else { throw .unknownSource("there is no image in '\(source.name)'") }
        // Signatures are beside images, never instead of one: not even where they have its name.
        let signatures = known.filter(\.isSignature)
        var groups: [[SourceImage]] = []
        for image in known where !image.isSignature {
            let at = groups.firstIndex { group in
                // Nameless ones of one platform are different images.
                group[0].names == image.names
                    && !(image.names.isEmpty && group.contains { $0.descriptor.platform == image.descriptor.platform })
            }
            if let at {
                groups[at].append(image)
            } else {
                groups.append([image])
            }
        }
        var chosen: [SourceImage] = []
        for group in groups {
            // Nameless ones may be different images; with platforms they are one.
            if group.count == 1 || group.contains(where: { $0.descriptor.platform == nil }) {
                chosen += group
                continue
            }
            let index = ImageIndex(manifests: group.map(\.descriptor))
            guard let entry = index.entry(for: request.platform) else {
                throw .noPlatform(wanted: request.platform, offered: index.platforms)
            }
            chosen += group.filter { $0.descriptor == entry }.prefix(1)
        }
        guard request.name == nil || chosen.count == 1 else {
            throw .unknownSource("'\(source.name)' has \(chosen.count) images: one name cannot stand for all of them")
        }
        return chosen + signatures
    }

    /// Whole names of what the source says. One that is none is told and left out: the image is good all the same.
    func names(of image: SourceImage) throws(ImageError) -> [String] {
        if let name = request.name { return [name.description] }
        var names: [String] = []
        for text in image.names {
            let isTag = !text.utf8.contains { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: ":") }
            let whole = isTag ? request.family.map { $0 + ":" + text } : text
            guard let whole else {
                store.observer.note("'\(text)' is a tag without a name: give the image one with --name")
                continue
            }
            do throws(ReferenceError) {
                let reference = try ImageReference(whole)
                // A name with a digest points to that digest and nothing else: there is nothing to record.
                if reference.digest == nil { names.append(reference.description) }
            } catch {
                store.observer.note("'\(text)' is no name of an image: \(error)")
            }
        }
        return names
    }

    private func load(_ graph: ImageGraph, names: [String]) throws(ImageError) -> LoadedImage {
        let blobs = graph.documents.map(\.descriptor) + graph.layers.map(\.blob) + graph.payloads
        let content = blobs.map(\.digest) + graph.layers.map(\.diffID)
        try store.lock(content, patience: request.patience)
        defer { store.locks.releaseAll() }
        var arrivals = Arrivals(store: store, workplace: workplace, limits: request.layerLimits)
        for document in graph.documents { try arrivals.add(document) }
        let layers = graph.layers.map { ImageRecord.Layer(blob: $0.blob, diffID: $0.diffID) }
        try arrivals.add(layers: layers, payloads: graph.payloads, from: source)
        let record = record(graph)
        let isKnown = try isRecorded(record, names)
        if arrivals.isEmpty, isKnown { return LoadedImage(record: record, names: names, wasPresent: true) }
        try arrivals.settle()
        try store.record(record, names: names, layers: arrivals.layerRecords)
        return LoadedImage(record: record, names: names, wasPresent: false)
    }

    private func record(_ graph: ImageGraph) -> ImageRecord {
        var record = ImageRecord(
            manifest: graph.manifest.descriptor.plain, config: graph.config.descriptor.plain,
            layers: graph.layers.map { ImageRecord.Layer(blob: $0.blob.plain, diffID: $0.diffID) },
            indexes: graph.indexes.map(\.descriptor.plain), platform: graph.platform,
            created: graph.created, loaded: ImageStore.now())
        record.payloads = graph.payloads.map(\.plain)
        return record
    }

    private func isRecorded(_ record: ImageRecord, _ names: [String]) throws(ImageError) -> Bool {
        guard let image = try store.images().first(where: { $0.record.digest == record.digest }) else { return false }
        return names.allSatisfy(image.names.contains)
            && Set(record.indexes.map(\.digest)).isSubset(of: image.record.indexes.map(\.digest))
    }
}

extension Descriptor {
    /// Without what others said of it.
    var plain: Descriptor { Descriptor(mediaType: mediaType, digest: digest, size: size) }
}
