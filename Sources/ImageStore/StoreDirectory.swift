internal import LinuxKernel
internal import LinuxTypes

/// The directory `images` of a state root: its owner's alone, so that what lies below it can be named by path.
///
/// ```
/// lock                     locks of digests and of the doorway, by byte; never removed
/// blobs/sha256/<hex>       a blob, as it came
/// layers/sha256/<hex>/tree a layer, unpacked; <hex> is its diff id
/// roots/<user>/            the writable layer of a container's root: upper and work, with the lock of who is making it
/// incoming/<hex>/          what one process is making or removing, with the lock by which others see whether it lives
/// ```
struct StoreDirectory: ~Copyable {
    static let name = "images"
    /// Directories whose entries are digests.
    static let contentParts = ["blobs/sha256", "blobs/sha512", "layers/sha256", "layers/sha512"]
    private static let parts = ["blobs", "layers"] + contentParts + ["roots", "incoming"]

    private let directory: OwnedDescriptor
    let path: HostPath

    var descriptor: FileDescriptor { directory.descriptor }

    /// Opens it; makes it where it is missing and `isMade`. nil where there is none.
    static func open(root: HostPath, isMade: Bool) throws(ImageError) -> StoreDirectory? {
        let path = root.appending(name)
        if isMade {
            try kernel { () throws(KernelError) in try makeDirectories(root.string, permissions: 0o700) }
            try make(.workingDirectory, path.string)
        }
        let directory: OwnedDescriptor
        do throws(KernelError) {
            directory = try FileDescriptor.workingDirectory.open(path.string, [.readOnly, .directory, .noFollow])
        } catch {
            if error.errno == .ENOENT, !isMade { return nil }
            if error.errno == .ELOOP || error.errno == .ENOTDIR {
                throw .refused(path: path.string, reason: "not a directory")
            }
            throw .kernel(error)
        }
        try inspect(directory.descriptor, path.string)
        if isMade {
            for part in parts { try make(directory.descriptor, part) }
        }
        for part in parts { try inspect(part, of: directory.descriptor, path) }
        return StoreDirectory(directory: directory, path: path)
    }

    /// Whether somebody has made all of it, the journal too; or there are blobs, and the lock was lost.
    func isComplete() throws(ImageError) -> Bool {
        try kernel { () throws(KernelError) in
            let names = try descriptor.directoryEntries()
            guard !names.contains("lock"), names.contains("blobs") else { return names.contains("lock") }
            do throws(KernelError) {
                let blobs = try descriptor.open("blobs/sha256", [.readOnly, .directory, .noFollow])
                return try !blobs.descriptor.directoryEntries().isEmpty
            } catch {
                if error.errno == .ENOENT { return false }
                throw error
            }
        }
    }

    private static func make(_ parent: FileDescriptor, _ name: String) throws(ImageError) {
        do throws(KernelError) { try parent.makeDirectory(name, permissions: 0o700) } catch {
            if error.errno != .EEXIST { throw .kernel(error) }
        }
    }

    private static func inspect(_ part: String, of parent: FileDescriptor, _ path: HostPath) throws(ImageError) {
        let name = path.appending(part).string
        let handle: OwnedDescriptor
        do throws(KernelError) {
            handle = try parent.open(part, [.readOnly, .directory, .noFollow])
        } catch {
            if error.errno == .ELOOP || error.errno == .ENOTDIR { throw .refused(path: name, reason: "not a directory") }
            // A store that was copied by hand may lack what is empty.
            if error.errno == .ENOENT { return }
            throw .kernel(error)
        }
        try inspect(handle.descriptor, name)
    }

    /// Stops what another user planted, or could read or replace.
    private static func inspect(_ directory: FileDescriptor, _ path: String) throws(ImageError) {
        let status = try kernel { () throws(KernelError) in try directory.status() }
        guard status.uid == effectiveUID() else {
            throw .refused(path: path, reason: "belongs to uid \(status.uid), not \(effectiveUID())")
        }
        guard status.permissions & 0o077 == 0 else {
            throw .refused(path: path, reason: "mode 0\(String(status.permissions, radix: 8)) is open to others")
        }
    }
}
