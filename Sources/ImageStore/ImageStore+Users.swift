public import Digests
internal import Journal
internal import LinuxKernel

/// Roots of containers, found by the name of who has them: for who was killed between making one and recording that it did.
extension ImageStore {
    /// The image that a user has; nil where no image knows of him.
    public func image(usedBy user: String) throws(ImageError) -> Digest? {
        let found = try journaling { () throws(JournalError) in
            try journal.range(RangeRequest(.prefix(Key(StoreKeys.images)), keysOnly: true))
        }
        let suffix = "/users/" + user
        for keyValue in found.keyValues {
            let rest = StoreKeys.rest(keyValue.key, behind: StoreKeys.images)
            guard rest.hasSuffix(suffix) else { continue }
            return Self.digest(String(rest.dropLast(suffix.utf8.count)))
        }
        return nil
    }

    /// The writable layers whose names begin so, recorded or not.
    public func rootNames(prefix: String) throws(ImageError) -> [String] {
        try kernel { () throws(KernelError) in
            let roots = try files.open("roots", [.readOnly, .directory, .noFollow])
            return try roots.descriptor.directoryEntries().filter { $0.hasPrefix(prefix) }
        }
    }

    /// Removes a writable layer that no image knows of, where there is one.
    public func discardUnrecordedRoot(_ user: String) throws(ImageError) {
        guard try discardRoot(user) else { throw .rootInUse(user) }
    }
}
