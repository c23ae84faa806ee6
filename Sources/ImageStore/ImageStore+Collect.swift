internal import Digests
internal import ImageSpec
internal import Journal
internal import LinuxKernel
internal import LinuxTypes

/// What the directories of a store hold, by the names there.
struct StoreContents {
    var blobs: Set<Digest> = []
    var layers: Set<Digest> = []
    /// Names that are none of ours, relative to the store.
    var foreign: [String] = []
}

extension ImageStore {
    /// Reads the names of all blobs and layers.
    func contents() throws(ImageError) -> StoreContents {
        var contents = StoreContents()
        for algorithm in DigestAlgorithm.allCases {
            contents.blobs.formUnion(try digests("blobs", algorithm, &contents.foreign))
            contents.layers.formUnion(try digests("layers", algorithm, &contents.foreign))
        }
        return contents
    }

    private func digests(
        _ part: String, _ algorithm: DigestAlgorithm, _ foreign: inout [String]
    ) throws(ImageError) -> [Digest] {
        var digests: [Digest] = []
        let directory = part + "/" + algorithm.rawValue
        for entry in try entries(directory) {
            if let digest = Self.digest(algorithm.rawValue + ":" + entry) {
                digests.append(digest)
            } else {
                foreign.append(directory + "/" + entry)
            }
        }
        return digests
    }

    /// Empty where there is no such directory.
    private func entries(_ part: String) throws(ImageError) -> [String] {
        do throws(KernelError) {
            let directory = try files.open(part, [.readOnly, .directory, .noFollow])
            return try directory.descriptor.directoryEntries()
        } catch {
            if error.errno == .ENOENT { return [] }
            throw .kernel(error)
        }
    }

    /// What images name: blobs, and diff ids of layers.
    static func named(by images: [StoredImage]) -> (blobs: Set<Digest>, layers: Set<Digest>) {
        (
            Set(images.flatMap { $0.record.blobs.map(\.digest) }),
            Set(images.flatMap { $0.record.layers.map(\.diffID) })
        )
    }

    func collectAll(into workplace: Workplace) throws(ImageError) {
        var removal = Removal()
        try collectAll(into: workplace, &removal)
    }

    /// Moves what no image names into a work directory, which is removed afterwards: that may take long and keeps nobody waiting.
    ///
    /// Content whose lock somebody holds is being loaded, and left alone. Order: first the locks, then a look at the records, so that nobody can
    /// come to need what is moved.
    func collectAll(into workplace: Workplace, _ removal: inout Removal) throws(ImageError) {
        let contents = try contents()
        let before = Self.named(by: try images())
        var blobs: [Digest] = []
        var layers: [Digest] = []
        for digest in contents.blobs.subtracting(before.blobs) where try locks.tryTake(digest) { blobs.append(digest) }
        let records = try layerRecords()
        let unneeded = contents.layers.union(records.keys).subtracting(before.layers)
        for digest in unneeded where try locks.tryTake(digest) { layers.append(digest) }
        defer { locks.releaseAll() }
        if blobs.isEmpty, layers.isEmpty { return }
        let now = Self.named(by: try images())
        for digest in blobs where !now.blobs.contains(digest) {
            removal.blobBytes += try status(Self.blob(digest))?.size ?? 0
            try discard(Self.blob(digest), into: workplace)
        }
        let waste = layers.filter { !now.layers.contains($0) }
        // Order: the record first. A layer without one is unpacked anew; a record without a layer would be believed.
        try commit(waste.filter { records[$0] != nil }.map { .delete(.key(StoreKeys.layer($0))) })
        for digest in waste where contents.layers.contains(digest) {
            removal.layers += 1
            try discard(Self.layer(digest), into: workplace)
        }
    }

    /// Takes a name from something; it is removed with the work directory.
    func discard(_ name: String, into workplace: Workplace) throws(ImageError) {
        let waste = workplace.newName("waste")
        do throws(KernelError) { try files.rename(name, to: waste) } catch {
            if error.errno != .ENOENT { throw .kernel(error) }
        }
    }
}
