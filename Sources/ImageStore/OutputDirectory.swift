internal import LinuxKernel
internal import LinuxTypes

/// A directory into which something is given out: made for it, or one that is there and empty.
struct OutputDirectory: ~Copyable {
    private let directory: OwnedDescriptor
    /// Whether it was made.
    let isMade: Bool

    var descriptor: FileDescriptor { directory.descriptor }

    /// Throws `exists` where something is in it.
    init(_ path: HostPath, permissions: UInt32) throws(ImageError) {
        let isMade = try Self.make(path, permissions: permissions)
        let directory = try kernel { () throws(KernelError) in
            try FileDescriptor.workingDirectory.open(path.string, [.readOnly, .directory])
        }
        let entries = try kernel { () throws(KernelError) in try directory.descriptor.directoryEntries() }
        guard entries.isEmpty else { throw .exists(path.string) }
        self.directory = directory
        self.isMade = isMade
    }

    private static func make(_ path: HostPath, permissions: UInt32) throws(ImageError) -> Bool {
        do throws(KernelError) {
            try FileDescriptor.workingDirectory.makeDirectory(path.string, permissions: permissions)
            return true
        } catch {
            if error.errno == .EEXIST { return false }
            throw .kernel(error)
        }
    }
}
