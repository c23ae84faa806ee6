internal import ImageSpec
public import Journal
public import LinuxKernel
internal import LinuxTypes
import OCISpec

/// A limit of the bytes that lie below a directory, held by the file system: a *project* of ext4 or XFS, to which all belongs that is made there.
///
/// The order: `draw` marks the directory with a project that nobody has; `claim` goes into the transaction that records what the directory is for; `enforce`
/// limits it; `cover` gives it the directories in which others write. The other way round: what is in the directory is removed; `release`; the
/// directory. Cut off after any step, the mark says which project it is, and the key whose.
public struct DirectoryQuota: Hashable, Sendable {
    /// Unlike any other's on the file system.
    public let project: UInt32

    /// Less holds no directories.
    public static let leastBytes: UInt64 = 64 << 10

    /// People and other programs number theirs from 1.
    static let projects: Range<UInt32> = 0x4000_0000..<0x8000_0000

    /// A project of which the file system knows nothing, for a directory of the caller's that is not in use yet. Throws `noSizeLimit` where the file system holds
    /// no project to a limit.
    public static func draw(for directory: FileDescriptor) throws(ImageError) -> DirectoryQuota {
        guard try limiting({ () throws(KernelError) in try directory.enforcesProjectQuotas() }) else {
            throw .noSizeLimit("its file system does not enforce quotas of projects")
        }
        return try limiting { () throws(KernelError) in
            while true {
                let random = UInt32(truncatingIfNeeded: try randomNumber()) % UInt32(projects.count)
                let project = projects.lowerBound + random
                let usage = try directory.usage(ofProject: project)
                // One that has files or a limit is another's, of this store or not, or was and is not wholly gone.
                guard usage.bytes == 0, usage.inodes == 0, usage.limit == nil else { continue }
                try directory.setProject(project, inherits: false)
                return DirectoryQuota(project: project)
            }
        }
    }

    /// That which a directory is marked with; nil where it has none of ours.
    public static func of(_ directory: FileDescriptor) throws(ImageError) -> DirectoryQuota? {
        do throws(KernelError) {
            let project = try directory.project()
            return projects.contains(project) ? DirectoryQuota(project: project) : nil
        } catch {
            switch error.errno {
            case .ENOTTY, .ENOTSUP, .ENOSYS, .EINVAL: return nil
            default: throw .kernel(error)
            }
        }
    }

    /// What the transaction compares and writes that gives the project to an owner, a path below the state root. Where the comparison does not hold, another is drawn.
    public func claim(for owner: String) -> (comparison: Comparison, operation: Operation) {
        let key = StoreKeys.project(project)
        return (.isAbsent(key), .put(key, value: ProjectRecord(owner: owner).json()))
    }

    /// Limits the project on the file system of a directory, which knows it already.
    public func enforce(bytes: UInt64, on directory: FileDescriptor) throws(ImageError) {
        try limiting { () throws(KernelError) in try directory.limitProject(project, bytes: bytes) }
    }

    /// What is made in this directory from now on belongs to the project, and so does it itself.
    public func cover(_ directory: FileDescriptor) throws(ImageError) {
        try limiting { () throws(KernelError) in try directory.setProject(project, inherits: true) }
    }

    /// Gives it up, once nothing has it but the directory that `draw` marked. May be repeated. The key goes only if it is this owner's.
    public func release(from owner: String, on directory: FileDescriptor, in journal: Journal) throws(ImageError) {
        do throws(ImageError) {
            try limiting { () throws(KernelError) in try directory.limitProject(project, bytes: nil) }
        } catch {
            // Mounted without quotas by now. Where they come back with the limit, the project is not drawn again.
            guard case .noSizeLimit = error else { throw error }
        }
        // Order: the key last. Until then nobody draws the project, whatever the file system says of it.
        let key = StoreKeys.project(project)
        let isOwners = Comparison(.key(key), .value(ProjectRecord(owner: owner).json()))
        _ = try journaling { () throws(JournalError) in
            try journal.commit(Transaction(if: [isOwners], then: [.delete(.key(key))]), .volatile)
        }
    }
}

/// What a file system says that has no quotas of projects is told from what went wrong.
func limiting<Result>(_ body: () throws(KernelError) -> Result) throws(ImageError) -> Result {
    do throws(KernelError) { return try body() } catch {
        switch error.errno {
        case .ENOSYS, .ENOTTY, .ENOTSUP, .EINVAL, .ESRCH, .ENODEV, .ENOTBLK: throw .noSizeLimit("\(error)")
        default: throw .kernel(error)
        }
    }
}
