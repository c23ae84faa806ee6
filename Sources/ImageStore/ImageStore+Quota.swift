internal import Journal
internal import LinuxKernel
internal import LinuxTypes

// Projects of the writable layers of roots that have a size limit.
extension ImageStore {
    /// What a project's record calls a root.
    static func owner(of user: String) -> String { StoreDirectory.name + "/" + root(of: user) }

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

    /// Forgets projects of directories that are not there, roots and volumes: power was lost after the directory had gone, and before the disk knew that the key
    /// had.
    func dropStrayQuotas() throws(ImageError) {
        let projects = try range(StoreKeys.projects)
        if projects.isEmpty { return }
        let stateRoot = try kernel { () throws(KernelError) in
            try FileDescriptor.workingDirectory.open(root.string, [.pathOnly, .directory])
        }
        for keyValue in projects {
            let record: ProjectRecord = try read(keyValue, "the record of a project")
            // Order: whoever claims one has made the directory before.
            guard try isMissing(record.owner, below: stateRoot.descriptor) else { continue }
            let transaction = Transaction(
                if: [.isUnchanged(keyValue.key, since: keyValue.modRevision)], then: [.delete(.key(keyValue.key))])
            _ = try journaling { () throws(JournalError) in try journal.commit(transaction, .volatile) }
        }
    }

    private func isMissing(_ path: String, below root: FileDescriptor) throws(ImageError) -> Bool {
        do throws(KernelError) {
            _ = try root.status(of: path)
            return false
        } catch {
            if error.errno == .ENOENT || error.errno == .ENOTDIR { return true }
            throw .kernel(error)
        }
    }
}
