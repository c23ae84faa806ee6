internal import Digests
internal import ImageLayers
internal import ImageSpec
public import LinuxKernel
public import LinuxTypes
import OCISpec
internal import StrictTree

/// The shape of what `save` writes.
public enum SaveFormat: String, CaseIterable, Hashable, Sendable {
    /// An OCI image layout in a directory.
    case layoutDirectory = "oci-dir"
    /// An OCI image layout in a tar.
    case layoutArchive = "oci-archive"
    /// What `docker load` reads: layers uncompressed.
    case dockerArchive = "docker-archive"
}

extension ImageStore {
    /// Writes images into a layout in a new directory; blobs are what came in, bit by bit. `signatures`: with those that lie beside them.
    public func save(_ names: [String], directory: HostPath, signatures: Bool = false) throws(ImageError) {
        let images = try chosen(names, signatures)
        try writeLayout(images, DirectorySink(directory))
    }

    /// Writes images into an archive, to a file or pipe that is open for writing.
    public func save(
        _ names: [String], archive: FileDescriptor, subject: String, format: SaveFormat, signatures: Bool = false
    ) throws(ImageError) {
        let images = try chosen(names, signatures)
        let sink = ArchiveSink { bytes throws(ImageError) in
            try kernel { () throws(KernelError) in try archive.writeAll(bytes, subject: subject) }
        }
        if format == .dockerArchive {
            try working { workplace throws(ImageError) in try writeDocker(images, sink, workplace) }
        } else {
            try writeLayout(images, sink)
        }
    }

    /// Each image once, with the names that were asked for.
    private func chosen(_ names: [String], _ signatures: Bool) throws(ImageError) -> [StoredImage] {
        var chosen: [StoredImage] = []
        for text in names {
            var image = try image(text)
            if let name = Self.wholeName(text), image.names.contains(name) { image.names = [name] }
            if let at = chosen.firstIndex(where: { $0.record.digest == image.record.digest }) {
                chosen[at].names += image.names.filter { !chosen[at].names.contains($0) }
            } else {
                chosen.append(image)
            }
        }
        guard signatures else { return chosen }
        let all = try images()
        for artifact in chosen.flatMap({ $0.signatures(in: all) })
        where !chosen.contains(where: { $0.record.digest == artifact.record.digest }) {
            chosen.append(artifact)
        }
        return chosen
    }

    private func writeLayout(_ images: [StoredImage], _ sink: any ExportSink) throws(ImageError) {
        try sink.add("oci-layout", ImageDocument.layout)
        try sink.addDirectory("blobs")
        var algorithms: Set<DigestAlgorithm> = []
        var written: Set<Digest> = []
        for image in images {
            let record = image.record
            for blob in record.content where written.insert(blob.digest).inserted {
                if algorithms.insert(blob.digest.algorithm).inserted {
                    try sink.addDirectory("blobs/" + blob.digest.algorithm.rawValue)
                }
                try addBlob(blob, "blobs/" + blob.digest.fileName, sink)
            }
        }
        // Order: last, so that a layout that was cut off is none.
        try sink.add("index.json", try layoutIndex(images).json())
        try sink.finish()
    }

    private func addBlob(_ blob: Descriptor, _ path: String, _ sink: any ExportSink) throws(ImageError) {
        let file = try openBlob(blob)
        observer.began(.blob(blob.digest, size: blob.size))
        // Order: before anything of it goes out. What has changed in the store is no longer the image.
        try blob.digest.expect(of: "blob \(blob.digest)") { receiver throws(ImageError) in
            try file.descriptor.pass(from: 0, count: blob.size, to: receiver, subject: path)
        }
        try sink.add(path, file.descriptor, size: blob.size)
        observer.advanced(by: Int(blob.size))
        observer.ended()
    }

    /// An entry for each name, as containerd writes them: the tag for those who know tags, the whole name beside it. Where two tags are the same, both
    /// entries have the whole name.
    private func layoutIndex(_ images: [StoredImage]) throws(ImageError) -> ImageIndex {
        var names: [ImageReference] = []
        for name in images.flatMap(\.names) { names.append(try Self.reference(name)) }
        var entries: [Descriptor] = []
        for image in images {
            var entry = image.record.manifest
            if !image.record.isSignature { entry.platform = image.record.platform }
            if image.names.isEmpty { entries.append(entry) }
            for name in image.names {
                let reference = try Self.reference(name)
                let isUnique = names.filter { $0.tag == reference.tag }.count == 1
                entry.annotations = [
                    LayoutIndex.containerdName: name,
                    LayoutIndex.referenceName: isUnique ? reference.tag ?? name : name,
                ]
                entries.append(entry)
            }
        }
        return ImageIndex(manifests: entries)
    }

    private func writeDocker(_ images: [StoredImage], _ sink: any ExportSink, _ workplace: Workplace) throws(ImageError) {
        var written: Set<Digest> = []
        var entries: [DockerArchiveEntry] = []
        for image in images {
            let record = image.record
            guard !record.isSignature else { throw .notAnImage("docker archives have no place for signatures") }
            for layer in record.layers where written.insert(layer.diffID).inserted {
                try addUncompressed(layer, sink, workplace)
            }
            if written.insert(record.config.digest).inserted {
                try addBlob(record.config, record.config.digest.hex + ".json", sink)
            }
            var familiar: [String] = []
            for name in image.names { familiar.append(try Self.reference(name).familiar) }
            entries.append(
                DockerArchiveEntry(
                    config: record.config.digest.hex + ".json", repoTags: familiar,
                    layers: record.layers.map { $0.diffID.hex + ".tar" }))
        }
        var json = JSONWriter()
        json.array { json in
            for entry in entries { json.object { entry.writeMembers(to: &$0) } }
        }
        try sink.add("manifest.json", json.bytes)
        try sink.finish()
    }

    /// Docker's archive has layers as plain tars, whose size stands before them: a compressed one is first unpacked into the work directory.
    private func addUncompressed(_ layer: ImageRecord.Layer, _ sink: any ExportSink, _ workplace: Workplace) throws(ImageError) {
        let path = layer.diffID.hex + ".tar"
        if layer.blob.digest == layer.diffID { return try addBlob(layer.blob, path, sink) }
        let plain = try Spool(store: self, workplace: workplace, limits: .admitted).plain(openBlob(layer.blob), name: path)
        let size = try Self.size(of: plain)
        try layer.diffID.expect(of: "layer \(layer.blob.digest)") { receiver throws(ImageError) in
            try plain.descriptor.pass(from: 0, count: size, to: receiver, subject: path)
        }
        try sink.add(path, plain.descriptor, size: size)
    }
}
