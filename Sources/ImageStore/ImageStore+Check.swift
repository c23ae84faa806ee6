public import Digests
internal import ImageLayers
internal import ImageSpec
internal import Journal
internal import LinuxKernel
internal import LinuxTypes
import OCISpec

/// Something that is wrong with a store of images.
public enum ImageFinding: Hashable, Sendable, CustomStringConvertible {
    /// A blob that an image names is not there.
    case missingBlob(Digest, image: Digest)
    /// A blob whose bytes are not those that it was named for.
    case damagedBlob(Digest)
    /// A layer that an image names is not unpacked.
    case missingLayer(Digest, image: Digest)
    /// A layer whose tree is not what it was when it was unpacked.
    case damagedLayer(Digest)
    /// A name that points to an image that there is not.
    case danglingName(String, Digest)
    /// What no image names: what a load left that was cut off, until a command comes that changes the store.
    case unneededBlob(Digest)
    case unneededLayer(Digest)
    /// A file that is none of the store's.
    case foreign(String)

    public var description: String {
        switch self {
        case .missingBlob(let digest, let image): "blob \(digest) of image \(image.short) is missing"
        case .damagedBlob(let digest): "blob \(digest) is damaged"
        case .missingLayer(let digest, let image): "layer \(digest) of image \(image.short) is not unpacked"
        case .damagedLayer(let digest): "the tree of layer \(digest) was changed"
        case .danglingName(let name, let digest): "name '\(name)' points to \(digest), which is not there"
        case .unneededBlob(let digest): "blob \(digest) belongs to no image"
        case .unneededLayer(let digest): "layer \(digest) belongs to no image"
        case .foreign(let name): "'\(name)' does not belong here"
        }
    }

    /// Whether something that was promised is lost. The others take space.
    public var isDamage: Bool {
        switch self {
        case .missingBlob, .damagedBlob, .missingLayer, .damagedLayer, .danglingName: true
        case .unneededBlob, .unneededLayer, .foreign: false
        }
    }
}

/// What `repair` did about a finding.
public enum RepairOutcome: String, Hashable, Sendable {
    case repaired
    /// Removed: what it held comes back with the next load.
    case removed
    /// Only a load of the image mends it.
    case needsLoad = "load the image again"
    /// Somebody uses the image.
    case inUse = "in use"
    case left = "left alone"
}

extension ImageStore {
    /// Reads every blob again, and compares every layer with its blob, unpacked once more beside it. Changes nothing.
    public func check() throws(ImageError) -> [ImageFinding] {
        let workplace = try Workplace.make(files, locks)
        let findings: [ImageFinding]
        do throws(ImageError) { findings = try check(workplace) } catch {
            cleanUp(workplace, collects: false)
            throw error
        }
        cleanUp(workplace, collects: false)
        return findings
    }

    private func check(_ workplace: Workplace) throws(ImageError) -> [ImageFinding] {
        let images = try images()
        let contents = try contents()
        let named = Self.named(by: images)
        var findings: [ImageFinding] = []
        for (name, digest) in try names() where !images.contains(where: { $0.record.digest == digest }) {
            findings.append(.danglingName(name, digest))
        }
        var seen: Set<Digest> = []
        var sound: Set<Digest> = []
        for image in images {
            for blob in image.record.blobs where seen.insert(blob.digest).inserted {
                if let finding = try check(blob, of: image.record.digest) {
                    findings.append(finding)
                } else {
                    sound.insert(blob.digest)
                }
            }
        }
        seen = []
        for image in images {
            for layer in image.record.layers where seen.insert(layer.diffID).inserted {
                if let finding = try check(layer, of: image.record.digest, isSound: sound.contains(layer.blob.digest), workplace)
                {
                    findings.append(finding)
                }
            }
        }
        // A load that is under way has names before it has a record: its locks tell.
        for digest in contents.blobs.subtracting(named.blobs).sorted() where try isNobodys(digest) {
            findings.append(.unneededBlob(digest))
        }
        for digest in contents.layers.subtracting(named.layers).sorted() where try isNobodys(digest) {
            findings.append(.unneededLayer(digest))
        }
        return findings + contents.foreign.sorted().map { .foreign($0) }
    }

    private func isNobodys(_ digest: Digest) throws(ImageError) -> Bool {
        guard try locks.tryTake(digest) else { return false }
        locks.release(digest)
        return true
    }

    private func check(_ blob: Descriptor, of image: Digest) throws(ImageError) -> ImageFinding? {
        guard let file = try openBlob(blob.digest) else { return .missingBlob(blob.digest, image: image) }
        guard try Self.size(of: file) == blob.size else { return .damagedBlob(blob.digest) }
        observer.began(.blob(blob.digest, size: blob.size))
        let receiver = DigestReceiver(blob.digest.algorithm, observer)
        try file.descriptor.pass(to: receiver)
        observer.ended()
        return receiver.digest() == blob.digest ? nil : .damagedBlob(blob.digest)
    }

