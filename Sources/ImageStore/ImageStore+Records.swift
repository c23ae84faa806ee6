public import Digests
public import ImageSpec
internal import Journal
internal import LinuxKernel
import OCISpec
internal import StrictTree

/// An image with what points to it.
public struct StoredImage: Sendable {
    public var record: ImageRecord
    /// Whole names, in order.
    public var names: [String]
    /// The keys of its users: pods, mounts.
    public var users: [String]
    /// When the record was written last, for a comparison.
    var revision: Revision
}

extension ImageStore {
    /// All images, in the order of their digests.
    public func images() throws(ImageError) -> [StoredImage] {
        let answer = try range(StoreKeys.images)
        var images: [StoredImage] = []
        for keyValue in answer {
            let rest = StoreKeys.rest(keyValue.key, behind: StoreKeys.images)
            if let slash = rest.utf8.firstIndex(of: UInt8(ascii: "/")) {
                let name = rest[slash...].dropFirst("/users/".utf8.count)
                // A user of an older boot that was recorded for that boot only is gone.
                if !keyValue.isFromEarlierBoot, images.last?.record.digest.description == String(rest[..<slash]) {
                    images[images.count - 1].users.append(String(name))
                }
                continue
            }
            images.append(
                StoredImage(
                    record: try read(keyValue, "the record of image \(rest)"), names: [], users: [],
                    revision: keyValue.modRevision))
        }
        for (name, digest) in try names() {
            if let at = images.firstIndex(where: { $0.record.digest == digest }) { images[at].names.append(name) }
        }
        return images
    }

    /// Every name, in order, with the image that it points to.
    func names() throws(ImageError) -> [(name: String, digest: Digest)] {
        var names: [(String, Digest)] = []
        for keyValue in try range(StoreKeys.names) {
            let name = StoreKeys.rest(keyValue.key, behind: StoreKeys.names)
            let record: NameRecord = try read(keyValue, "the record of name '\(name)'")
            names.append((name, record.digest))
        }
        return names
    }

    /// What is known of an unpacked layer; nil where it is not known to be there.
    public func layerRecord(_ diffID: Digest) throws(ImageError) -> LayerRecord? {
        let found = try journaling { () throws(JournalError) in try journal.value(of: StoreKeys.layer(diffID)) }
        guard let found else { return nil }
        return try read(found, "the record of layer \(diffID)")
    }

    /// Of all layers that are unpacked.
    public func layerRecords() throws(ImageError) -> [Digest: LayerRecord] {
        var records: [Digest: LayerRecord] = [:]
        for keyValue in try range(StoreKeys.layers) {
            let name = StoreKeys.rest(keyValue.key, behind: StoreKeys.layers)
            guard let digest = Self.digest(name) else { continue }
            records[digest] = try read(keyValue, "the record of layer \(name)") as LayerRecord
        }
        return records
    }

    /// The image that a person means: by name, by digest, or by the beginning of an id.
    public func image(_ text: String) throws(ImageError) -> StoredImage {
        let images = try images()
        if let found = try byIdentifier(text, images) { return found }
        let reference = try Self.reference(text)
        if let digest = reference.digest {
            // By digest alone: a tag beside it says nothing more.
            let found = images.first { image in
                image.record.digest == digest || image.record.indexes.contains { $0.digest == digest }
            }
            if let found { return found }
        } else if let found = images.first(where: { $0.names.contains(reference.description) }) {
            return found
        }
        throw .notFound(text)
    }

    /// nil where the text is no id of an image that there is.
    private func byIdentifier(_ text: String, _ images: [StoredImage]) throws(ImageError) -> StoredImage? {
        let digits = text.hasPrefix("sha256:") ? String(text.dropFirst(7)) : text
        guard digits.utf8.count >= 3, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }) else {
            return nil
        }
        // A name that could be an id as well is a name.
        if digits == text, digits.utf8.count < 64, let name = Self.wholeName(text),
            let named = images.first(where: { $0.names.contains(name) })
        {
            return named
        }
        let found = images.filter { $0.record.id.hex.hasPrefix(digits) || $0.record.digest.hex.hasPrefix(digits) }
        if found.count > 1 { throw .ambiguous(text) }
        return found.first
    }

    /// nil for what is no name.
    static func wholeName(_ text: String) -> String? {
        do throws(ReferenceError) { return try ImageReference(text).description } catch { return nil }
    }

    static func reference(_ text: String) throws(ImageError) -> ImageReference {
        do throws(ReferenceError) { return try ImageReference(text) } catch {
            if case .isIdentifier = error { throw .notFound(text) }
            throw .badName(text, error)
        }
    }

    static func digest(_ text: String) -> Digest? {
        do throws(DigestError) { return try Digest(text) } catch { return nil }
    }

    /// The configuration of an image, from its blob.
    public func configuration(of record: ImageRecord) throws(ImageError) -> ImageConfiguration {
        let bytes = try document(record.config)
        return try decoding("the configuration \(record.config.digest)") { () throws(TreeError) in
            try ImageDocument.configuration(bytes, limits: limits)
        }
    }

    /// A small blob of the store, verified again.
    public func document(_ descriptor: Descriptor) throws(ImageError) -> [UInt8] {
        let file = try openBlob(descriptor)
        return try Self.verified(descriptor) { limit throws(ImageError) in
            try kernel { () throws(KernelError) in
                try file.descriptor.readToEnd(limit: limit, subject: descriptor.digest.description)
            }
        }
    }

    /// Reads a document and compares it with what names it.
    static func verified(
        _ descriptor: Descriptor, limits: ImageLimits = ImageLimits(), _ read: (Int) throws(ImageError) -> [UInt8]
    ) throws(ImageError) -> [UInt8] {
        let what = "the document \(descriptor.digest)"
        guard descriptor.size <= Int64(limits.documentBytes) else {
            throw .limit("\(what) has \(descriptor.size) bytes, more than \(limits.documentBytes)")
        }
        let bytes = try read(limits.documentBytes)
        guard Int64(bytes.count) == descriptor.size else {
            throw .sizeMismatch(what: what, expected: descriptor.size, found: Int64(bytes.count))
        }
        let found = Digest.of(bytes, descriptor.digest.algorithm)
        guard found == descriptor.digest else {
            throw .digestMismatch(what: what, expected: descriptor.digest, found: found)
        }
        return bytes
    }

    func range(_ prefix: String) throws(ImageError) -> [KeyValue] {
        let answer = try journaling { () throws(JournalError) in try journal.range(RangeRequest(.prefix(Key(prefix)))) }
        // What may be missing from the answer could be in use: nobody decides by it.
        if let gap = answer.gaps.first { throw .journal(.gap(gap)) }
        return answer.keyValues
    }

    func read<Record: SpecValue>(_ keyValue: KeyValue, _ what: String) throws(ImageError) -> Record {
        if keyValue.isValueDamaged { throw .journal(.valueDamaged(keyValue.key, keyValue.modRevision)) }
        return try decoding(what) { () throws(TreeError) in
            try Decoded<Record>(from: try Document(json: keyValue.value).root).value
        }
    }
}
