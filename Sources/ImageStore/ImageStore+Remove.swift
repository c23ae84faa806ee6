public import Digests
internal import ImageSpec
internal import Journal
internal import LinuxKernel
import OCISpec

/// What a removal did.
public struct Removal: Hashable, Sendable {
    /// Whole names that are gone.
    public var untagged: [String] = []
    /// Digests of images that are gone.
    public var removed: [Digest] = []
    /// Bytes of blobs that nobody names any more.
    public var blobBytes: Int64 = 0
    public var layers = 0

    public init() {}
}

extension ImageStore {
    /// Takes a name away; with the last one, or by id, the image. Throws `inUse` where somebody uses it.
    ///
    /// `force`: by id also an image with several names.
    public func remove(_ text: String, force: Bool = false) throws(ImageError) -> Removal {
        try working { workplace throws(ImageError) in
            try dropDeadBundles(of: try image(text).record.digest)
            let image = try image(text)
            // A name that is recorded has no digest in it.
            let name = Self.wholeName(text).flatMap { image.names.contains($0) ? $0 : nil }
            var removal = Removal()
            if let name, image.names.count > 1 {
                try untag(name, image.record.digest)
                removal.untagged = [name]
                return removal
            }
            if name == nil, image.names.count > 1, !force {
                throw .inUse(text, users: image.names.map { "the name '\($0)'" })
            }
            try forget(image, as: text, &removal)
            try forgetSignatures(of: image, &removal)
            try collectAll(into: workplace, &removal)
            return removal
        }
    }

    /// Removes images that have no name and no user; with `all`, those that have no user. Signatures go with their image, and those of no image that there
    /// is with `all`.
    public func prune(all: Bool) throws(ImageError) -> Removal {
        try working { workplace throws(ImageError) in
            try dropDeadBundles()
            try dropStrayRoots()
            var removal = Removal()
            for image in try images() where image.users.isEmpty && (image.names.isEmpty || all && !image.record.isSignature) {
                do throws(ImageError) { try forget(image, as: image.record.digest.short, &removal) } catch {
                    // Somebody began to use it.
                    guard case .inUse = error else { throw error }
                    continue
                }
                try forgetSignatures(of: image, &removal)
            }
            if all { try forgetSignatures(of: nil, &removal) }
            try collectAll(into: workplace, &removal)
            return removal
        }
    }

    /// Signatures of an image that is gone, unless they are those of one that is still there; of nil, all that are of no image that there is.
    private func forgetSignatures(of image: StoredImage?, _ removal: inout Removal) throws(ImageError) {
        let images = try images()
        let signed = Set(images.filter { !$0.record.isSignature }.flatMap(\.knownDigests))
        let candidates = image.map { $0.signatures(in: images) } ?? images.filter(\.record.isSignature)
        for candidate in candidates where candidate.signedDigests.isDisjoint(with: signed) && candidate.users.isEmpty {
            try forget(candidate, as: candidate.record.digest.short, &removal)
        }
    }

    private func untag(_ name: String, _ digest: Digest) throws(ImageError) {
        let key = StoreKeys.name(name)
        let transaction = Transaction(
            if: [Comparison(.key(key), .value(NameRecord(digest: digest).json()))], then: [.delete(.key(key))])
        let answer = try journaling { () throws(JournalError) in try journal.commit(transaction, .durable) }
        // Somebody gave it to another image: then it is not ours to take away.
        guard answer.succeeded else { throw .notFound(name) }
    }

    /// Takes an image's record and names away in one transaction that fails where anybody uses the image.
    private func forget(_ image: StoredImage, as text: String, _ removal: inout Removal) throws(ImageError) {
        var image = image
        let digest = image.record.digest
        let users = KeyRange.prefix(StoreKeys.users(of: digest))
        for _ in 0..<64 {
            try dropUsersOfEarlierBoots(users)
            if !image.users.isEmpty { throw .inUse(text, users: try usersForPeople(of: image)) }
            var conditions: [Comparison] = [
                // The condition holds for each key of the range: for none, if it is empty.
                Comparison(users, .version(0)), .isUnchanged(StoreKeys.image(digest), since: image.revision),
            ]
            var operations: [Operation] = [.delete(.key(StoreKeys.image(digest)))]
            for name in image.names {
                conditions.append(
                    Comparison(.key(StoreKeys.name(name)), .value(NameRecord(digest: digest).json())))
                operations.append(.delete(.key(StoreKeys.name(name))))
            }
            let transaction = Transaction(if: conditions, then: operations)
            if try journaling({ () throws(JournalError) in try journal.commit(transaction, .durable) }).succeeded {
                removal.untagged += image.names
                removal.removed.append(digest)
                return
            }
            guard let current = try images().first(where: { $0.record.digest == digest }) else { return }
            image = current
        }
        throw .busy("somebody")
    }

    /// Users that were recorded for a boot that is over, such as mounts.
    private func dropUsersOfEarlierBoots(_ users: KeyRange) throws(ImageError) {
        let answer = try journaling { () throws(JournalError) in try journal.range(RangeRequest(users)) }
        for stale in answer.keyValues where stale.isFromEarlierBoot {
            let transaction = Transaction(
                if: [.isUnchanged(stale.key, since: stale.modRevision)], then: [.delete(.key(stale.key))])
            _ = try journaling { () throws(JournalError) in try journal.commit(transaction, .durable) }
        }
    }
}