    private func check(
        _ layer: ImageRecord.Layer, of image: Digest, isSound: Bool, _ workplace: Workplace
    ) throws(ImageError) -> ImageFinding? {
        guard try layerRecord(layer.diffID) != nil, try hasLayer(layer.diffID) else {
            return .missingLayer(layer.diffID, image: image)
        }
        // Without its blob nobody knows what a layer should be; that the blob is gone or damaged is said already.
        guard isSound else { return nil }
        let wanted: Digest
        // Order: behind the blob's digest, for it is unpacked without limits.
        do throws(ImageError) { wanted = try unpackedTree(of: layer, workplace) } catch {
            switch error {
            // Its bytes are what their digest says, and not what the image says that they hold.
            case .digestMismatch, .layer: return .damagedBlob(layer.blob.digest)
            default: throw error
            }
        }
        return try treeDigest(Self.layer(layer.diffID) + Self.tree) == wanted ? nil : .damagedLayer(layer.diffID)
    }

    /// Checks, and mends what can be mended: a layer is unpacked again from its blob, a blob that is damaged is removed so that the next load
    /// brings it back, a name that points nowhere is removed, and so is what no image names.
    public func repair() throws(ImageError) -> [(finding: ImageFinding, outcome: RepairOutcome)] {
        try working { workplace throws(ImageError) in
            var outcomes: [(ImageFinding, RepairOutcome)] = []
            try dropDeadBundles()
            // Order: blobs are judged before layers are unpacked from them, as `check` lists them.
            for finding in try check(workplace) { outcomes.append((finding, try repair(finding, workplace))) }
            try collectAll(into: workplace)
            return outcomes
        }
    }

    private func repair(_ finding: ImageFinding, _ workplace: Workplace) throws(ImageError) -> RepairOutcome {
        switch finding {
        case .missingBlob: return .needsLoad
        case .damagedBlob(let digest):
            guard try locks.tryTake(digest) else { return .inUse }
            defer { locks.release(digest) }
            try discard(Self.blob(digest), into: workplace)
            return .needsLoad
        case .missingLayer(let diffID, _): return try unpackAgain(diffID, workplace)
        case .damagedLayer(let diffID):
            let images = try images().filter { $0.record.layers.contains { $0.diffID == diffID } }
            // What is mounted must not change under its users.
            guard images.allSatisfy(\.users.isEmpty) else { return .inUse }
            return try unpackAgain(diffID, workplace)
        case .danglingName(let name, let digest):
            let key = StoreKeys.name(name)
            let transaction = Transaction(
                if: [Comparison(.key(key), .value(NameRecord(digest: digest).json())), .isAbsent(StoreKeys.image(digest))],
                then: [.delete(.key(key))])
            _ = try journaling { () throws(JournalError) in try journal.commit(transaction, .durable) }
            return .removed
        case .unneededBlob, .unneededLayer: return .removed
        case .foreign: return .left
        }
    }

    private func unpackAgain(_ diffID: Digest, _ workplace: Workplace) throws(ImageError) -> RepairOutcome {
        let images = try images()
        guard try locks.tryTake(diffID) else { return .inUse }
        defer { locks.release(diffID) }
        for image in images {
            guard let layer = image.record.layers.first(where: { $0.diffID == diffID }) else { continue }
            // Order: before it is unpacked, which happens without limits.
            guard try check(layer.blob, of: image.record.digest) == nil else { continue }
            try commit([.delete(.key(StoreKeys.layer(diffID)))])
            var arrivals = Arrivals(store: self, workplace: workplace, limits: .admitted)
            do throws(ImageError) { try arrivals.add(layers: [layer], from: nil) } catch {
                observer.note("\(error)")
                continue
            }
            try arrivals.settle()
            try commit(arrivals.layerRecords.map { .put(StoreKeys.layer($0.key), value: $0.value.json()) })
            return .repaired
        }
        return .needsLoad
    }
}

extension Set<Digest> {
    func sorted() -> [Digest] { sorted { $0.description < $1.description } }
}

/// Computes a digest and keeps nothing.
final class DigestReceiver: BlobReceiver {
    private var hasher: Digest.Hasher
    private let observer: (any LoadObserver)?

    init(_ algorithm: DigestAlgorithm = .sha256, _ observer: (any LoadObserver)? = nil) {
        hasher = Digest.Hasher(algorithm)
        self.observer = observer
    }

    func begin(_ descriptor: Descriptor) {}

    func take(_ bytes: UnsafeRawBufferPointer) {
        hasher.update(bytes)
        observer?.advanced(by: bytes.count)
    }

    func end() {}

    /// Of all that came; then it begins anew.
    func digest() -> Digest {
        var finished = Digest.Hasher(hasher.algorithm)
        swap(&finished, &hasher)
        return finished.finish()
    }
}

extension Digest {
    /// Throws `digestMismatch` where what `feed` passes on has another digest.
    func expect(of what: String, _ feed: (DigestReceiver) throws(ImageError) -> Void) throws(ImageError) {
        let receiver = DigestReceiver(algorithm)
        try feed(receiver)
        let found = receiver.digest()
        guard found == self else { throw .digestMismatch(what: what, expected: self, found: found) }
    }
}
