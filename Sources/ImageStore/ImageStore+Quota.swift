internal import Journal
internal import LinuxKernel
internal import LinuxTypes

// Projects of the writable layers of roots that have a size limit.
extension ImageStore {
    /// What a project's record calls a root.
    static func owner(of user: String) -> String { ownerPrefix + user }
    private static let ownerPrefix = StoreDirectory.name + "/" + root(of: "")

    func isClaimed(_ quota: DirectoryQuota) throws(ImageError) -> Bool {
        try journaling { () throws(JournalError) in try journal.value(of: StoreKeys.project(quota.project)) } != nil
    }

    /// Gives the project of a root up that is about to be removed, with all that was written in it.
    func releaseQuota(of user: String) throws(ImageError) {
        let place = try kernel { () throws(KernelError) in
            try files.open(Self.root(of: user), [.readOnly, .directory, .noFollow])
        }
        guard let quota = try DirectoryQuota.of(place.descriptor) else { return }
        // Order: nothing is left that belongs to the project before somebody else may have it.
        try kernel { () throws(KernelError) in try Workplace.empty(place.descriptor) }
        try quota.release(from: Self.owner(of: user), on: place.descriptor, in: journal)
    }

    /// Forgets projects of roots that are not there: power was lost after the directory had gone, and before the disk knew that the key had.
    func dropStrayQuotas() throws(ImageError) {
        for keyValue in try range(StoreKeys.projects) {
            let record: ProjectRecord = try read(keyValue, "the record of a project")
            guard record.owner.hasPrefix(Self.ownerPrefix) else { continue }
            let user = String(record.owner.dropFirst(Self.ownerPrefix.count))
            // Order: whoever claims one has made the directory before.
            guard try status(Self.root(of: user)) == nil else { continue }
            let transaction = Transaction(
                if: [.isUnchanged(keyValue.key, since: keyValue.modRevision)], then: [.delete(.key(keyValue.key))])
            _ = try journaling { () throws(JournalError) in try journal.commit(transaction, .volatile) }
        }
    }
}
