import LinuxKernel
import LinuxTypes

/// `hull-init`, ready to be executed: the file beside the running executable, through a mount of its own that is attached nowhere and read-only,
/// so that no container can write to it through `/proc/PID/exe` (CVE-2019-5736) and no copy is made per start.
///
/// Dropped right after the clone, never kept: while any process of ours holds the mount, a container with CAP_SYS_ADMIN in the first user
/// namespace could make it writable again.
struct InitExecutable: ~Copyable {
    private let handle: OwnedDescriptor

    var descriptor: FileDescriptor { handle.descriptor }

    init() throws(RuntimeError) {
        handle = try during("cannot find hull-init") { () throws(KernelError) in
            let file = try FileDescriptor.workingDirectory.open(OwnProgram.sibling("hull-init"), [.readOnly, .noFollow])
            do throws(KernelError) {
                let mount = try DetachedMount.cloning(file.descriptor, subject: "hull-init")
                try mount.setAttributes(set: [.readOnly, .noSetuid], subject: "hull-init")
                return mount.release()
            } catch let error where [.EPERM, .EINVAL, .ENOSYS].contains(error.errno) {
                // A mount namespace that may not be changed, or a kernel before 5.12.
                return try Self.sealedCopy(of: file.descriptor)
            }
        }
    }

    /// Reads the file once, so that its pages are in the cache and charged to us: a container with a limit of a few hundred KiB would otherwise
    /// pay for them, and fail before its own program does.
    func warm() throws(RuntimeError) {
        _ = try during("cannot read hull-init") { () throws(KernelError) in
            let file = try descriptor.reopenForReading()
            return try file.descriptor.readThrough()
        }
    }

    private static func sealedCopy(of file: FileDescriptor) throws(KernelError) -> OwnedDescriptor {
        let bytes = try file.readToEnd(limit: 64 << 20, subject: "hull-init")
        let copy = try FileDescriptor.sealableInMemory(name: "hull-init")
        try copy.descriptor.writeAll(bytes, subject: "a copy of hull-init")
        try copy.descriptor.seal()
        // Executing wants no writer: the handle that is kept is opened for reading.
        return try copy.descriptor.reopenForReading()
    }
}
