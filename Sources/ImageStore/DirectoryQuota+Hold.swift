public import Journal
public import LinuxKernel
internal import OCISpec

extension DirectoryQuota {
    /// Holds an empty directory, and all that will lie in it, to so many bytes; or one that is held already to another number. Can be done again where it was
    /// cut off. `owner` is the directory's path below the state root. Throws `noSizeLimit` where the file system holds nobody to a limit.
    public static func hold(
        _ directory: FileDescriptor, to bytes: UInt64, for owner: String, in journal: Journal
    ) throws(ImageError) {
        let value = ProjectRecord(owner: owner).json()
        var quota = try of(directory)
        for _ in 0..<64 {
            let drawn = if let quota { quota } else { try draw(for: directory) }
            let key = StoreKeys.project(drawn.project)
            let (comparison, operation) = drawn.claim(for: owner)
            let transaction = Transaction(if: [comparison], then: [operation])
            let isOurs = try journaling { () throws(JournalError) in
                if try journal.value(of: key)?.value == value { return true }
                return try journal.commit(transaction, .volatile).succeeded
            }
            guard isOurs else {
                quota = nil
                continue
            }
            try drawn.enforce(bytes: bytes, on: directory)
            return try drawn.cover(directory)
        }
        throw .busy("somebody")
    }

    /// Whether the file system on which a directory lies can hold it to a limit.
    public static func isPossible(in directory: FileDescriptor) throws(ImageError) -> Bool {
        do throws(ImageError) {
            return try limiting { () throws(KernelError) in try directory.enforcesProjectQuotas() }
        } catch {
            guard case .noSizeLimit = error else { throw error }
            return false
        }
    }
}
